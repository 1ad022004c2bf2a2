"""The main menu is one line for everybody on a desk's screen and on a wall's, and all of it is reached without JavaScript."""

import pytest

from journeys.conftest import DESK, WALL


@pytest.mark.parametrize("user", ["director1", "supervisor1", "operator1", "leader1"])
@pytest.mark.parametrize("size", [DESK, WALL])
def test_the_menu_is_one_line(visit, user, size):
    page = visit(user, "/orders/search/", size=size)
    assert page.locator("header.hy-top").bounding_box()["height"] < 50
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_what_is_folded_is_opened_without_javascript(visit):
    page = visit("director1", "/orders/search/", js=False, size=DESK)
    page.locator(".hy-nav__more > summary").click()
    page.locator(".hy-nav__menu a").last.click()
    page.wait_for_url("**/messages/templates*")
    assert page.locator(".hy-nav__menu a[aria-current]").count() == 1
