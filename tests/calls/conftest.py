import pytest

import calls.exchange as exchange_of
from calls.exchange import Exchange


@pytest.fixture
def exchange(cast) -> Exchange:
    """The cast with telephones (tests/calls/exchange.py)."""
    return exchange_of.build(cast)
