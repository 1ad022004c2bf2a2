"""Special orders (保密、敏感、群体、领导批示): looked at by those with the right before any unit learns of them (R282)."""

import pytest

from huying.audit.models import Event
from huying.org.policies import NotAllowed
from huying.workorders.models import WorkOrder
from huying.workorders.queries.refusals import NoSuchOrder
from workorders.play import Play

pytestmark = pytest.mark.django_db
BACKEND = "django.contrib.auth.backends.ModelBackend"


@pytest.fixture
def page(client, cast):
    def asked(user, path):
        client.force_login(cast.staff[user], backend=BACKEND)
        answer = client.get(path)
        return answer.content.decode() if answer.status_code == 200 else None

    return asked


@pytest.mark.req("R282")
@pytest.mark.parametrize("marks", [{"kind": "report"}, {"confidential": True}, {"is_sensitive": True}, {"is_group": True},
                                   {"is_special": True}], ids=lambda marks: next(iter(marks)))
def test_what_is_special_passes_review_only_by_those_with_the_right(cast, marks):
    play = Play(cast, by="leader1", **marks).do("leader1", "submit")
    with pytest.raises((NotAllowed, NoSuchOrder)):
        play.do("dispatcher1", "pass_review")
    with pytest.raises(NotAllowed, match="特殊单"):
        play.do("leader1", "dispatch", unit="CG", opinion="请办理")
    assert WorkOrder.objects.get(pk=play.order.pk).state == "to_review"
    assert play.do("reviewer1", "pass_review").order.state == "to_dispatch"
    assert play.do("leader1", "dispatch", unit="CG", opinion="请办理").order.state == "to_sign"  # reviewed is reviewed


def test_an_ordinary_order_takes_no_special_right(cast):
    assert Play(cast).do("agent1", "submit").do("dispatcher1", "pass_review").order.state == "to_dispatch"


@pytest.mark.req("R282")
def test_a_reviewer_marks_an_order_and_from_then_on_only_authorised_people_know_of_it(client, cast, page):
    play = Play(cast).do("agent1", "submit")
    assert page("dispatcher1", f"/orders/{play.number}/do/mark_special/") is None
    client.force_login(cast.staff["reviewer1"], backend=BACKEND)
    address = f"/orders/{play.number}/do/mark_special/"
    assert "请选择特殊类型" in client.post(address, {"reason": "涉及重要会议"}).content.decode()
    assert client.post(address, {"special": "sensitive", "reason": "涉及重要会议"}).status_code == 302
    event = Event.objects.get(stream_id=play.order.pk, kind="mark_special")
    assert (event.reason, event.data["special"]) == ("涉及重要会议", "sensitive")
    for user in ("dispatcher1", "agent2", "followup1", "operator1"):
        assert page(user, f"/orders/{play.number}/") is None
        assert f'data-order="{play.number}"' not in (page(user, "/orders/desk/all/") or "")
    for user in ("reviewer1", "leader1", "director1", "agent1"):  # agent1 took it down
        assert "敏感" in page(user, f"/orders/{play.number}/")
    play.do("reviewer1", "mark_special", special="none", reason="会议已结束")
    assert page("dispatcher1", f"/orders/{play.number}/") is not None


def test_taking_the_mark_away_leaves_what_the_template_demands(cast):
    play = Play(cast, template="safety_report", kind="report", fields={"enterprise": "某厂", "hazard": "fire"}, is_group=True)
    play.do("reviewer1", "mark_special", special="none", reason="只有一人反映")
    assert (play.order.is_group, play.order.is_special, play.order.confidential) == (False, True, True)


@pytest.mark.req("R282")
def test_special_orders_have_a_list_of_their_own(cast, page):
    plain, closed = Play(cast), Play(cast, is_group=True).do("agent1", "direct_answer", answer="已在电话中答复诉求人。")
    special = [Play(cast, kind="report"), Play(cast, is_group=True), Play(cast, is_sensitive=True),
               Play(cast).do("director1", "mark_special", special="instructed", reason="市长批示")]
    text = page("reviewer1", "/orders/desk/special/")
    assert all(f'data-order="{play.number}"' in text for play in special)
    assert plain.number not in text and closed.number not in text
    assert page("dispatcher1", "/orders/desk/special/") is None and page("liaison1", "/orders/desk/special/") is None
