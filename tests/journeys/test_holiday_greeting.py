"""Somebody without technical knowledge gives the hotline a holiday greeting: text, listen, publish (R204)."""

import pytest

import calls.exchange as exchange_of
from huying.calls.models import Flow, FlowVersion, Prompt
from huying.calls.operations.flows import make_flow, publish

TEXT = "国庆节快乐，热线照常为您服务。"


@pytest.mark.req("R204")
@pytest.mark.parametrize("js", [True, False])
def test_a_holiday_greeting(cast, visit, js):
    exchange_of.build(cast)
    flow = make_flow(actor=cast.actor("director1"), centre=cast.demo, name="默认导航")
    publish(actor=cast.actor("director1"), flow=flow, note="第一版")

    page = visit("director1", "/calls/settings/prompts/new", js=js)
    page.fill("#id_name", "国庆问候")
    page.fill("#id_text", TEXT)
    page.click("text=试听这段文字")
    heard = page.request.get(page.url.split("/calls/")[0] + page.get_attribute("audio", "src"))
    assert heard.status == 200 and heard.body()[:4] == b"RIFF"
    assert page.input_value("#id_text") == TEXT
    page.click("text=保存并生效")
    page.wait_for_url("**/calls/settings/prompts/*")
    prompt = Prompt.objects.get(name="国庆问候")

    page.goto(page.url.split("/calls/")[0] + f"/calls/settings/flows/{flow.pk}")
    page.select_option("#new-kind", "prompt")
    page.fill("#new-name", "节日问候")
    page.click(".calls-add button")
    page.wait_for_selector("#step-n2[open]")
    assert page.locator(".calls-side .calls-problem").count() == 2  # no prompt yet, and nothing leads here
    page.select_option("#n2-o-sound", label="国庆问候")
    page.select_option("#n2-e-next", label="人工服务")
    page.click("#step-n2 >> text=保存这一步")
    page.wait_for_selector("a:text('试听、修改这条语音')")  # saved, and the page is drawn anew
    page.click("#step-n2 >> text=从这里开始")
    page.wait_for_selector(".calls-good")
    assert page.locator("svg a").count() == 2
    page.fill("#publish-note", "国庆节问候语")
    page.click(".calls-side button.btn-primary")
    page.wait_for_selector("text=第 2 版已发布")
    version = FlowVersion.objects.get(flow=Flow.objects.get(pk=flow.pk), number=2)
    assert version.graph["start"] == "n2" and version.graph["nodes"][1]["options"]["sound"] == prompt.sound
    assert version.published_by.username == "director1" and version.note == "国庆节问候语"
