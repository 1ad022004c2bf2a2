"""The menu by permission, and the gate in front of pages."""

import re

import pytest
from django.http import Http404, HttpResponse
from django.test import RequestFactory
from django.views import View

from huying.audit.models import Access
from huying.org import catalog
from huying.org.catalog import register_nav
from huying.org.policies import found_or_404, needs
from huying.org.queries.page import ROOM, main_menu, page_context
from huying.workorders.models import WorkOrder
from huying.workorders.policies import visible_to
from workorders.play import Play


@pytest.fixture
def nav(monkeypatch):
    monkeypatch.setattr(catalog, "NAV", [])
    monkeypatch.setattr("huying.org.queries.page.NAV", catalog.NAV)
    return catalog.NAV


@pytest.fixture
def ask(cast):
    def request(path="/", user="operator1", method="get", **headers):
        made = getattr(RequestFactory(headers=headers), method)(path)
        made.actor = cast.actor(user) if user else None
        made.COOKIES = {}
        return made

    return request


def labels(items):
    return [item.label for item in items]


def test_by_permission_side_and_order(cast, nav, ask):
    register_nav("乙", "org:people", "org.manage_staff", "org.manage_roles", order=20)
    register_nav("甲", "org:account", order=10)
    register_nav("丙", "org:units", order=30, side="unit")
    register_nav("丁", "org:centres", order=40, side="centre")
    register_nav("戊", "no:such", order=5)
    assert labels(main_menu(cast.actor("operator1"), ask())) == ["甲", "乙", "丁"]
    assert labels(main_menu(cast.actor("agent1"), ask())) == ["甲", "丁"]
    assert labels(main_menu(cast.actor("liaison1"), ask())) == ["甲", "丙"]


def test_the_open_one_is_marked_and_keys_are_given(cast, nav, ask):
    register_nav("首页", "front", order=1)
    register_nav("全部", "org:people", order=2)
    register_nav("停用", "org:people", order=3, query="state=disabled")
    register_nav("角色", "org:roles", order=4, key="alt+r")

    def open_at(path):
        return [item.label for item in main_menu(cast.actor("operator1"), ask(path)) if item.active]

    assert open_at("/manage/people") == ["全部"]
    assert open_at("/manage/people/7") == ["全部"]
    assert open_at("/manage/people?state=disabled&q=x") == ["停用"]
    assert open_at("/manage/roles/3") == ["角色"]
    assert open_at("/") == ["首页"] and open_at("/account") == []
    items = main_menu(cast.actor("operator1"), ask())
    assert [item.key for item in items] == ["alt+1", "alt+2", "alt+3", "alt+r"]
    assert items[2].url == "/manage/people?state=disabled"


def test_registering_again_replaces(nav):
    register_nav("旧", "org:people")
    register_nav("新", "org:people")
    assert [entry.label for entry in nav] == ["新"]


def test_counts_are_asked_for_only_when_drawn_and_only_once(cast, nav, ask):
    asked = []
    register_nav("数", "org:people", "org.manage_staff", count=lambda actor: asked.append(actor) or 7)
    items = main_menu(cast.actor("operator1"), ask())
    assert asked == []
    assert items[0].count == 7 and items[0].count == 7 and len(asked) == 1
    assert main_menu(cast.actor("agent1"), ask()) == []
    assert callable(page_context(ask())["nav"]) and page_context(ask(user=None))["nav"] == []


@pytest.mark.parametrize(
    ("user", "page"),
    [("agent1", "/desk/"), ("dispatcher1", "/orders/desk/to_review/"), ("reviewer1", "/orders/desk/to_review/"),
     ("followup1", "/followup/"), ("liaison1", "/orders/desk/to_sign/"), ("director1", "/orders/desk/to_review/"),
     ("operator1", "/manage/"), ("buyer1", "/followup/ratings")],
)
def test_everybody_begins_where_their_work_is(cast, as_, user, page):
    assert as_(user).get("/")["Location"] == page


@needs("org.manage_staff", "org.manage_units")
def page(request):
    return HttpResponse("ok")


@needs("org.manage_staff")
class Page(View):
    def get(self, request):
        return HttpResponse("ok")


@pytest.mark.req("R251", "R252")
@pytest.mark.parametrize("view", [page, Page.as_view()])
def test_the_gate(cast, ask, view):
    assert view(ask("/x")).status_code == 200
    assert view(ask("/x?a=1", user=None))["Location"] == "/sign-in?next=/x%3Fa%3D1"
    with pytest.raises(Http404):
        view(ask("/x", user="agent1"))
    row = Access.objects.get(kind="refused")
    assert (row.path, row.actor_id, row.centre_id) == ("/x", cast.staff["agent1"].pk, cast.demo.pk)
    assert "org.manage_staff" in row.reason


def test_a_form_sent_after_the_session_ended_leads_back_to_its_page(ask):
    sent = page(ask("/x/save", user=None, method="post", referer="http://testserver/x?a=1"))
    assert sent["Location"] == "/sign-in?next=/x%3Fa%3D1"
    assert page(ask("/x/save", user=None, method="post", referer="http://evil.example/x"))["Location"] == "/sign-in?next=/"
    partial = page(ask("/x/part", user=None, **{"HX-Request": "true", "HX-Current-URL": "http://testserver/x"}))
    assert partial.status_code == 200 and partial["HX-Redirect"] == "/sign-in?next=/x"


@pytest.mark.req("R207", "R252")
def test_an_object_out_of_sight_is_not_found_and_on_record(cast, ask):
    number = Play(cast).dispatched("CG").number
    mine = ask("/orders/x", user="liaison1")
    assert found_or_404(mine, visible_to(mine.actor), stream="order", number=number).number == number
    for user in ("liaison2", "agent1@OTHER", "operator1"):
        request = ask("/orders/x", user=user)
        with pytest.raises(Http404):
            found_or_404(request, visible_to(request.actor), stream="order", number=number)
        row = Access.objects.get(kind="refused", actor_id=cast.staff[user].pk)
        assert row.stream == "order" and number in row.reason
    request = ask("/orders/x", user="liaison2")
    with pytest.raises(Http404):
        found_or_404(request, WorkOrder.objects.none(), stream="order", pk=1)


def test_what_does_not_fit_in_one_line_lies_under_more(cast, client):
    client.force_login(cast.staff["director1"], backend="django.contrib.auth.backends.ModelBackend")
    shown = client.get("/orders/desk/all/", follow=True).content.decode()
    nav = re.search(r'<nav class="hy-nav".*?</nav>', shown, re.DOTALL)[0]
    line, _, more = nav.partition('<details class="hy-nav__more"><summary>更多</summary>')
    folded = re.findall(r">([^<>]+)(?: <span|</a>)", more)
    assert len(folded) > 1 and folded == re.findall(r'class="hy-nav__wide">([^<>]+?)(?: <span|</a>)', line)
    assert nav.count("<details") == nav.count("</details>") == 1
    items = main_menu(cast.actor("director1"), client.get("/").wsgi_request)
    assert sum(item.width for item in items if not item.folded) <= ROOM


def test_a_short_menu_is_not_folded(cast, client):
    client.force_login(cast.staff["agent1"], backend="django.contrib.auth.backends.ModelBackend")
    assert "hy-nav__more" not in client.get("/orders/search/").content.decode()
