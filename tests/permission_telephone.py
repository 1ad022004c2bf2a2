"""Who reaches which page of the telephone: its rows of the role x URL table (permission_rows.py)."""

from uuid import uuid4

import permission_calls as calls
from cast import Cast
from huying.calls.models import Call, HelpRequest, Phone, Recording, SeatSession, Utterance
from huying.kernel import clock
from permission_row import MANAGERS, page, public, send


def call_of_agent1(cast: Cast) -> int:
    """A call that agent1 answered."""
    return Call.objects.create(
        centre=cast.demo, linkedid=uuid4().hex, number="13907700001", entered_at=clock.now(), agent=cast.staff["agent1"]
    ).pk


def words_of_that_call(cast: Cast) -> int:
    """What the caller of the call made last said."""
    call = Call.objects.latest("pk")
    return Utterance.objects.create(centre=cast.demo, linkedid=call.linkedid, step="f1v1:n1", text="社保", way="1", at=clock.now()).pk


def recording_not_sealed(cast: Cast) -> int:
    """One that nobody can hear yet; who may hear sealed ones is told in tests/calls/test_recordings.py."""
    return Recording.objects.create(centre=cast.demo, call_id=call_of_agent1(cast), name="x.wav").pk


def seat_of_agent2(cast: Cast) -> int:
    phone, _ = Phone.objects.get_or_create(centre=cast.demo, extension="8002")
    found = SeatSession.objects.filter(phone=phone, ended_at=None).first()
    moment = {"state_since": clock.now(), "started_at": clock.now()}
    return (found or SeatSession.objects.create(centre=cast.demo, staff=cast.staff["agent2"], phone=phone, **moment)).pk


def help_of_agent2(cast: Cast) -> int:
    seat = SeatSession.objects.get(pk=seat_of_agent2(cast))
    return HelpRequest.objects.create(centre=cast.demo, session=seat, asked_at=clock.now()).pk


SEES_CALLS = "agent1 leader1 dispatcher1 reviewer1 followup1 quality1 supervisor1 director1 buyer1"
WATCHES = "leader1 quality1 director1 buyer1 operator1"
TAKES_CALLS = "agent1 leader1 dispatcher1 followup1"
READS_CALL_REPORTS = "leader1 quality1 supervisor1 director1 buyer1"
CALLS = {
    "calls:calls": page(SEES_CALLS),
    "calls:call": page("agent1 leader1 reviewer1 quality1 supervisor1 director1 buyer1", pk=call_of_agent1),
    "calls:words": page("agent1 leader1 reviewer1 supervisor1 director1", pk=call_of_agent1, one=words_of_that_call),
    "calls:sound": page("", pk=recording_not_sealed),
    "calls:download": page("", pk=recording_not_sealed),
    "calls:hold": page("", pk=recording_not_sealed),
    "calls:wall": page(WATCHES),
    "calls:board": page(WATCHES),
    "calls:hand": send("leader1 director1", pk=seat_of_agent2, word="force_ready"),
    "calls:help-answer": send("leader1 director1", pk=help_of_agent2),
    "calls:day": page("agent1 leader1 dispatcher1 followup1 quality1 director1 buyer1 operator1"),
    "calls:day-of": page(f"agent1 {WATCHES}", username="agent1"),
    "calls:log": page(WATCHES),
    "calls:talk": page("agent1 leader1 dispatcher1 followup1 quality1 director1 buyer1 operator1"),
    "calls:talk-with": page("agent1 leader1 dispatcher1 followup1 quality1 director1 buyer1 operator1", username="reviewer1"),
    "calls:help": send(TAKES_CALLS, shared=True),
    "calls:reports": page(READS_CALL_REPORTS),
    "calls:report-calls": page(READS_CALL_REPORTS),
    "calls:seat": page(TAKES_CALLS),
    "calls:bar": page(TAKES_CALLS),
    "calls:do": send(TAKES_CALLS, word="ready", shared=True),
    "calls:phone": page(TAKES_CALLS),
    "calls:demo-phone": public(status=404, recorded=False),
    "calls:pool": page("agent1 leader1 dispatcher1 followup1 quality1 director1 buyer1 operator1"),
    "calls:call-appeal": send("agent1 leader1 director1", pk=call_of_agent1),
    "calls:call-back": send(TAKES_CALLS, pk=calls.call_back),
    "calls:pool-done": send(TAKES_CALLS, pk=calls.call_back),
    "calls:blocks": page("leader1 director1"),
    "calls:block-new": page("leader1"),
    "calls:block": page("leader1 director1", pk=calls.block),
    "calls:block-do": send("leader1 director1", pk=calls.block, word="approve", status=422),  # without words
    "calls:block-export": send("leader1 director1", pk=calls.block, status=422),
    "calls:settings": page(MANAGERS, status=302),
    "calls:setting": page(MANAGERS),
    "calls:caller-lists": page(MANAGERS),
    "calls:list-new": page(MANAGERS),
    "calls:caller-list": page(MANAGERS, pk=calls.caller_list),
    "calls:list-delete": send(MANAGERS, pk=calls.caller_list),
    "calls:listed-off": send(MANAGERS, pk=calls.listed),
    "calls:trunks": page(MANAGERS),
    "calls:trunk-new": page(MANAGERS),
    "calls:trunk": page(MANAGERS, pk=calls.trunk),
    "calls:trunk-off": send(MANAGERS, pk=calls.trunk),
    "calls:numbers": page(MANAGERS),
    "calls:number-new": page(MANAGERS),
    "calls:number": page(MANAGERS, pk=calls.number),
    "calls:number-off": send(MANAGERS, pk=calls.number),
    "calls:handsets": page(MANAGERS),
    "calls:handset-new": page(MANAGERS),
    "calls:handset": page(MANAGERS, pk=calls.handset),
    "calls:handset-off": send(MANAGERS, pk=calls.handset),
    "calls:groups": page(MANAGERS),
    "calls:group-new": page(MANAGERS),
    "calls:group": page(MANAGERS, pk=calls.group),
    "calls:group-off": send(MANAGERS, pk=calls.group),
    "calls:desks": page(MANAGERS),
    "calls:desk-new": page(MANAGERS),
    "calls:desk": page(MANAGERS, pk=calls.desk),
    "calls:desk-off": send(MANAGERS, pk=calls.desk),
    "calls:handset-password": send(MANAGERS, pk=calls.handset, status=200),
    "calls:rules": page(MANAGERS),
    "calls:rule-new": page(MANAGERS),
    "calls:rule": page(MANAGERS, pk=calls.rule),
    "calls:rule-off": send(MANAGERS, pk=calls.rule),
    "calls:rule-delete": send(MANAGERS, pk=calls.rule),
    "calls:skills": page(MANAGERS),
    "calls:prompts": page(MANAGERS),
    "calls:prompt-new": page(MANAGERS),
    "calls:prompt-try": page(MANAGERS, status=422),  # without words
    "calls:prompt": page(MANAGERS, pk=calls.prompt),
    "calls:prompt-sound": page(MANAGERS, pk=calls.recorded),
    "calls:prompt-delete": send(MANAGERS, pk=calls.prompt),
    "calls:flows": page(MANAGERS),
    "calls:flow-new": page(MANAGERS),
    "calls:flow": page(MANAGERS, pk=calls.flow),
    "calls:flow-name": send(MANAGERS, pk=calls.flow, data={"name": "x"}),
    "calls:flow-off": send(MANAGERS, pk=calls.flow),
    "calls:flow-publish": send(MANAGERS, pk=calls.flow, status=422),  # without a note
    "calls:flow-versions": page(MANAGERS, pk=calls.flow),
    "calls:flow-restore": send(MANAGERS, pk=calls.flow, number=1),
    "calls:node-new": send(MANAGERS, pk=calls.flow, data={"kind": "prompt"}),
    "calls:node": send(MANAGERS, pk=calls.flow, node="n1"),
    "calls:node-do": send(MANAGERS, pk=calls.flow, node="n1", word="up"),
    "calls:periods": page(MANAGERS),
    "calls:period-new": page(MANAGERS),
    "calls:period": page(MANAGERS, pk=calls.period),
    "calls:period-delete": send(MANAGERS, pk=calls.period),
    # the switch asks, with its key; for everybody else there is nothing here
    "calls:route": public(method="POST", status=404, recorded=False),
    "calls:service": public(method="POST", status=404, recorded=False),
    "calls:speech": public(method="POST", status=404, recorded=False),
}
