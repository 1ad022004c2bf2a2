"""An agent with nothing but a browser: the telephone in its own window, the bar on every page, the form that opens by itself
(R201, R209, R210, R215, R217); a leader's wall that follows; the citizen's own browser."""

from urllib.parse import urljoin, urlsplit

import pytest

from config.test_live import live  # noqa: F401 - a fixture
from huying.calls.models import Call, Phone, Recording, SeatSession
from huying.calls.operations import config_changed, set_state
from huying.calls.operations.recordings import seal_one
from huying.calls.queries.asked import Question
from huying.calls.queries.reports import total_of
from huying.kernel import clock
from huying.kernel.clock import SHANGHAI
from huying.org.queries import ALL, set_scope
from huying.workorders.models import OrderCall
from journeys.conftest import chromium, shot, visit  # noqa: F401 - fixtures
from telephony.node import eventually

pytestmark = [pytest.mark.phone, pytest.mark.browser, pytest.mark.django_db(transaction=True)]

HEARD = """(async () => [...(await huyingPhone.connection().getStats()).values()]
    .filter((one) => one.type === "inbound-rtp").reduce((sum, one) => sum + one.packetsReceived, 0))()"""
"""Packets of sound that the window has received."""


@pytest.fixture
def cast(scene):
    return scene.cast


@pytest.fixture
def wired(house, gateway, live, live_server, settings, tmp_path):  # noqa: F811
    """Telephone 1004 is one in the browser; pages know where the switch and the live updates are."""
    settings.DATA = tmp_path
    settings.PHONE_URL = f"ws://localhost:{house.node.plan.http_port}/ws"  # one host for pages, live updates and telephone
    settings.LIVE_URL = f"http://localhost:{urlsplit(live).port}/live/stream"
    settings.CSRF_TRUSTED_ORIGINS = [live_server.url]
    Phone.objects.filter(extension="1004").update(kind=Phone.Kind.WEBRTC)
    gateway()
    return house


def signed_in(page):
    """Through the page, with the window that the browser opens for the telephone."""
    page.context.grant_permissions(["microphone"])
    page.select_option("[name=phone]", label="1004 · 浏览器话机")
    with page.expect_popup() as popup:
        page.click("button:has-text('签入')")
    phone = popup.value
    phone.wait_for_selector("body[data-line=registered]", timeout=30_000)
    return phone


def state(page, wanted, seconds=30):
    page.wait_for_selector(f"#hy-phone[data-state={wanted}]", timeout=seconds * 1000)


@pytest.mark.req("R201", "R209", "R210", "R215", "R217", "R293")
def test_a_call_from_ring_to_order_with_the_keyboard(wired, citizen, visit, shot):  # noqa: F811
    wall = visit("leader1", "/calls/wall/")
    page = visit("agent1", "/seat/")
    phone = signed_in(page)
    shot(page, "agent-seat")
    state(page, "busy")
    page.keyboard.press("Alt+r")
    state(page, "ready")
    wall.wait_for_selector(".hy-tile--ready", timeout=30_000)
    wired.waits("1004", paused=False)
    call = citizen("13907705566").dial("12345")
    call.say(440)
    state(page, "ringing")
    assert "13907705566" in page.inner_text("#hy-phone")
    shot(page, "agent-rings")
    page.keyboard.press("Alt+a")
    page.wait_for_url("**/desk/intake/**", timeout=30_000)
    state(page, "talking")
    assert page.input_value("[name=phone]") == "13907705566"
    wall.wait_for_selector(".hy-tile--talking", timeout=30_000)
    shot(wall, "leader-wall")
    page.fill("[name=title]", "楼道灯不亮")
    page.keyboard.press("Alt+h")
    page.wait_for_selector("#hy-phone >> text=保持中", timeout=30_000)
    page.keyboard.press("Alt+h")
    page.wait_for_selector("#hy-phone >> text=保持中", state="detached", timeout=30_000)
    page.reload()
    assert page.input_value("[name=title]") == "楼道灯不亮" and phone.evaluate("window.huyingPhone.state().call") == "talking"
    shot(page, "agent-call")
    page.keyboard.press("Alt+x")
    state(page, "wrap_up")
    page.check("[name=kind][value=help]")
    page.fill("[name=content]", "三单元楼道灯坏了一周没有人修，希望尽快维修")
    page.keyboard.press("Control+Enter")
    page.wait_for_selector("[name^=why_]")  # what is missing is asked about first
    for box in page.query_selector_all("[name^=why_]"):
        box.fill("来电人不便说明")
    page.keyboard.press("Control+Enter")
    eventually(lambda: OrderCall.objects.exists())
    page.wait_for_selector("main >> text=送审", timeout=30_000)
    page.wait_for_load_state("load")
    page.keyboard.press("Alt+r")
    state(page, "ready")
    row = Call.objects.get()
    assert row.outcome == "answered" and row.hold_ms > 0 and OrderCall.objects.get().call == row
    call.wait("ended")


@pytest.mark.req("R217")
def test_what_was_said_is_recorded_sealed_and_heard_on_the_calls_page(wired, citizen, visit):  # noqa: F811
    page = visit("agent1", "/seat/")
    signed_in(page)
    page.keyboard.press("Alt+r")
    state(page, "ready")
    wired.waits("1004", paused=False)
    call = citizen("13907705566").dial("12345")
    call.say(440)
    state(page, "ringing")
    page.keyboard.press("Alt+a")
    state(page, "talking")
    page.wait_for_timeout(3000)
    call.hang_up()
    state(page, "wrap_up")
    set_scope(ALL)
    eventually(lambda: Recording.objects.exists() and Call.objects.get().ended_at)
    row = Recording.objects.get()
    assert wired.node.recording(row.name)
    assert seal_one(row.pk)
    row.refresh_from_db()
    assert abs(row.duration_ms - row.call.talk_ms) <= 1000 and max(row.peaks) > 5
    page.goto(urljoin(page.url, f"/calls/{row.call_id}/"))
    page.evaluate("document.querySelector('audio').play()")
    eventually(lambda: page.evaluate("document.querySelector('audio').currentTime") > 0.5)
    page.click("[data-speed='1.5']")
    assert page.evaluate("document.querySelector('audio').playbackRate") == 1.5


def test_a_second_sign_in_takes_over_and_says_so(wired, visit):  # noqa: F811
    first = visit("agent1", "/seat/")
    signed_in(first)
    second = visit("agent1", "/seat/")
    second.select_option("[name=phone]", label="1001 · SIP 话机")
    second.click("button:has-text('签入')")
    second.wait_for_selector("main >> text=接管")
    assert SeatSession.objects.filter(ended_at=None).count() == 1 and clock.now()


@pytest.mark.req("R210", "R211")
def test_a_seat_with_a_telephone_on_the_desk(wired, citizen, agent, visit, shot):  # noqa: F811
    """Lifted by hand, as the bar says; held, retrieved and hung up from the bar; a group that is asked shows who is free."""
    desk, colleague = agent("1001"), agent("1002")
    wired.sit("agent2", "1002")
    page = visit("agent1", "/seat/")
    page.select_option("[name=phone]", label="1001 · SIP 话机")
    page.click("button:has-text('签入')")
    page.click("#hy-phone >> text=置闲")
    wired.waits("1001", paused=False)
    colleague.auto = lambda call: call.refuse(486)
    call = citizen("13907705566").dial("12345")
    call.say(440)
    ring = desk.ring()
    page.wait_for_selector("#hy-phone >> text=请拿起话机接听", timeout=30_000)
    assert page.query_selector("#hy-phone button:has-text('接听')") is None
    shot(page, "agent-lift")
    ring.answer()
    ring.say(880)
    page.wait_for_url("**/desk/intake/**", timeout=30_000)
    state(page, "talking")
    page.click("#hy-phone button:has-text('保持')")
    page.wait_for_selector("#hy-phone >> text=保持中", timeout=30_000)
    shot(page, "agent-held")
    page.click("#hy-phone button:has-text('取回')")
    page.wait_for_selector("#hy-phone >> text=保持中", state="detached", timeout=30_000)
    assert call.hears(880)
    colleague.auto = None
    wired.sit("agent2", "1002")
    page.reload()
    page.click("#hy-phone summary:has-text('转接')")
    page.wait_for_selector("text=综合组（空闲 1）")
    shot(page, "agent-move")
    page.check("[name=target][value^='group:']")
    page.click("#hy-phone button:has-text('先咨询再转')")
    asked = colleague.ring()
    asked.answer()
    asked.say(1600)
    page.wait_for_selector("#hy-phone >> text=正在咨询 话务员甲", timeout=30_000)
    page.wait_for_selector("#hy-phone >> text=完成转接", timeout=30_000)
    assert page.query_selector("#hy-phone button:has-text('取回')") is None
    shot(page, "agent-asks-group")
    other = visit("agent2", "/desk/")
    other.wait_for_selector("#hy-phone >> text=13907705566", timeout=30_000)
    other.wait_for_selector("#hy-phone >> text=同事向您咨询", timeout=30_000)
    shot(other, "agent-is-asked")
    page.click("#hy-phone button:has-text('三方通话')")
    page.wait_for_selector("#hy-phone >> text=正在咨询", state="detached", timeout=30_000)
    assert call.hears(1600)
    assert call.hears(880)
    page.click("#hy-phone button:has-text('挂断')")
    state(page, "wrap_up")
    assert call.hears(1600)


@pytest.mark.req("R214")
def test_a_click_dials_and_the_own_telephone_needs_no_second_one(wired, carrier, visit, shot):  # noqa: F811
    """The switch rings the window first; the window knows that its person asked for it and answers by itself."""
    line = carrier()
    page = visit("agent1", "/seat/")
    phone = signed_in(page)
    state(page, "busy")
    page.keyboard.press("Alt+d")
    page.fill("#hy-phone [name=number]", "13907700001")
    page.click("#hy-phone button:has-text('拨打')")
    called = line.ring()
    assert "12345" in called.invitation["from"]
    phone.wait_for_selector("body[data-call=talking]", timeout=30_000)
    state(page, "talking")
    called.answer().say(440)
    page.wait_for_selector("#hy-phone >> text=呼出", timeout=30_000)
    assert "13907700001" in page.inner_text("#hy-phone")
    eventually(lambda: any(abs(one) > 500 for one in called.media.listen(0.5)))  # the browser's pretended microphone
    assert eventually(lambda: phone.evaluate(HEARD) > 50)
    shot(page, "agent-dialled")
    page.keyboard.press("Alt+x")
    called.wait("ended")
    state(page, "wrap_up")
    eventually(lambda: Call.objects.get().ended_at)
    row = Call.objects.get()
    assert (row.direction, row.outcome, row.agent.username) == ("out", "answered", "agent1")
    assert row.talk_ms > 500


def test_the_citizens_telephone_of_the_demonstration_counts_for_nothing(wired, citizen, agent, visit, shot, settings):  # noqa: F811
    """Its calls are served like any other, and are marked: neither reports nor walls count them (C10)."""
    settings.DEMO = True
    Phone.objects.create(centre=wired.cast.demo, extension="8999", password="citizen-password-1", kind=Phone.Kind.CITIZEN)
    config_changed()
    eventually(lambda: "8999" in wired.node.cli("pjsip show endpoints"))
    desk, seat = agent("1001"), wired.sit("agent2", "1001")
    wired.waits("1001", paused=False)
    own = visit("leader1", "/demo/phone")
    own.context.grant_permissions(["microphone"])
    own.click("#citizen-call:not([disabled])")
    ring = desk.ring()
    ring.answer().say(880)
    wired.becomes(seat, "talking")
    own.wait_for_function("citizenPhone.state() === 'talking'")
    own.click("#citizen-hangup")
    ring.wait("ended")
    wired.becomes(seat, "wrap_up")
    set_state(wired.cast.actor("agent2"), seat, "ready")
    wired.waits("1001", paused=False)
    other = citizen("13907705566").dial("12345")
    desk.ring().answer()
    wired.becomes(seat, "talking")
    other.hang_up()
    eventually(lambda: Call.objects.filter(ended_at__isnull=False).count() == 2)
    assert dict(Call.objects.values_list("number", "is_test")) == {"13907701234": True, "13907705566": False}
    today = clock.now().astimezone(SHANGHAI).date()
    assert total_of(wired.cast.actor("leader1"), Question(today, today))["calls"] == 1
    page = visit("leader1", "/calls/")
    assert page.locator("td >> text=测试").count() == 1
    shot(page, "leader-calls")
