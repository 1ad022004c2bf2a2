"""What the tests of the citizens' site share: a visitor outside of every tenant's wall."""

import pytest

from portal.visitor import Visitor


@pytest.fixture(autouse=True)
def _store(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "files"


@pytest.fixture
def visitor(cast):
    return Visitor()


@pytest.fixture
def another(cast):
    """Somebody else, in a browser and at an address of his own."""
    return Visitor(address="198.51.100.7")
