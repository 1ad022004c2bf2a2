"""What a citizen may do with an order of his own: add material, urge once a day, withdraw."""

from datetime import timedelta

import pytest

from huying.audit.models import Event
from huying.kernel import clock
from huying.messaging.models import Message
from huying.portal.models import OnlineDraft
from huying.workorders.models import WorkOrder
from portal.visitor import photo
from workorders.play import Play

pytestmark = pytest.mark.django_db


@pytest.fixture
def mine(visitor, cast):
    """An order of this visitor's, with the unit; and the address of its page."""
    play = Play(cast).handling()
    visitor.prove()
    play.page = f"/portal/DEMO/track/{play.number}/"
    return play


def again(order):
    return WorkOrder.objects.get(pk=order.pk)


@pytest.mark.req("R102")
def test_urge(visitor, mine, cast):
    visitor.get(mine.page + "urge/")
    visitor.follow(visitor.post(mine.page + "urge/", {**visitor.hidden(), "note": "孩子上学看不清路"}))
    assert "已催办" in visitor.page and "您催办了一次" in visitor.page and "孩子上学" in visitor.page
    assert again(mine.order).urge_count == 1 and Message.objects.filter(scene="urged").count() == 1


def test_urge_once_a_day_and_no_more(visitor, mine):
    with clock.frozen(clock.now()) as time:
        visitor.prove()
        visitor.post(mine.page + "urge/", note="")
        visitor.post(mine.page + "urge/", note="再催")
        assert "已经催办过" in visitor.errors() and "再催" in visitor.page
        time.tick(timedelta(hours=24, seconds=1))
        from huying.messaging.models import Message as Sent

        Sent.objects.all().delete()
        visitor.prove()
        assert visitor.post(mine.page + "urge/", note="").status_code == 302
    assert again(mine.order).urge_count == 2


def test_a_double_click_urges_once(visitor, mine):
    visitor.get(mine.page + "urge/")
    form = visitor.hidden()
    assert [visitor.post(mine.page + "urge/", form).status_code for _ in range(2)] == [302, 302]
    assert again(mine.order).urge_count == 1


def test_add_words_and_files(visitor, mine, cast):
    visitor.get(mine.page + "add/")
    visitor.follow(visitor.post(mine.page + "add/", {**visitor.hidden(), "note": "今天又坏了一盏", "photo": photo()}))
    assert "补充材料已收到" in visitor.page and "今天又坏了一盏" in visitor.page and "现场.jpg" in visitor.page
    file = mine.order.attachments.get()
    event = Event.objects.get(stream="order", stream_id=mine.order.pk, kind="supplement")
    assert file.purpose == "supplement" and event.data["files"] == [file.pk] and event.actor_kind == "citizen"


def test_adding_twice_by_a_double_click(visitor, mine):
    visitor.get(mine.page + "add/")
    form = {**visitor.hidden(), "note": "今天又坏了一盏"}
    assert [visitor.post(mine.page + "add/", form).status_code for _ in range(2)] == [302, 302]
    assert Event.objects.filter(stream="order", stream_id=mine.order.pk, kind="supplement").count() == 1
    visitor.get(mine.page + "add/")  # and a second time on purpose
    visitor.post(mine.page + "add/", {**visitor.hidden(), "note": "明天还会补充"})
    assert Event.objects.filter(stream="order", stream_id=mine.order.pk, kind="supplement").count() == 2


def test_nothing_added_is_said_and_files_stay(visitor, mine):
    from django.core.files.uploadedfile import SimpleUploadedFile

    visitor.get(mine.page + "add/")
    bad = SimpleUploadedFile("a.svg", b"<svg onload=alert(1)>", "image/svg+xml")
    visitor.post(mine.page + "add/", {**visitor.hidden(), "note": "", "papers": [bad, photo()]})
    assert "收不了" in visitor.errors() and "现场.jpg" in visitor.page
    visitor.follow(visitor.post(mine.page + "add/", {**visitor.hidden(), "note": ""}))
    assert "补充了 1 个文件" in visitor.page


def test_words_survive_the_end_of_the_half_hour(visitor, mine):
    with clock.frozen(clock.now()) as time:
        visitor.get(mine.page + "add/")
        form = visitor.hidden()
        time.tick(timedelta(minutes=31))
        visitor.follow(visitor.post(mine.page + "add/", {**form, "note": "写了很久的补充说明"}))
        assert "您写的内容都在" in visitor.page
        visitor.prove()
        visitor.get(mine.page + "add/")
        assert "写了很久的补充说明" in visitor.page


@pytest.mark.req("R102")
def test_withdraw_asks_why_and_makes_sure(visitor, mine):
    visitor.get(mine.page + "withdraw/")
    assert "确定要撤单吗" in visitor.page and "城市管理局" in visitor.page
    visitor.post(mine.page + "withdraw/", visitor.hidden())
    assert "请选一个原因" in visitor.errors() and again(mine.order).state == "handling"
    visitor.post(mine.page + "withdraw/", {**visitor.hidden(), "why": "other"})
    assert "请简单写一下原因" in visitor.errors()
    visitor.follow(visitor.post(mine.page + "withdraw/", {**visitor.hidden(), "why": "solved", "more": "自己亮了"}))
    assert again(mine.order).state == "withdrawn" and "问题已经解决：自己亮了" in visitor.page
    assert "已撤单" in visitor.told()


def test_withdrawing_what_has_moved_on_meanwhile(visitor, mine):
    visitor.get(mine.page + "withdraw/")
    form = {**visitor.hidden(), "why": "solved"}
    mine.replied()
    visitor.post(mine.page + "withdraw/", form)
    assert "有了新的进展" in visitor.errors() and again(mine.order).is_open
    assert "承办联络员" not in visitor.said()


@pytest.mark.parametrize("what", ["add/", "urge/", "withdraw/"])
def test_a_closed_order_takes_nothing_and_names_nobody(visitor, mine, cast, what):
    mine.replied().to_close().do("reviewer1", "close")
    for answer in (visitor.get(mine.page + what), visitor.post(mine.page + what, note="再补一句", why="solved")):
        assert answer.status_code == 200 and "已办结" in visitor.page and "12345" in visitor.page
        assert all(person.name not in visitor.said() for person in cast.staff.values())
    assert again(mine.order).state == "closed" and Event.objects.filter(kind__in=["urge", "supplement", "withdraw"]).count() == 0


def test_two_windows(visitor, mine):
    visitor.get(mine.page + "add/")
    visitor.post(mine.page + "add/", {**visitor.hidden(), "note": "", "photo": photo()})
    assert not OnlineDraft.objects.filter(order=None).exists() and mine.order.attachments.count() == 1
