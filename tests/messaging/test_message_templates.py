"""A centre's own words and switches (R053, R263)."""

import re

import pytest
from django.urls import reverse

from huying.audit.models import Event
from huying.messaging.models import Template
from huying.messaging.operations import save_rule, save_template, try_out
from huying.messaging.rules import SCENES, BadTemplate, check_text, render, sample_values
from huying.messaging.rules.wording import in_chinese
from huying.org.models import Centre
from huying.org.policies import NotAllowed

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("code", SCENES)
def test_every_shipped_text_keeps_its_own_rules(code):
    scene = SCENES[code]
    assert check_text(scene, scene.text) == scene.text
    words = render(scene, scene.text, sample_values(scene))
    assert "{" not in words and len(words) <= 200


@pytest.mark.parametrize(("text", "wrong"), [
    ("", "请填写"), ("您好 {nmae}", "nmae"), ("您好 {number", "成对"), ("您好 {}", "不能用"), ("短" * 301, "最多 300"),
    ("您好 {number.__class__}", "不能用"), ("请评价", "必须含 {评价链接}"),
    ("您好 {镇}", "{镇} 不能用在这个场景；可用：{工单号}"), ("您好 {code}", "{验证码} 不能用在这个场景"),
])
def test_placeholders_are_strict(text, wrong):
    with pytest.raises(BadTemplate) as refused:
        check_text(SCENES["closed"], text)
    assert wrong in refused.value.fields["text"]


@pytest.mark.parametrize("code", SCENES)
def test_placeholders_are_chinese_for_people_and_the_old_ones_still_count(code):
    scene = SCENES[code]
    read = in_chinese(scene.text)
    assert not re.search(r"\{[a-z_]+\}", read)
    assert check_text(scene, read) == check_text(scene, scene.text) == scene.text
    assert check_text(scene, read.replace("{", "{ ").replace("}", " }")) == scene.text


def test_the_pages_show_chinese_placeholders_with_examples_and_keep_what_is_typed_so(cast, client):
    client.force_login(cast.staff["director1"], backend="django.contrib.auth.backends.ModelBackend")
    page = reverse("messaging:template", args=["closed"])
    shown = client.get(page).content.decode()
    assert "{工单号}" in shown and "如：45060201202611200001713" in shown and "{评价链接}" in shown and "{number}" not in shown
    assert "{number}" not in client.get(reverse("messaging:templates")).content.decode()
    client.post(page, {"text": "已办结 {工单号}，请评价 {link}", "is_on": "on"})
    assert Template.objects.get(scene="closed").text == "已办结 {number}，请评价 {link}"
    shown = client.get(page).content.decode()
    assert "已办结 {工单号}，请评价 {评价链接}" in shown and "已办结 45060201202611200001713，请评价" in shown
    refused = client.post(page, {"text": "已办结 {镇}", "is_on": "on"}).content.decode()
    assert "{镇} 不能用在这个场景；可用：{工单号}" in refused and "已办结 {镇}</textarea>" in refused


def test_own_words_count_here_and_below_but_nowhere_else(cast, post):
    save_template(actor=cast.actor("director1"), centre=cast.demo, code="accepted", text="收到 {number}", is_on=True)
    save_rule(actor=cast.actor("director1"), centre=cast.demo, signature="防城港12345", per_hour=5, per_day=9)
    below = Centre.objects.create(code="DEMO-1", name="港口区分中心", parent=cast.demo)
    assert post().text == post(centre_id=below.pk).text == "【防城港12345】收到 N1"
    assert post(centre_id=cast.other.pk).text.startswith("【12345热线】您反映的")


def test_every_change_is_on_record(cast):
    for is_on in (False, True):
        save_template(actor=cast.actor("director1"), centre=cast.demo, code="accepted", text="收到 {number}", is_on=is_on)
    events = Event.objects.filter(stream="template").order_by("seq")
    assert [(event.data["was"]["is_on"], event.data["is_on"]) for event in events] == [(True, False), (False, True)]


def test_only_who_may(cast):
    with pytest.raises(NotAllowed):
        save_template(actor=cast.actor("agent1"), centre=cast.demo, code="accepted", text="收到 {number}", is_on=True)


def test_trial_message(cast):
    message = try_out(actor=cast.actor("director1"), centre=cast.demo, code="closed", phone="13907700009")
    assert "海湾社区路灯不亮" in message.text and message.sent_by.username == "director1"
