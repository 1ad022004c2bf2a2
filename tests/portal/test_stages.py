"""The parcel's track, as a pure list."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huying.portal.rules.limits import network_of
from huying.portal.rules.questions import CODE, PHONE, SEND, WHERE, beside, questions
from huying.portal.rules.stages import stages
from huying.workorders.workflow import STAGES, State

NOON = datetime(2026, 11, 23, 4, tzinfo=UTC)


def passed(*states):
    return [(state, NOON + timedelta(hours=place)) for place, state in enumerate(states)]


def test_a_straight_life():
    row = stages(passed("to_review", "to_dispatch", "to_sign", "handling"))
    assert [stage.state for stage in row] == ["done", "done", "done", "current", "todo", "todo", "todo"]
    assert row[2].at == NOON + timedelta(hours=2)


def test_coming_back_shows_the_latest_time_and_what_is_to_come_again():
    row = stages(passed("to_review", "to_sign", "handling", "to_check", "handling"))
    assert (row[3].state, row[3].at) == ("current", NOON + timedelta(hours=4))
    assert row[1].state == "skipped" and row[4].state == "todo"


@given(st.lists(st.sampled_from(list(State)), min_size=1, max_size=12))
def test_never_more_than_one_current_and_none_after_an_end(states):
    row = stages(passed(*states))
    assert [stage.state for stage in row].count("current") <= 1
    if states[-1] in {State.CLOSED, State.WITHDRAWN, State.DECLINED}:
        assert "current" not in [stage.state for stage in row]
    assert all(stage.at is not None for stage in row if stage.state in {"done", "current"})


@pytest.mark.parametrize("state", list(State))
def test_every_state_stands_somewhere(state):
    assert len(stages(passed(state))) in {1, len(STAGES)}


def test_questions():
    def codes(**more):
        return [each.code for each in questions(**{"extra": (), "anonymous": False, "proven": False} | more)]

    assert codes() == ["what", "where", "phone", "code", "send"]
    assert codes(proven=True) == codes(anonymous=True) == ["what", "where", "phone", "send"]
    assert codes(extra=("x",))[1] == "more"
    row = questions(extra=(), anonymous=False, proven=False)
    assert beside(row, "phone", 1, skip_code=False) == CODE and beside(row, "phone", 1, skip_code=True) == SEND
    assert beside(row, "send", -1, skip_code=True) == PHONE and beside(row, "what", -1, skip_code=False).code == "what"
    assert beside(row, "phone", -1, skip_code=True) == WHERE


def test_networks():
    assert network_of("203.0.113.5") == "203.0.113.5" and network_of("") == "" and network_of("nonsense") == "nonsense"
    assert network_of("2001:db8::1") == network_of("2001:db8::ffff") != network_of("2001:db8:0:1::1")
