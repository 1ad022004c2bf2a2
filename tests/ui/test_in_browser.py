"""The sample pages in Chromium under the real Content-Security-Policy, served from the views without a database."""

import json
import mimetypes
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.contrib.messages.storage.base import BaseStorage
from django.contrib.staticfiles import finders
from django.test import RequestFactory

from huying.ui import views
from huying.ui.middleware import RequestId, SecurityHeaders
from huying.ui.views import sample

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(
        not finders.find("ui/app.js"), reason="the front end is not built (bin/up or frontend: npm run build)"
    ),
]
SITE = "http://huying.test"
ROW = "4506000220261120000000"


class NoMessages(BaseStorage):
    def _get(self, *args, **kwargs):
        return [], True


class Person:
    is_authenticated = True

    def get_username(self):
        return "agent1"

    def get_full_name(self):
        return "韦小兰"


class Site:
    """Answers the browser's requests from the views; remembers posts; `down` cuts the drafts off."""

    def __init__(self):
        self.posts, self.drafts, self.down, self.body = [], [], False, ""
        self.stream = ""
        self.views = {
            "/ui/sample": sample.show,
            "/ui/sample/regions": sample.regions,
            "/ui/sample/reveal": sample.reveal,
            "/ui/watermark.svg": views.watermark,
        }

    def answer(self, route):
        request = route.request
        path = urlsplit(request.url).path
        if path == "/live":
            route.fulfill(body=self.stream, content_type="text/event-stream")
        elif path == "/ui/sample/draft":
            self.drafts.append(request.post_data)
            route.abort() if self.down else route.fulfill(json={"saved_at": "2026-11-20T01:05:12Z"})
        elif path.startswith("/static/"):
            found = finders.find(path.removeprefix("/static/"))
            route.fulfill(body=Path(found).read_bytes(), content_type=mimetypes.guess_type(path)[0])
        else:
            self.page(route, path)

    def page(self, route, path):
        asked = route.request
        factory = RequestFactory(headers={"host": "huying.test"})
        if asked.method == "POST":
            self.posts.append(asked.post_data)
            request = factory.post(asked.url.removeprefix(SITE), asked.post_data_buffer, asked.headers["content-type"])
        else:
            request = factory.get(asked.url.removeprefix(SITE))
        request.user, request._messages = Person(), NoMessages(request)
        request._dont_enforce_csrf_checks = True
        response = RequestId(SecurityHeaders(self.views[path]))(request)
        text = response.content.decode().replace("<body", f"<body {self.body}", 1)
        route.fulfill(status=response.status_code, headers=dict(response.items()), body=text)


@pytest.fixture(scope="module")
def chromium():
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def site(monkeypatch):
    monkeypatch.setattr(settings, "ALLOWED_HOSTS", ["huying.test"])
    return Site()


@pytest.fixture
def page(chromium, site):
    context = chromium.new_context(viewport={"width": 1366, "height": 768})
    context.route(f"{SITE}/**", site.answer)
    page = context.new_page()
    page.complaints = []
    page.on("console", lambda said: page.complaints.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: page.complaints.append(str(error)))
    yield page
    context.close()


def visit(page, query):
    page.goto(f"{SITE}/ui/sample?{query}")
    page.wait_for_selector("html.js")
    return page


@pytest.mark.parametrize(
    ("name", "rows"),
    [("staff", 0), ("staff", 3), ("staff", 3000), ("intake", 0), ("intake", 3), ("order", 3), ("citizen", 3)],
)
@pytest.mark.parametrize("width", [1366, 1920, 390])
def test_no_page_breaks_the_policy_or_scrolls_sideways(page, name, rows, width):
    page.set_viewport_size({"width": width, "height": 844 if width == 390 else 768})
    visit(page, f"page={name}&rows={rows}")
    assert page.complaints == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_intake_needs_no_scrolling(page):
    visit(page, "page=intake&rows=3")
    assert page.evaluate("document.documentElement.scrollHeight") <= 768


def test_keys(page):
    visit(page, "rows=3")
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.name") == "q"
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("j")
    assert page.evaluate("document.activeElement.closest('tr').dataset.order") == ROW
    page.keyboard.press("?")
    assert "新建工单" in page.inner_text("#hy-keys")  # the page's own Alt+1, not the menu's
    page.keyboard.press("Escape")
    page.keyboard.press("Enter")
    page.wait_for_url("**page=order")


def test_typing_is_saved_and_survives_a_crash(page, site):
    visit(page, "page=intake")
    page.keyboard.press("Alt+2")
    page.keyboard.type("路灯坏了")
    page.wait_for_selector("text=已暂存 09:05:12")
    assert "路灯坏了" in site.drafts[-1]
    assert page.evaluate("localStorage.length") == 0  # the server has it: nothing personal stays here
    site.down = True
    page.keyboard.type("三盏")
    page.wait_for_selector("text=还没有暂存到服务器")
    again = page.context.new_page()
    page.close(run_before_unload=False)
    site.down = False
    visit(again, "page=intake")
    assert again.input_value("[name=title]") == "路灯坏了三盏"


def test_a_double_click_sends_once(page, site):
    visit(page, "page=intake")
    page.evaluate("() => { const b = document.querySelector('[value=dispatch]'); b.click(); b.click(); }")
    page.wait_for_selector(".hy-wrong:focus")
    assert len(site.posts) == 1
    assert "dispatch" in site.posts[0]


def test_the_next_level_of_the_address_follows(page):
    visit(page, "page=intake")
    page.select_option("[name=place_1]", "450603")
    assert page.locator("[name=place_2] option").count() == 1
    page.select_option("[name=place_1]", "450602")
    page.wait_for_selector("[name=place_2] option[value='450602002']", state="attached")


def test_revealing_asks_why_first(page):
    visit(page, "page=order")
    page.click("aside a[data-reveal]")
    page.click("dialog button:has-text('查看')")
    page.wait_for_selector("dialog >> text=请填写这一项")
    page.fill("dialog [name=why]", "回访核对")
    page.keyboard.press("Enter")
    page.wait_for_selector("aside .hy-masked__text:has-text('13900000001')")


def test_live_changes_mark_rows_and_wait(page, site):
    events = [
        {"orders": [ROW, "4506000220261120099991"], "topics": ["dispatch"]},
        {"orders": ["1"], "topics": ["else"]},
    ]
    site.stream = "".join(f"id: {n}\ndata: {json.dumps(each)}\n\n" for n, each in enumerate(events, start=1))
    site.body = 'data-live="/live"'
    before = visit(page, "rows=3").locator("tbody tr").nth(2).bounding_box()
    page.wait_for_selector("#hy-live >> text=有 1 条新工单，1 条有更新")
    assert page.get_attribute("tr.is-changed", "data-order") == ROW
    assert page.locator("tbody tr").nth(2).bounding_box() == before  # nothing moved


def test_without_script_everything_is_there(chromium, site):
    context = chromium.new_context(java_script_enabled=False)
    context.route(f"{SITE}/**", site.answer)
    page = context.new_page()
    page.goto(f"{SITE}/ui/sample?page=intake&rows=3")
    page.fill("[name=title]", "路灯坏了")
    page.select_option("[name=place_1]", "450602")
    page.click("text=列出下一级")
    assert page.locator("[name=place_2] option[value='450602001']").count() == 1
    assert page.input_value("[name=title]") == "路灯坏了"
    assert page.locator(".hy-wrong, .hy-error").count() == 0
    page.click(".hy-masked a >> nth=0")
    page.fill("[name=why]", "回访核对")
    page.click("button:has-text('查看')")
    assert page.inner_text("[data-revealed]") == "13900000001"
    context.close()
