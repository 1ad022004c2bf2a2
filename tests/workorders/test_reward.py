"""A reward for a report, claimed by code, without a name (R098)."""

import pytest

from huying.kernel.errors import Refusal
from huying.workorders.models import Reward
from huying.workorders.operations.reward import NoReward, claim, find, make_code
from workorders.play import Play

pytestmark = pytest.mark.django_db


@pytest.fixture
def report(cast):
    return Play(cast, template="safety_report", kind="report", name="", phone="", address="",
                fields={"enterprise": "某化工厂", "hazard": "chemical"})


@pytest.mark.req("R098")
def test_claimed_once_by_whoever_brings_the_code(report):
    code = make_code(report.order)
    with pytest.raises(NoReward):
        claim(code=code, pay_way="到窗口领取现金")  # nothing granted yet
    report.do("reviewer1", "grant_reward", amount="3000", reason="查实重大隐患")
    assert claim(code=code.lower().replace("-", " "), pay_way="到窗口领取现金").state == "claimed"
    with pytest.raises(NoReward):
        claim(code=code, pay_way="再领一次试试")
    report.do("reviewer1", "pay_reward", note="窗口现金兑付")
    assert find(code).state == Reward.State.PAID
    assert report.order.contact is None


@pytest.mark.parametrize("amount", ["0", "-5", "abc", "1e9", "NaN"])
def test_amount_must_be_money(report, amount):
    make_code(report.order)
    with pytest.raises(Refusal):
        report.do("reviewer1", "grant_reward", amount=amount, reason="查实")


def test_a_guess_gets_nothing(report):
    make_code(report.order)
    for guess in ("", "AAAA-AAAA-AAAA", "'; DROP TABLE", "2" * 500):
        with pytest.raises(NoReward):
            find(guess)
