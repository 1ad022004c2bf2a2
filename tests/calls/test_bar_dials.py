"""The phone bar of a seat whose own telephone rings so that it calls somebody: whom, not its own number (R214, R042)."""

import pytest
from django.test import Client

from calls.room import furnish
from huying.calls.models import Call, Command
from huying.calls.operations import move_seat, sign_in_seat
from huying.kernel import clock

pytestmark = pytest.mark.django_db
BACKEND = "django.contrib.auth.backends.ModelBackend"
NUMBER = "13907701234"


@pytest.fixture
def bar(cast, client: Client):
    """Agent1's telephone rings; `bar(about)` is the bar when this was asked of the switch."""
    phones = furnish(cast)
    session = sign_in_seat(cast.actor("agent1"), phones["8001"])
    own = Call.objects.create(centre=cast.demo, linkedid="hy-1", direction=Call.Direction.INTERNAL, number="8001", entered_at=clock.now())
    client.force_login(cast.staff["agent1"], backend=BACKEND)

    def shown(about: dict[str, str] | None, *, call: Call = own, state: str = "done") -> str:
        if about is not None:
            Command.objects.create(
                centre=cast.demo, staff=cast.staff["agent1"], session=session, kind="dial", about=about, secret=NUMBER, state=state,
                created_at=clock.now(),
            )
        move_seat(session.pk, "rings", call_id=call.pk)
        return client.get("/seat/bar").content.decode()

    return shown


@pytest.mark.req("R042")
def test_a_kept_place_says_who_is_called_back(bar):
    text = bar({"to": "number", "call_back": 7})
    assert f"回拨 {NUMBER}" in text and "接起话机后自动拨出" in text and "来电 <b>8001" not in text


def test_a_number_dialled_by_hand_is_said(bar):
    assert f"呼出 {NUMBER}" in bar({"to": "number"})


def test_the_number_of_an_order_stays_masked(bar):
    text = bar({"to": "number", "order": "1"})
    assert "呼出 139****1234" in text and NUMBER not in text


def test_a_call_that_comes_in_is_not_taken_for_it(bar, cast):
    call = Call.objects.create(centre=cast.demo, linkedid="hy-2", direction=Call.Direction.IN, number="13907709999", entered_at=clock.now())
    assert "接起话机后自动拨出" not in bar({"to": "number"}, call=call)


def test_what_could_not_be_begun_is_not_said(bar):
    assert "接起话机后自动拨出" not in bar({"to": "number"}, state="failed")
