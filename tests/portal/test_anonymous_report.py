"""A safety report without a name, from the first click to the money (R098)."""

import pytest
from django.apps import apps
from django.contrib.sessions.models import Session
from django.urls import reverse

from huying.org.operations import issue_token
from huying.portal.models import OnlineDraft
from huying.portal.rules.limits import LIMITS
from huying.workorders.models import Reward, WorkOrder
from huying.workorders.operations import act
from huying.workorders.policies import sees_contact, visible_to
from portal.visitor import REPORT, TRACK, Visitor, photo

pytestmark = pytest.mark.django_db
REWARD = "/portal/DEMO/reward/"
WHAT = {"content": "化工厂夜里偷偷存放危险品，没有消防设施", "extra_enterprise": "某化工厂", "extra_hazard": "chemical",
        "extra_people_at_risk": "30", "place": "工业园三路8号2栋", "region_1": "450602", "anonymous": "on", "phone": ""}


@pytest.fixture
def report(visitor):
    order = visitor.send_in(REPORT, photo=photo(), **WHAT)
    order.secret = visitor.page.split('portal-secret">')[1].split("<")[0]
    return order


def do(cast, order, user, code, **data):
    return act(actor=cast.actor(user), number=order.number, code=code, data=data)


@pytest.mark.req("R098")
def test_nobody_knows_who_reported(report, cast):
    assert report.template.code == "safety_report" and report.number.startswith("AQ") and report.kind == "report"
    assert report.contact is None and report.caller is None and report.confidential and report.caller_kind == "anonymous"
    assert report.fields == {"enterprise": "某化工厂", "hazard": "chemical", "people_at_risk": 30}
    assert report.place == "工业园三路8号2栋"  # where the danger is, whole
    do(cast, report, "reviewer1", "pass_review")
    do(cast, report, "dispatcher1", "dispatch", unit="CG", opinion="请核查")
    liaison = cast.actor("liaison1")
    assert visible_to(liaison).filter(pk=report.pk).exists() and not sees_contact(liaison, WorkOrder.objects.get(pk=report.pk))


def test_no_trace_of_the_visitor_stays(report):
    """Neither address nor phone nor session stands in any row that belongs to the order."""
    address = "203.0.113.5"
    for model in apps.get_app_config("audit").get_models():
        for row in model.objects.all():
            assert address not in str(row.__dict__.values())
    for row in OnlineDraft.objects.all():
        assert not row.sealed and not row.files
    assert all(report.secret not in str(row.get_decoded()) for row in Session.objects.all())
    assert report.secret.replace("-", "").encode() not in bytes(Reward.objects.get().code_hash)


def test_a_phone_left_with_a_report_is_hidden_from_every_unit(visitor, cast):
    order = visitor.send_in(REPORT, **{**WHAT, "anonymous": "", "phone": "13907707788", "name": "李四"})
    do(cast, order, "reviewer1", "pass_review")
    do(cast, order, "dispatcher1", "dispatch", unit="CG", opinion="请核查")
    assert order.contact.phone == "13907707788" and order.confidential
    assert not sees_contact(cast.actor("liaison1"), order) and not sees_contact(cast.actor("unitleader1"), order)
    token, path = issue_token(cast.staff["liaison1"])[0], f"/api/v1/workorders/{order.number}"
    for who in ("liaison1", "unitleader1"):
        visitor.client.force_login(cast.staff[who], backend="django.contrib.auth.backends.ModelBackend")
        visitor.get(reverse("workorders:order", args=[order.number]))
        assert order.number in visitor.page and WHAT["content"] in visitor.page
        assert not any(word in visitor.page for word in ("7788", "李四", "李*", "139****"))
    for tail in ("", "/events", "/actions"):
        told = visitor.client.get(path + tail, headers={"Authorization": f"Bearer {token}"})
        assert told.status_code == 200 and not any(word in told.content.decode() for word in ("7788", "李四", "李*"))


@pytest.mark.req("R098")
def test_followed_and_claimed_by_the_code_alone(report, cast):
    later = Visitor(address="192.0.2.77")  # another day, another place
    later.post(REWARD, reward_code="2222-2222-2222")
    assert "查询码不对" in later.errors()
    later.post(REWARD, reward_code=report.secret.lower().replace("-", " "))
    assert "正在核查" in later.page
    later.get(f"/portal/DEMO/track/{report.number}/")
    assert "正在审核您的诉求" in later.page and "现场.jpg" in later.page
    do(cast, report, "reviewer1", "grant_reward", amount="3000", reason="查实重大隐患")
    later.post(REWARD, reward_code=report.secret)
    assert "可以领取奖励" in later.page and "3000.00 元" in later.page
    later.post(REWARD, reward_code=report.secret, pay_way="现", _claim="1")
    assert "至少 4 个字" in later.errors()
    later.post(REWARD, reward_code=report.secret, pay_way="到政务服务中心窗口领现金", _claim="1")
    assert "已收到您的领取申请" in later.page
    later.post(REWARD, reward_code=report.secret, pay_way="再领一次试试看", _claim="1")
    assert "已申请领取" in later.page and Reward.objects.get().pay_way == "到政务服务中心窗口领现金"
    do(cast, report, "reviewer1", "pay_reward", note="现金兑付")
    later.post(REWARD, reward_code=report.secret)
    assert "奖励已经兑付" in later.page


def test_number_and_code_open_the_progress(report):
    later = Visitor(address="192.0.2.77")
    answer = later.post(TRACK, order_number=report.number, track_code=report.secret, _by_code="1")
    later.follow(answer)
    assert "正在审核" in later.page
    later.follow(later.post(f"/portal/DEMO/track/{report.number}/add/", note="昨夜又运进一车", **later_token(later, report)))
    assert "昨夜又运进一车" in later.page


def later_token(visitor, report):
    visitor.get(f"/portal/DEMO/track/{report.number}/add/")
    return visitor.hidden()


def test_guessing_reward_codes_is_stopped(another, monkeypatch):
    limit = LIMITS["reward_address"]
    monkeypatch.setitem(LIMITS, "reward_address", type(limit)(3, limit.span, limit.words))
    statuses = [another.post(REWARD, reward_code=f"2222-2222-222{n}").status_code for n in range(2, 6)]
    assert statuses == [200, 200, 200, 429] and "1 小时后再试" in another.errors()


def test_a_reward_of_another_centre_is_unknown(report):
    other = Visitor(address="192.0.2.78")
    other.post("/portal/OTHER/reward/", reward_code=report.secret)
    assert "查询码不对" in other.errors()


def test_its_own_questions_are_asked(visitor):
    visitor.fill(REPORT, **{**WHAT, "extra_enterprise": "", "extra_hazard": "dragon"})
    assert "请填写被举报单位" in visitor.errors() and not WorkOrder.objects.exists()


def test_an_ordinary_appeal_cannot_be_made_anonymous(visitor):
    visitor.fill("/portal/DEMO/send/", anonymous="on", phone="")
    assert "请填手机号" in visitor.errors() and not WorkOrder.objects.exists()
