"""The pages of messages by Django's client."""

import pytest

from followup.conftest import SAID
from huying.messaging.models import Message
from huying.messaging.operations import deliver
from workorders.play import Play

pytestmark = pytest.mark.django_db
BACKEND = "django.contrib.auth.backends.ModelBackend"


@pytest.fixture
def director(cast, client):
    client.force_login(cast.staff["director1"], backend=BACKEND)
    return client


def text(response):
    return response.content.decode()


def test_list_masks_phones_codes_and_personal_links(director, post, cast):
    post(), post("code"), post("closed", phone="13307700002")
    for pk in Message.objects.values_list("pk", flat=True):
        deliver(pk)
    page = text(director.get("/messages/"))
    assert "139****0001" in page and "13907700001" not in page
    assert "123456" not in page and "http://x/…" in page and "/r/1" not in page
    only = text(director.get("/messages/?phone=133 0770 0002&state=delivered&carrier=telecom&scene=closed"))
    assert "133****0002" in only and "139****0001" not in only
    assert "没有符合条件的短信" in text(director.get("/messages/?phone=13800000000"))


def test_a_unit_can_never_read_the_link_by_which_it_is_rated(cast):
    play = Play(cast).handling().replied().do("reviewer1", "pass_check").do("followup1", "start_follow_up")
    play.do("followup1", "finish_follow_up", **SAID).do("reviewer1", "close")
    message = Message.objects.get(scene="closed")
    token = message.text.rsplit("/", 1)[1]
    assert token not in message.shown_text and "/…" in message.shown_text


def test_list_pages_by_key(director, cast, post):
    from huying.messaging.operations import Outgoing, send_all

    values = {"number": "N1", "title": "停水"}
    send_all([Outgoing("accepted", cast.demo.pk, "13907700001", values, ("order", n)) for n in range(60)])
    first = text(director.get("/messages/"))
    assert first.count("<tr>") == 51 and "下一页" in first
    second = text(director.get(f"/messages/?before={Message.objects.order_by('id')[10].pk}"))
    assert second.count("<tr>") == 11 and "回到第一页" in second


def test_statistics_by_carrier_and_scene(director, post):
    for phone in ("13907700001", "13007700001", "13007700002"):
        deliver(post(phone=phone).pk)
    page = text(director.get("/messages/statistics"))
    assert "中国联通" in page and "100.00%（2/2）" in page and "受理告知" in page
    assert director.get("/messages/statistics?month=nonsense").status_code == 200


@pytest.mark.req("R263")
def test_switch_and_edit(director, post, cast):
    assert director.post("/messages/templates/accepted/switch", {"on": "0"}).status_code == 302
    assert post().state == "skipped"
    director.post("/messages/templates/accepted/switch", {"on": "1"})
    assert "收到 N1" not in post().text
    assert director.post("/messages/templates/accepted", {"text": "收到 {number}", "is_on": "on"}).status_code == 302
    assert post().text.endswith("收到 N1")
    assert "本中心" in text(director.get("/messages/templates"))


def test_preview_saves_nothing_and_errors_keep_the_text(director, post):
    page = text(director.post("/messages/templates/accepted", {"text": "预览 {number}", "preview": "1"}))
    assert "预览 45060201202611200001713" in page and "预览" not in post().text
    page = text(director.post("/messages/templates/accepted", {"text": "您好 {nmae}", "is_on": "on"}))
    assert "{nmae} 不能用在这个场景" in page and "您好 {nmae}" in page


def test_trial_and_rule(director, cast):
    assert director.post("/messages/templates/closed/trial", {"phone": "13907700009"}).status_code == 302
    assert Message.objects.get().subject_stream == "trial"
    assert "请填写 11 位手机号" in text(director.post("/messages/templates/closed/trial", {"phone": "123"}))
    assert director.post("/messages/rule", {"signature": "防城港12345", "per_hour": "3", "per_day": "9"}).status_code == 302
    assert "不少于每小时" in text(director.post("/messages/rule", {"signature": "防城港12345", "per_hour": "9", "per_day": "3"}))


@pytest.mark.parametrize("user", ["agent1", "liaison1", "agent1@OTHER"])
def test_outsiders_find_nothing(cast, client, user):
    client.force_login(cast.staff[user], backend=BACKEND)
    for address in ("/messages/", "/messages/statistics", "/messages/templates", "/messages/templates/accepted"):
        assert client.get(address).status_code == 404
    for address in ("/messages/rule", "/messages/templates/accepted/switch", "/messages/templates/accepted/trial"):
        assert client.post(address).status_code == 404


def test_another_city_sees_none_of_ours(cast, client, post):
    post()
    client.force_login(cast.staff["director1@OTHER"], backend=BACKEND)
    assert "139****0001" not in text(client.get("/messages/"))
