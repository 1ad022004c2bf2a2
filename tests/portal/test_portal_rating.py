"""Rate once: by the link of the message, or from the page of one's own order (R054, R283)."""

import re

import pytest

from huying.followup.models import Rating
from huying.messaging.models import Message
from workorders.play import Play

pytestmark = pytest.mark.django_db


@pytest.fixture
def closed(cast):
    return Play(cast).handling().replied().to_close().do("reviewer1", "close")


@pytest.fixture
def link():
    message = Message.objects.filter(scene="closed").latest("id")
    return re.search(r"/r/[\w-]+", message.text)[0]


@pytest.mark.req("R283")
def test_the_link_in_the_message_works_once(visitor, another, closed, request):
    link = request.getfixturevalue("link")
    visitor.get(link)
    assert "办得怎么样" in visitor.page and "更换灯泡" in visitor.page and closed.number in visitor.page
    visitor.post(link, {})
    assert "请选一项" in visitor.errors()
    visitor.post(link, satisfaction="no", note="还是不亮")
    assert "不满意的原因" in visitor.errors() and "还是不亮" in visitor.page and not Rating.objects.exists()
    visitor.post(link, satisfaction="no", unhappy="not_solved", note="还是不亮")
    assert "谢谢您的评价" in visitor.page
    given = Rating.objects.get()
    assert (given.satisfaction, given.unhappy, given.text, given.channel) == ("no", "not_solved", "还是不亮", "sms")
    another.get(link)
    assert "已经评价过了" in another.page and "<form" not in another.page.split("<main")[1].split("</main>")[0]
    another.post(link, satisfaction="very")
    assert "已经评价过了" in another.page and Rating.objects.get() == given


@pytest.mark.parametrize("token", ["x", "A" * 20, "%00", "a'b"])
def test_a_link_that_is_none(visitor, token):
    assert visitor.get(f"/r/{token}").status_code == 404
    assert "打不开" in visitor.page and "用手机号" in visitor.page


def test_from_ones_own_page(visitor, closed):
    visitor.prove()
    page = f"/portal/DEMO/track/{closed.number}/"
    visitor.get("/portal/DEMO/rate/")
    assert closed.order.title in visitor.page
    visitor.get(page)
    assert page + "rate/" in visitor.page
    visitor.follow(visitor.post(page + "rate/", satisfaction="very", note="修得很快"))
    assert "您评价了“非常满意”" in visitor.page and Rating.objects.get().channel == "web"
    visitor.post(page + "rate/", satisfaction="no", unhappy="slow")
    assert "已经评价过" in visitor.page and Rating.objects.count() == 1
    visitor.get("/portal/DEMO/rate/")
    assert "现在没有等您评价的" in visitor.page


def test_what_is_not_closed_cannot_be_rated(visitor, cast):
    play = Play(cast).handling()
    visitor.prove()
    visitor.post(f"/portal/DEMO/track/{play.number}/rate/", satisfaction="very")
    assert "还没有办结" in visitor.page and not Rating.objects.exists()


def test_a_stranger_is_told_how(visitor):
    visitor.get("/portal/DEMO/rate/")
    assert "短信" in visitor.page and "用手机号找我的诉求" in visitor.page
