"""A citizen at the phone and at the desk: tells it, follows it, adds, rates; with and without JavaScript, small and large type."""

import re

import pytest

from huying.followup.models import Rating
from huying.messaging.models import Message
from huying.workorders.models import WorkOrder
from journeys.conftest import DESK, PHONE
from workorders.play import Play

NUMBER = "13907700001"
TEXT = "海湾社区海湾花园门口的路灯坏了三盏，晚上老人出门看不清，请尽快修好。"
SEND, TRACK = "/portal/DEMO/send/", "/portal/DEMO/track/"


def code(number=NUMBER):
    """What stands on the citizen's phone."""
    sent = [message for message in Message.objects.filter(scene="code").order_by("-id") if message.phone == number]
    return re.search(r"\d{6}", sent[0].text)[0]


def press(page, words):
    page.locator(".hy-bar").get_by_role("button", name=words, exact=True).click()


def picture(width=60):
    import io

    from PIL import Image

    out = io.BytesIO()
    Image.new("RGB", (width, 40), "#3a7").save(out, "JPEG")
    return {"name": "现场.jpg", "mimeType": "image/jpeg", "buffer": out.getvalue()}


def prove(page):
    page.goto(page.url.split("/portal/")[0] + TRACK)
    page.get_by_label("手机号").fill(NUMBER)
    page.get_by_role("button", name="获取验证码").click()
    page.get_by_text("验证码已发到").wait_for()
    page.get_by_label("短信验证码").fill(code())
    press(page, "用手机号查看")
    page.wait_for_url("**/track/")


@pytest.mark.req("R117")
@pytest.mark.parametrize("js", [True, False], ids=["script", "plain"])
@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
def test_tell_it_and_follow_it(visit, shot, js, size):
    page = visit("", "/", js=js, size=size)
    if size == DESK and js:
        shot(page, "citizen-home")
    page.get_by_role("link", name="我要反映").click()
    page.get_by_label("发生了什么").fill(TEXT)
    page.get_by_label("照片、视频或文件").set_input_files([picture()])
    press(page, "提交")  # too early: everything stays, what is missing is named
    page.get_by_text("您填的内容都在").wait_for()
    assert page.get_by_label("发生了什么").input_value() == TEXT and page.get_by_text("现场.jpg").first.is_visible()
    page.get_by_label("具体地点").fill("海湾花园3栋2单元501")
    page.get_by_label("手机号").fill(NUMBER)
    page.get_by_role("button", name="获取验证码").click()
    page.get_by_text("验证码已发到 139****0001").wait_for()
    page.get_by_label("短信验证码").fill(code())
    press(page, "提交")
    page.get_by_role("heading", name="提交成功").wait_for()
    order = WorkOrder.objects.get()
    assert order.number in page.locator(".hy-number").text_content() and order.attachments.count() == 1
    if size == DESK and js:
        shot(page, "citizen-sent")
    page.get_by_role("link", name="查看进度").click()
    page.get_by_text("正在审核您的诉求").wait_for()
    assert page.locator(".hy-track [aria-current=step]").inner_text().startswith("1")
    if size == DESK and js:
        shot(page, "citizen-progress", full=True)
    page.get_by_role("link", name="补充材料").click()
    page.get_by_label("要补充什么").fill("今天又坏了一盏")
    press(page, "提交")
    page.get_by_text("补充材料已收到").wait_for()
    page.get_by_role("link", name="催办").click()
    press(page, "催办")
    page.get_by_text("已催办").first.wait_for()
    page.get_by_role("link", name="撤单").click()
    page.get_by_label("问题已经解决").check()
    press(page, "确定撤单")
    page.get_by_text("已撤单").first.wait_for()
    order.refresh_from_db()
    assert (order.state, order.urge_count) == ("withdrawn", 1)


@pytest.mark.req("R117")
@pytest.mark.parametrize("js", [True, False], ids=["script", "plain"])
def test_one_question_at_a_time(visit, shot, js):
    page = visit("", f"/ui/elder?on=1&next={SEND}", js=js, size=PHONE)
    if js:
        shot(page, "citizen-elder")
    page.get_by_label("写在这里").fill(TEXT)
    press(page, "下一步")
    page.get_by_role("heading", name="这件事在哪里").wait_for()
    page.get_by_label("区、县").select_option("港口区")
    if js:
        page.get_by_label("街道、镇").locator("option", has_text="渔洲坪").wait_for(state="attached")
    else:
        page.get_by_role("button", name="列出下一级").click()
    page.get_by_label("街道、镇").select_option("渔洲坪街道")
    press(page, "下一步")
    page.get_by_label("手机号").fill(NUMBER)
    page.keyboard.press("Enter")  # the first button of the page is not what Enter presses
    page.get_by_role("heading", name="请填短信里的 6 位数字").wait_for()
    page.get_by_label("短信验证码").fill(code())
    press(page, "下一步")
    page.get_by_role("heading", name="看一遍").wait_for()
    assert "渔洲坪街道" in page.locator(".portal-summary").inner_text()
    press(page, "提交")
    page.get_by_role("heading", name="提交成功").wait_for()
    assert WorkOrder.objects.get().region_id == "450602001"
    assert page.evaluate("getComputedStyle(document.body).fontSize") == "22px"


@pytest.mark.req("R283")
@pytest.mark.parametrize("js", [True, False], ids=["script", "plain"])
def test_rate_by_the_link_of_the_message(visit, cast, shot, js):
    Play(cast).handling().replied().to_close().do("reviewer1", "close")
    link = re.search(r"/r/[\w-]+", Message.objects.get(scene="closed").text)[0]
    page = visit("", link, js=js, size=PHONE)
    if js:
        shot(page, "citizen-rate")
    page.get_by_label("不满意", exact=True).check()
    page.get_by_label("哪里不满意").select_option("办理太慢")
    page.get_by_label("基本满意").check()
    page.get_by_label("哪里不满意").wait_for(state="hidden")
    press(page, "提交评价")
    page.get_by_role("heading", name="谢谢您的评价").wait_for()
    assert Rating.objects.get().satisfaction == "fair"
    page.goto(page.url)
    assert page.get_by_role("heading", name="您已经评价过了").is_visible()


@pytest.mark.req("R098")
def test_a_report_without_a_name(visit, cast):
    page = visit("", "/portal/DEMO/send/safety_report/", size=PHONE)
    page.get_by_label("发生了什么").fill("化工厂夜里偷偷存放危险品，没有消防设施")
    page.get_by_label("被举报单位").fill("某化工厂")
    page.get_by_label("危险化学品").check()
    page.get_by_label("具体地点").fill("工业园三路8号")
    page.get_by_label("手机号").wait_for()
    page.get_by_label("匿名").check()
    page.get_by_label("手机号").wait_for(state="hidden")
    press(page, "提交")
    secret = page.locator(".portal-secret").inner_text()
    page.get_by_role("link", name="回到首页").first.click()
    page.get_by_role("link", name="举报奖励查询").click()
    page.get_by_label("查询码").fill(secret)
    press(page, "查询")
    page.get_by_role("heading", name="正在核查").wait_for()
    assert WorkOrder.objects.get().contact is None


def test_a_recording_instead_of_words(visit):
    page = visit("", SEND, size=PHONE)
    page.get_by_role("button", name="开始录音").click()
    page.get_by_text("正在录音 0:01").wait_for()
    page.get_by_role("button", name="说完了，停止").click()
    page.get_by_text("已录好").wait_for()
    page.get_by_label("具体地点").fill("海湾花园")
    press(page, "提交")
    page.get_by_text("已经收到 1 个文件").wait_for()
    assert "请写下发生了什么" not in page.content() and "录音.webm" in page.content()


CONTRAST = """() => {
  const light = (c) => { const [r, g, b] = c.map((v) => { v /= 255; return v <= .03928 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4; });
    return .2126 * r + .7152 * g + .0722 * b; };
  const parts = (c) => (c.match(/[\\d.]+/g) || []).map(Number);
  const ground = (e) => { for (; e; e = e.parentElement) { const c = parts(getComputedStyle(e).backgroundColor);
    if (c.length && (c.length < 4 || c[3] > .9)) return c.slice(0, 3); } return [255, 255, 255]; };
  const bad = [];
  for (const e of document.querySelectorAll("body *")) {
    const own = [...e.childNodes].some((n) => n.nodeType === 3 && n.textContent.trim());
    const box = e.getBoundingClientRect(), s = getComputedStyle(e);
    if (!own || !box.width || box.right < 0 || s.visibility === "hidden") continue;
    const [a, b] = [light(parts(s.color).slice(0, 3)), light(ground(e))].sort((x, y) => y - x);
    const big = parseFloat(s.fontSize) >= 24 || (parseFloat(s.fontSize) >= 18.66 && s.fontWeight >= 700);
    if ((a + .05) / (b + .05) < (big ? 3 : 4.5)) bad.push(`${e.tagName}.${e.className}: ${e.textContent.trim().slice(0, 20)}`);
  }
  return bad; }"""
SMALL = """() => [...document.querySelectorAll("main button, main .btn, main select, main input:not([type=hidden]):not([type=radio])"
  + ":not([type=checkbox]), main textarea")].filter((e) => { const b = e.getBoundingClientRect();
  return b.width > 1 && b.right > 0 && b.height < 44 && !e.classList.contains("hy-copy"); }).map((e) => e.outerHTML.slice(0, 90))"""


@pytest.mark.req("R117")
@pytest.mark.parametrize("elder", [0, 1], ids=["18px", "22px"])
@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
def test_pages_fit_can_be_read_and_touched(visit, cast, size, elder):
    unit = cast.units["CG"]
    unit.name = "防城港市港口区住房和城乡建设局市政设施管理所道路照明与排水养护中队兴港片区第三工作组"
    unit.save()
    play = Play(cast, title="长" * 100, content="路灯不亮。" * 400).handling()
    play.do("liaison1", "request_return", clause="三定方案", proposed_unit="ZJ", reason="不属于我局职责")
    closed = Play(cast).handling().replied().to_close().do("reviewer1", "close")
    page = visit("", f"/ui/elder?on={elder}&next={TRACK}", size=size)
    base = page.url.split("/portal/")[0]
    paths = [TRACK, "/portal/DEMO/", SEND, "/portal/DEMO/send/safety_report/", "/portal/DEMO/reward/", "/portal/DEMO/rate/"]
    prove_first = [f"{TRACK}{play.number}/", f"{TRACK}{play.number}/add/", f"{TRACK}{play.number}/withdraw/",
                   f"{TRACK}{closed.number}/", f"{TRACK}{closed.number}/rate/", TRACK]
    for path in [*paths, *prove_first]:
        if path == prove_first[0]:
            prove(page)
        page.goto(base + path)
        assert page.evaluate("document.documentElement.scrollWidth") <= size[0], path
        assert page.evaluate(CONTRAST) == [], path
        assert page.evaluate(SMALL) == [], path


def test_by_keyboard_the_way_is_seen(visit):
    page = visit("", SEND, size=DESK)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "hy-skip"
    page.keyboard.press("Enter")
    seen = []
    for _ in range(30):
        page.keyboard.press("Tab")
        seen.append(page.evaluate("[document.activeElement.name || document.activeElement.textContent, "
                                  "getComputedStyle(document.activeElement).outlineStyle]"))
    names = [name for name, _ in seen]
    order = ["content", "papers", "region_0", "place", "phone", "_code", "code", "name", "identity", "confidential"]
    assert [names.index(name) for name in order] == sorted(names.index(name) for name in order)
    assert "leave_empty" not in names
    at_the_end = page.evaluate("document.body.textContent")
    assert [name for name, style in seen if style == "none" and name != at_the_end] == []
