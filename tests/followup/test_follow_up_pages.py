"""The follow-up pages by Django's client: what they show, keep and refuse."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from followup.conftest import ANGRY, SAID
from huying.audit.models import Access
from huying.followup.models import Answers, Attempt, FollowUp
from huying.followup.operations import make_rating_token, rate
from huying.followup.queries import callers_waiting
from huying.workorders.models import WorkOrder
from huying.workorders.workflow import State

pytestmark = pytest.mark.django_db
BACKEND = "django.contrib.auth.backends.ModelBackend"


@pytest.fixture
def at_desk(cast, client):
    client.force_login(cast.staff["followup1"], backend=BACKEND)
    return client


def text(response):
    return response.content.decode()


def url(name, play, **more):
    return reverse(f"followup:{name}", args=[play.number])


def state(play):
    return WorkOrder.objects.get(pk=play.order.pk).state


def test_desk_shows_a_person_once_with_all_his_orders(waiting, at_desk):
    first, second, other = waiting(), waiting(title="垃圾没有清运"), waiting(phone="13907700002", title="井盖松动")
    page = text(at_desk.get("/followup/"))
    assert page.count("139****0001") == 1 and "2 单一起问" in page
    assert all(each.number in page for each in (first, second, other))
    assert "13907700001" not in page and "张小满" not in page and "张**" in page


def test_desk_pages_by_person(cast, waiting, monkeypatch):
    plays = [waiting(phone=f"1390770{n:04}") for n in range(5)] + [waiting(phone="13907700000")]
    actor, seen, after = cast.actor("followup1"), [], None
    for _ in range(4):
        callers, after = callers_waiting(actor, after=after, page=2)
        seen += [row.order.number for caller in callers for row in caller.rows]
        if after is None:
            break
    assert sorted(seen) == sorted(play.number for play in plays)


def test_orders_without_a_phone_stand_alone(cast, waiting):
    waiting(phone=""), waiting(phone="")
    callers, _ = callers_waiting(cast.actor("followup1"))
    assert [len(caller.rows) for caller in callers] == [1, 1]


def test_empty_desk_and_every_tab(at_desk, cast):
    for tab in ("all", "new", "again", "late", "mine", "nonsense"):
        assert at_desk.get(f"/followup/?tab={tab}&after=x~y").status_code == 200
    assert "没有待回访的工单" in text(at_desk.get("/followup/"))


def test_start_takes_all_orders_of_the_person(waiting, at_desk):
    first, second = waiting(), waiting(title="垃圾没有清运")
    answer = at_desk.post(url("start", first))
    assert answer.url == url("work", first)
    assert {state(first), state(second)} == {State.FOLLOWING_UP}
    page = text(at_desk.get(url("work", first)))
    assert "此人还有 1 单待回访" in page and "垃圾没有清运" in page and "更换灯泡" in page


def test_before_it_is_taken_there_is_nothing_to_fill_in(waiting, at_desk):
    page = text(at_desk.get(url("work", waiting())))
    assert "开始回访" in page and "不满意原因" not in page


def test_one_attempt_stands_on_every_ticked_order(waiting, at_desk):
    first, second = waiting(), waiting(title="垃圾没有清运")
    at_desk.post(url("start", first))
    answer = at_desk.post(url("attempt", first), {"result": "no_answer", "others": [second.number], "seen": "0"})
    assert answer.url == "/followup/" and Attempt.objects.count() == 2
    at_desk.post(url("attempt", first), {"result": "busy", "seen": "1"})
    assert Attempt.objects.count() == 3


def test_a_double_click_is_one_attempt(waiting, at_desk):
    play = waiting()
    at_desk.post(url("start", play))
    said = {"result": "no_answer", "seen": "0"}
    at_desk.post(url("attempt", play), said)
    assert "刚刚已登记过一次拨打" in text(at_desk.post(url("attempt", play), said))
    assert Attempt.objects.count() == 1


def test_answers_one_order_after_the_other(waiting, at_desk):
    first, second = waiting(), waiting(title="垃圾没有清运")
    at_desk.post(url("start", first))
    assert at_desk.post(url("answer", first), SAID | {"do": "finish_follow_up"}).url == url("work", second)
    assert at_desk.post(url("answer", second), ANGRY | {"do": "rehandle", "reason": "仍有垃圾"}).url == "/followup/"
    assert (state(first), state(second)) == (State.TO_CLOSE, State.HANDLING)
    page = text(at_desk.get(url("work", second)))
    assert "问题未解决" in page and "不满意" in page


@pytest.mark.req("R107")
def test_an_error_keeps_what_was_typed(waiting, at_desk):
    play = waiting()
    at_desk.post(url("start", play))
    page = text(at_desk.post(url("answer", play), {**ANGRY, "unhappy": "", "note": "半夜还是黑的", "do": "finish_follow_up"}))
    assert "不满意时必须选择原因" in page and "半夜还是黑的" in page
    assert 'value="no" ' in page and not Answers.objects.exists()


def test_impossible_with_an_uploaded_proof(waiting, at_desk):
    play = waiting().do("followup1", "start_follow_up").do("followup1", "rehandle", **ANGRY, reason="又灭了")
    play.replied().do("reviewer1", "pass_check")
    at_desk.post(url("start", play))
    proof = SimpleUploadedFile("规划批复.txt", "道路改造列入明年计划".encode(), "text/plain")
    answer = at_desk.post(url("answer", play), ANGRY | {"do": "find_impossible", "reason": "明年改造", "proof": proof})
    assert answer.status_code == 302, text(answer)
    assert play.order.attachments.filter(purpose="evidence", name="规划批复.txt").exists()


def test_exempt_and_give_up(waiting, at_desk, now):
    play, missed = waiting(), waiting(phone="13907700002")
    for each in (play, missed):
        at_desk.post(url("start", each))
    assert "说明" in text(at_desk.post(url("exempt", play), {"exempt": "declined", "reason": ""}))
    assert at_desk.post(url("exempt", play), {"exempt": "declined", "reason": "本人说不用回访"}).status_code == 302
    assert "不同时段拨打 3 次" in text(at_desk.post(url("give-up", missed)))
    for seen in range(3):
        at_desk.post(url("attempt", missed), {"result": "no_answer", "seen": str(seen)})
        now.tick(timedelta(hours=3))
    at_desk.post(url("start", missed))
    assert "未能接通，结束回访" in text(at_desk.get(url("work", missed)))
    assert at_desk.post(url("give-up", missed)).status_code == 302
    assert FollowUp.objects.get(order=missed.order).result == "unreached"


def test_the_number_is_shown_to_its_holder_and_that_is_on_record(waiting, at_desk):
    play = waiting()
    assert at_desk.post(url("phone", play)).status_code == 302
    at_desk.post(url("start", play))
    assert "13907700001" in text(at_desk.post(url("phone", play)))
    assert "13907700001" not in text(at_desk.get(url("work", play)))
    assert Access.objects.filter(kind="reveal", stream_id=play.order.pk, reason="回访拨打电话").count() == 1


def test_ratings_and_figures(calling, cast, client, now):
    play = calling().do("followup1", "finish_follow_up", **SAID).do("reviewer1", "close")
    rate(token=make_rating_token(play.order), satisfaction="fair", text="<b>还行</b>")
    client.force_login(cast.staff["director1"], backend=BACKEND)
    page = text(client.get("/followup/ratings?satisfaction=fair"))
    assert "&lt;b&gt;还行" in page and "路灯不亮" in page
    assert "路灯不亮" not in text(client.get("/followup/ratings?satisfaction=no"))
    figures = text(client.get("/followup/statistics"))
    assert figures.count("100.00%（1/1）") == 4  # in time, executed, heard, given
    said = {"name": "基本满意按0.8折算", "very": "1", "yes": "1", "fair": "0.8", "no": "0"}
    assert client.post("/followup/schemes", said).status_code == 302
    assert "80.00%（0.8/1）" in text(client.get("/followup/statistics"))
    assert "已有同名方案" in text(client.post("/followup/schemes", said))
    assert client.post("/followup/schemes", {**said, "name": "另一个", "fair": "7"}).status_code == 200


@pytest.mark.parametrize("user", ["agent1", "liaison1", "dispatcher1@OTHER"])
def test_outsiders_find_nothing(cast, client, waiting, user):
    play = waiting()
    client.force_login(cast.staff[user], backend=BACKEND)
    for address in ("/followup/", url("work", play), "/followup/ratings", "/followup/statistics"):
        assert client.get(address).status_code == 404
    for name in ("start", "attempt", "answer", "give-up", "exempt", "phone"):
        assert client.post(url(name, play)).status_code == 404
    assert state(play) == State.TO_FOLLOW_UP


def test_another_citys_caller_finds_nothing(cast, client, waiting):
    from huying.org.models import Role, Staff

    play = waiting()
    role = Role.objects.get(centre=cast.other, code="follow_up")
    far = Staff.objects.create(username="followup1@OTHER", name="外市回访", centre=cast.other)
    far.roles.add(role)
    client.force_login(far, backend=BACKEND)
    assert play.number not in text(client.get("/followup/"))
    assert client.get(url("work", play)).status_code == 404 and client.post(url("start", play)).status_code == 404
