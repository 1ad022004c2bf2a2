"""Other hotlines: a call goes over to them with its name, by which they find the facts; what came of it stands in a report."""

import time

import pytest

from api.caller import Api
from huying.audit.queries import ALL, set_scope
from huying.calls.models import Call, OtherDesk
from huying.calls.operations import config_changed
from huying.calls.queries.asked import Question
from huying.calls.queries.desks import desk_lines, passed_on
from huying.gateway.commands.hands import SETTLES
from huying.kernel import clock
from huying.kernel.clock import SHANGHAI
from telephony.node import eventually

pytestmark = [pytest.mark.phone, pytest.mark.django_db(transaction=True)]


@pytest.mark.req("R226", "R228")
def test_the_regions_hotline_takes_over_a_call_and_collects_what_came_of_it(house, talk, ask, carrier):
    """The peer is a stub: a telephone behind the trunk, and a system that asks our interface by what the call brought."""
    OtherDesk.objects.create(centre=house.cast.demo, code="qu12345", name="自治区12345", number="077112345")
    config_changed()
    eventually(lambda: "DESK,qu12345" in house.node.cli("dialplan show move"))
    line = carrier()
    ask("agent1", "blind", {"to": "desk", "code": "qu12345"})
    third = line.ring()
    named = third.invitation["x-huying-call"]
    third.answer()
    third.say(2000)
    assert talk.call.hears(2000)
    assert third.hears(440)
    time.sleep(1)
    talk.call.hang_up()
    third.wait("ended")
    eventually(lambda: Call.objects.get().ended_at)
    peer = Api(house.cast.staff["quality1"])
    set_scope(ALL)
    (told,) = peer.get(f"/api/v1/calls?call={named}").json()["items"]
    whole = peer.get(f"/api/v1/calls/{told['id']}").json()
    set_scope(ALL)
    leg = next(leg for leg in whole["legs"] if leg["desk"])
    assert (whole["call"], leg["desk"], leg["result"], whole["transfers"]) == (named, "qu12345", "answered", 1)
    assert leg["talk_ms"] >= 1000
    today = clock.now().astimezone(SHANGHAI).date()
    question = Question(today, today, by="desk")
    (row,) = desk_lines(house.cast.actor("leader1"), question)
    assert (row.name, row.counts["passed"], row.counts["passed_answered"]) == ("自治区12345", 1, 1)
    assert abs(row.counts["passed_ms"] - leg["talk_ms"]) < 500


@pytest.mark.req("R228")
def test_each_of_four_hotlines_is_one_key_away_and_told_with_its_result(house, talk, ask, carrier):
    numbers = {"12328": "057112328", "12315": "057112315", "12366": "057112366", "110": "0571110"}
    for code, number in numbers.items():
        OtherDesk.objects.create(centre=house.cast.demo, code=code, name=f"{code}热线", number=number)
    config_changed()
    eventually(lambda: all(f"DESK,{code}" in house.node.cli("dialplan show move") for code in numbers))
    line, seconds = carrier(), {}
    for code, number in numbers.items():
        ask("agent1", "consult", {"to": "desk", "code": code})
        third = line.ring()
        assert f"sip:{number}@" in third.invitation.first
        if code == "12366":
            third.refuse()
        else:
            begun = time.monotonic()
            third.answer()
            third.say(2000)
            assert talk.ring.hears(2000)
            third.hang_up()
            seconds[code] = (third.talked(), time.monotonic() - begun)
        assert talk.ring.hears(440)
        time.sleep(SETTLES)
    talk.call.hang_up()
    eventually(lambda: Call.objects.get().ended_at)
    today = clock.now().astimezone(SHANGHAI).date()
    leader, question = house.cast.actor("leader1"), Question(today, today)
    lines = {line.key: line for line in desk_lines(leader, question)}
    assert {code: (line.counts["passed"], line.counts["passed_answered"]) for code, line in lines.items()} == {
        code: (1, 0 if code == "12366" else 1) for code in numbers
    }
    for code, (least, most) in seconds.items():
        assert least - 0.5 < lines[code].counts["passed_ms"] / 1000 < most + 0.5, code
    assert {leg.desk: leg.result for leg in passed_on(leader, question)} == dict.fromkeys(seconds, "answered") | {"12366": "refused"}
