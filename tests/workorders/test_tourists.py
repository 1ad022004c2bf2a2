"""A tourist leaves soon: shorter terms, by data alone (R085)."""

import pytest

from huying.kernel import clock
from huying.workorders.models import RulePack
from huying.workorders.rules import BadPack, parse_pack
from huying.workorders.rules.pack import default_data
from workorders.play import Play

PACK = parse_pack(default_data())


def terms(play):
    return {clock.kind: clock.term for clock in play.order.clocks.all() if clock.state == "running"}


@pytest.mark.req("R085")
def test_tourists_order_runs_on_the_tourists_terms(cast):
    with clock.frozen(clock.now()):
        resident, tourist = Play(cast).dispatched(), Play(cast, caller_kind="tourist", phone="13800000000").dispatched()
    assert (terms(resident)["handle"]["workdays"], terms(tourist)["handle"]["workdays"]) == (5, 2)
    assert (terms(resident)["answer"]["workdays"], terms(tourist)["answer"]["workdays"]) == (6, 3)
    assert tourist.order.due_at <= resident.order.due_at
    assert tourist.order.caller_kind == "tourist"


def test_danger_to_life_goes_before(cast):
    assert terms(Play(cast, caller_kind="tourist", urgency="critical").dispatched())["handle"]["minutes"] == 120


def test_a_site_sets_its_own_by_data(cast):
    data = default_data()
    data["handle"]["by_caller"] = {"enterprise": {"complaint": {"workdays": 1}}}
    pack = RulePack.objects.get(code="default")
    RulePack.objects.create(code="default", name="本地", centre=cast.demo, effective_from=pack.effective_from, data=data)
    assert terms(Play(cast, caller_kind="enterprise").dispatched())["handle"]["workdays"] == 1
    assert terms(Play(cast, caller_kind="tourist").dispatched())["handle"]["workdays"] == 5


def test_kinds_not_named_keep_the_general_term():
    assert PACK.handle("report", "normal", "tourist") == PACK.handle("report", "normal")


@pytest.mark.parametrize("by_caller", [{"alien": {}}, {"tourist": {"help": {"workdays": 0}}}, {"tourist": {"nonsense": {}}}, []])
def test_nonsense_is_refused(by_caller):
    data = default_data()
    data["handle"]["by_caller"] = by_caller
    with pytest.raises(BadPack):
        parse_pack(data)
