"""What a real Asterisk told (tests/switch/streams), folded: the figures beside each were read off the recorded lines."""

from pathlib import Path

import pytest

from huying.calls.rules.fold import faults, fold
from huying.switch.records import from_csv, split

STREAMS = Path(__file__).parent.parent / "switch" / "streams"
AGENT, CALLER, SYSTEM = "agent", "caller", "system"
EXPECTED = {
    # outcome, ended by, queue, first agent, last agent, offers, transfers, results of the legs
    "abandoned": ("abandoned", CALLER, "support", "", "", 0, 0, []),
    "answered_rated": ("answered", AGENT, "support", "1001", "1001", 1, 0, ["answered"]),
    "attended_transfer": ("answered", AGENT, "support", "1001", "1002", 2, 1, ["answered", "answered"]),
    "attended_transfer_taken_back": ("answered", AGENT, "support", "1001", "1001", 1, 0, ["answered", "answered"]),
    "click_to_call": ("answered", AGENT, "", "1001", "1001", 1, 0, ["answered"]),
    "one_key_desk": ("answered", CALLER, "support", "1001", "1001", 1, 1, ["answered", "answered"]),
    "outbound": ("answered", CALLER, "", "1001", "1001", 0, 0, ["answered"]),
    "outbound_busy": ("no_answer", CALLER, "", "1001", "", 0, 0, ["failed"]),
    "blind_transfer": ("answered", AGENT, "support", "1001", "1002", 2, 1, ["answered", "answered"]),
    "blind_transfer_not_answered_goes_back": (
        "answered", AGENT, "support", "1001", "1001", 3, 1, ["answered", "refused", "answered"]
    ),
    "blind_transfer_outside": ("answered", AGENT, "support", "1001", "1001", 1, 1, ["answered", "answered"]),
    "blind_transfer_to_a_queue": ("answered", AGENT, "support", "1001", "1002", 2, 1, ["answered", "answered"]),
    "blocked": ("blocked", SYSTEM, "", "", "", 0, 0, []),
    "callback": ("call_back", SYSTEM, "support", "", "", 0, 0, []),
    "callback_to_another_number": ("call_back", SYSTEM, "", "", "", 0, 0, []),
    "hold": ("answered", AGENT, "support", "1001", "1001", 1, 0, ["answered"]),
    "internal": ("answered", CALLER, "", "1001", "1002", 1, 0, ["answered"]),
    "last_agent": ("answered", AGENT, "p1", "1001", "1001", 1, 0, ["answered"]),
    "nobody": ("voicemail", CALLER, "alone", "", "", 0, 0, []),
    "overflow": ("answered", AGENT, "second", "1003", "1003", 1, 0, ["answered"]),
    "refused_by_agent": ("answered", CALLER, "support", "1002", "1002", 2, 0, ["refused", "answered"]),
    "ring_no_answer_then_answered": ("answered", AGENT, "support", "1002", "1002", 2, 0, ["missed", "answered"]),
    "self_service": ("self_service", SYSTEM, "", "", "", 0, 0, []),
    "voicemail": ("voicemail", CALLER, "", "", "", 0, 0, []),
}


def stream(name: str):
    return [from_csv(line) for line in split((STREAMS / f"{name}.csv").read_bytes())[0]]


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_a_recorded_call(name):
    facts = fold(stream(name), {"f1v1:ask": "self_service"})
    legs = [leg.result for leg in facts.legs]
    found = (
        str(facts.outcome), facts.ended_by, facts.queue, facts.agent, facts.last_agent, facts.offers, facts.transfers, legs
    )
    assert found == EXPECTED[name]
    assert faults(facts) == []


def test_hold_is_measured_by_the_music_that_was_heard():
    facts = fold(stream("hold"))
    assert (facts.talk_ms, facts.hold_ms) == (1597, 1501)  # begun 1795676619.671993, ended 1795676621.172310
    assert (facts.answered_at - facts.queued_at).total_seconds() == 0.206  # .664847 -> .870299, both cut to milliseconds


def test_advice_is_a_leg_of_its_own_and_hold_for_the_citizen():
    facts = fold(stream("attended_transfer_taken_back"))
    assert [leg.role for leg in facts.legs] == ["agent", "consult"] and facts.hold_ms > 3000
    desk = next(leg for leg in fold(stream("one_key_desk")).legs if leg.role == "outside")
    assert (desk.desk, desk.number) == ("110", "")


def test_rating_and_recording():
    facts = fold(stream("answered_rated"))
    assert facts.rating == 4 and facts.invited_at and facts.rated_at > facts.invited_at
    assert [tape.name for tape in facts.tapes] == [f"{facts.linkedid}.wav"]
    assert [tape.name for tape in fold(stream("voicemail")).tapes] == [f"voicemail/{fold(stream('voicemail')).linkedid}.wav"]
    assert fold(stream("abandoned")).tapes == ()


def test_every_recorded_stream_folds_from_every_beginning():
    for path in STREAMS.glob("*.csv"):
        rows = stream(path.stem)
        for name in {row.linkedid for row in rows}:
            own = [row for row in rows if row.linkedid == name]
            for cut in range(1, len(own)):
                facts = fold(own[:cut])
                assert facts is None or faults(facts, complete=False) == [], (path.stem, cut)
