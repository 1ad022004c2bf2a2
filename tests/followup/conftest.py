from datetime import datetime

import pytest

from huying.kernel import clock
from huying.messaging.queries import forget_voices
from workorders.play import Play

MONDAY = datetime(2026, 11, 16, 10, 0, tzinfo=clock.SHANGHAI)
SAID = {"contacted": "yes", "solved": "yes", "satisfaction": "yes"}
ANGRY = {"contacted": "yes", "solved": "no", "satisfaction": "no", "unhappy": "not_solved"}


@pytest.fixture(autouse=True)
def _no_wording_remembered():
    forget_voices()


@pytest.fixture
def now():
    """A clock that stands still on a Monday morning until the test moves it."""
    with clock.frozen(MONDAY) as stopped:
        yield stopped


@pytest.fixture
def waiting(cast, now):
    """`waiting(**new)` plays an order up to the follow-up desk."""

    def play(**new):
        return Play(cast, **new).handling().replied().do("reviewer1", "pass_check")

    return play


@pytest.fixture
def calling(waiting):
    """… and takes it."""
    return lambda **new: waiting(**new).do("followup1", "start_follow_up")
