"""Parts that are drawn anew by themselves take nothing out of the hands of whoever works in them (R212, R215, R218)."""

import pytest

from calls.room import furnish
from huying.calls.models import SeatSession
from huying.calls.operations import move_seat, set_state, sign_in_seat

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def phones(cast):
    return furnish(cast)


@pytest.fixture
def seat(cast, phones):
    session = sign_in_seat(cast.actor("agent1"), phones["8001"])
    set_state(cast.actor("agent1"), session, "ready")
    return session


def opened(page):
    page.locator(".hy-tile--ready summary").click()
    page.wait_for_selector(".hy-tile [name=reason]:focus")


def drawn_anew(page, part):
    """The part asks for itself as it does when something has happened, and takes what comes."""
    page.locator(part).evaluate("""(part) => new Promise((done) => {
        document.body.addEventListener("htmx:afterSettle", () => setTimeout(done), { once: true });
        part.dispatchEvent(new Event(part.dataset.redraws));
    })""")


def test_a_number_being_typed_outlives_the_news_of_the_seat(visit, seat):
    page = visit("agent1", "/desk/today/")
    page.keyboard.press("Alt+d")
    page.wait_for_selector("[data-keep=dial] [name=number]:focus")
    page.keyboard.type("0770281")
    drawn_anew(page, "#hy-phone")
    page.keyboard.type("2345")
    assert page.input_value("[data-keep=dial] [name=number]") == "07702812345"
    page.keyboard.press("Escape")
    drawn_anew(page, "#hy-phone")
    assert page.locator("[data-keep=dial][open]").count() == 0, "what was closed stays so"


def test_a_refusal_is_there_long_enough_to_be_read(visit, seat):
    page = visit("agent1", "/desk/today/")
    page.keyboard.press("Alt+d")
    page.wait_for_selector("[data-keep=dial] [name=number]:focus")
    page.keyboard.type("07702812345")
    page.keyboard.press("Enter")
    page.wait_for_selector(".hy-phone__refusal")
    said = page.inner_text(".hy-phone__refusal")
    for _ in range(2):
        drawn_anew(page, "#hy-phone")
        assert page.locator(".hy-phone__refusal").all_inner_texts() == [said]
    assert page.input_value("[data-keep=dial] [name=number]") == "07702812345", "what was typed stays too"
    page.wait_for_timeout(8000)
    drawn_anew(page, "#hy-phone")
    assert page.locator(".hy-phone__refusal").count() == 0


def test_a_leaders_reason_outlives_the_news_of_the_floor(visit, seat):
    page = visit("leader1", "/calls/wall/")
    opened(page)
    page.keyboard.type("用餐")
    move_seat(seat.pk, "rings")
    drawn_anew(page, "#wall")
    assert page.locator(".hy-tile--ringing").count() == 1, "the wall has moved on"
    page.keyboard.type("安排")
    assert page.input_value(f"[data-keep=seat-{seat.pk}] [name=reason]") == "用餐安排"


def test_a_button_under_the_finger_is_not_exchanged(visit, seat):
    page = visit("leader1", "/calls/wall/")
    opened(page)
    page.keyboard.type("用餐安排")
    box = page.locator("button:has-text('班长置忙')").bounding_box()
    page.mouse.move(box["x"] + 8, box["y"] + 8)
    page.mouse.down()
    drawn_anew(page, "#wall")
    with page.expect_navigation():
        page.mouse.up()
    seat = SeatSession.objects.get(pk=seat.pk)
    assert (seat.state, seat.reason) == ("busy", "forced")


@pytest.mark.req("R293")
def test_how_long_a_state_lasts_is_told_also_to_whoever_has_no_telephone(visit, seat):
    """On the large screen, and on the wall of somebody who answers no calls."""
    for who, path in (("leader1", "/calls/board/"), ("buyer1", "/calls/wall/")):
        page = visit(who, path)
        page.wait_for_function("() => /^[0-9:]+$/.test(document.querySelector('.hy-tile--ready time').textContent)")
        with page.expect_response(lambda answer: answer.request.headers.get("hx-request") == "true"):
            page.locator("[data-phone-topics]").evaluate("(part) => part.dispatchEvent(new Event('hy:news'))")
        page.wait_for_function("() => /^[0-9:]+$/.test(document.querySelector('.hy-tile--ready time').textContent)")
