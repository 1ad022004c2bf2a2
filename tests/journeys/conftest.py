"""Journeys: a person's way through the product in a real Chromium against a live server with real commits.

    def test_agent(visit, shot):
        page = visit("agent1")                    # signed in; js=False, size=PHONE, path="/desk/" as wanted
        shot(page, "agent-intake")                # a picture for the manual, when HUYING_SHOTS=1

The cast (tests/cast.py) is there; `cast` names it.
"""

import os
from collections.abc import Callable
from contextlib import ExitStack
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore

from huying.config import environment
from huying.org.models import SignIn, Staff

os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"  # Playwright's own loop runs in the thread of the test

DESK, WALL, PHONE = (1366, 768), (1920, 1080), (390, 844)
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync", "--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream",
         "--lang=zh-CN"]
MANUAL = environment.ROOT / "docs" / "manual" / "images"


def pytest_collection_modifyitems(items):
    for item in items:
        if "/journeys/" in str(item.path):
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="module")  # its event loop must be gone before tests that run one of their own
def chromium():
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=environment.text("HUYING_CHROMIUM", "/usr/bin/chromium"), args=FLAGS,
            env={**os.environ, "LANGUAGE": "zh_CN"}, timeout=120_000,
        )
        yield browser
        browser.close()


@pytest.fixture
def cast(transactional_db):
    import cast as stage

    return stage.build()


def session_cookie(username: str, base: str) -> dict[str, str]:
    """What the sign-in page gives a browser (its own journey goes through the page itself)."""
    staff = Staff.objects.get(username=username)
    session = SessionStore()
    session[SESSION_KEY], session[BACKEND_SESSION_KEY] = str(staff.pk), "django.contrib.auth.backends.ModelBackend"
    session[HASH_SESSION_KEY] = staff.get_session_auth_hash()
    session.create()
    SignIn.objects.create(staff=staff, session_key=session.session_key, ip="127.0.0.1", agent="journey")
    return {"name": settings.SESSION_COOKIE_NAME, "value": session.session_key, "url": base}


@pytest.fixture
def visit(chromium, live_server, cast) -> Callable[..., object]:
    """Open the product as `username` ("" is a visitor); every error of a script, and every request to a host
    other than ours, fails the test (R248: a browser is all one needs)."""
    errors: list[str] = []
    hosts = {urlsplit(live_server.url).hostname, None}  # none: data:, blob:; live updates come from another port
    with ExitStack() as open_pages:

        def opened(username: str = "", path: str = "/", *, js: bool = True, size: tuple[int, int] = DESK):
            context = chromium.new_context(
                viewport={"width": size[0], "height": size[1]}, java_script_enabled=js, locale="zh-CN",
                timezone_id="Asia/Shanghai",
            )
            open_pages.callback(context.close)
            if username:
                context.add_cookies([session_cookie(username, live_server.url)])
            page = context.new_page()
            page.set_default_timeout(30_000)
            page.on("pageerror", lambda error: errors.append(str(error)))
            page.on("request", lambda asked: urlsplit(asked.url).hostname in hosts or errors.append(f"asked {asked.url}"))
            page.goto(live_server.url + path)
            return page

        yield opened
    assert not errors, errors


@pytest.fixture
def shot() -> Callable[..., None]:
    """Keep a picture for the manual (HUYING_SHOTS=1); otherwise nothing."""

    def take(page, name: str, *, full: bool = False) -> None:
        if environment.yes("HUYING_SHOTS"):
            MANUAL.mkdir(parents=True, exist_ok=True)
            page.screenshot(path=MANUAL / f"{name}.png", full_page=full)

    return take
