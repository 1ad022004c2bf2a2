"""The lists people work from: whose they are, what stands in them, pages without gaps or doubles, filters."""

import random
import re
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from django.core.cache import cache
from django.db import connection

from huying.kernel import clock
from huying.org.models import Region, Unit
from huying.workorders.models import Assignment, SavedFilter, WorkOrder
from huying.workorders.operations.search import words_of
from huying.workorders.queries.fullness import counted
from huying.workorders.queries.lanes import Cursor
from huying.workorders.queries.lists import desks_of, find_desk, page_of
from huying.workorders.rules.desks import CENTRE, UNIT, topics
from huying.workorders.workflow import FINAL, OPEN
from workorders.play import PHONE, Play

pytestmark = pytest.mark.django_db
FILE = "INSERT INTO workorders_ordertext (order_id, centre_id, created_at, words) VALUES (%s, %s, %s, array_to_tsvector(%s))"
BACKEND = "django.contrib.auth.backends.ModelBackend"


@pytest.fixture(autouse=True)
def _fresh():
    cache.clear()


@pytest.fixture
def look(client, cast):
    def asked(user, code, **query):
        client.force_login(cast.staff[user], backend=BACKEND)
        answer = client.get(f"/orders/desk/{code}/", query)
        return answer.content.decode() if answer.status_code == 200 else None

    return asked


def copies(play, count, *, seed=1, state=None):
    """Copies of an order, spread over time, some due at the very same moment, some without any due time."""
    dice, now, base = random.Random(seed), clock.now(), play.order
    rows = []
    for place in range(count):
        row = WorkOrder.objects.get(pk=base.pk)
        row.pk, row.contact, row.number = None, None, f"T{seed}-{place:06}"
        row.state = state or row.state
        row.created_at = now - timedelta(hours=dice.randrange(60))
        row.due_at = dice.choice([None, *(now + timedelta(hours=hour) for hour in range(-6, 6))])
        rows.append(row)
    made = WorkOrder.objects.bulk_create(rows)
    with connection.cursor() as cursor:
        for row in made:
            cursor.execute(FILE, [row.pk, row.centre_id, row.created_at, words_of(row)])
    return made


def walk(actor, desk, size, *, back=False):
    """All numbers, page by page to the end; with `back` from the end to the beginning again."""
    pages, cursor = [], ""
    while True:
        page = page_of(actor, desk, cursor=cursor, size=size, counted=False)
        pages.append([line.order.number for line in page.lines])
        if not page.after:
            break
        cursor = page.after
    forward = [number for rows in pages for number in rows]
    if not back:
        return forward
    pages = [pages[-1]]
    while page.before:
        page = page_of(actor, desk, cursor=page.before, size=size, counted=False)
        pages.insert(0, [line.order.number for line in page.lines])
    return [number for rows in pages for number in rows]


@pytest.mark.req("R102", "R290")
@pytest.mark.parametrize("code", ["to_review", "overdue", "all", "closed", "mine", "handling"])
def test_pages_are_complete_and_without_doubles_in_both_directions(cast, code):
    play = Play(cast)
    made = [row for seed, state in enumerate(sorted(OPEN | FINAL)) for row in copies(play, 17, seed=seed, state=state)]
    actor = cast.actor("supervisor1" if code != "mine" else "agent1")
    desk = find_desk(cast.actor("reviewer1"), code) or find_desk(actor, code)
    now, every = clock.now(), [play.order, *made]
    wanted = {
        "to_review": {row.number for row in every if row.state == "to_review"}, "all": {row.number for row in every},
        "handling": {row.number for row in every if row.state in {"handling", "to_sign_off"}},
        "closed": {row.number for row in every if row.state in FINAL}, "mine": {row.number for row in every},
        "overdue": {row.number for row in every if row.state in OPEN and row.due_at and row.due_at < now},
    }[code]
    forward, backward = walk(actor, desk, 7), walk(actor, desk, 7, back=True)
    assert len(forward) == len(set(forward)) and set(forward) == wanted
    assert backward == forward
    rows = {row.number: row for row in every}
    if desk.sort == "due":
        keys = [(rows[number].due_at is None, rows[number].due_at or now, rows[number].pk) for number in forward]
        assert keys == sorted(keys)
    else:
        keys = [(rows[number].created_at, rows[number].pk) for number in forward]
        assert keys == sorted(keys, reverse=True)


def test_a_unit_sees_its_tasks_first_due_first_page_by_page(cast):
    play = Play(cast).handling()
    task = Assignment.objects.get(order=play.order)
    for row in copies(play, 40):
        due = row.due_at or clock.now() + timedelta(days=9)
        Assignment.objects.create(order=row, centre=cast.demo, unit=task.unit, role="main", state="handling",
                                  dispatched_at=clock.now(), due_at=due)
    actor = cast.actor("liaison1")
    numbers = walk(actor, find_desk(actor, "handling"), 9)
    assert len(numbers) == len(set(numbers)) == 41 and walk(actor, find_desk(actor, "handling"), 9, back=True) == numbers
    dues = dict(Assignment.objects.values_list("order__number", "due_at"))
    assert [dues[number] for number in numbers] == sorted(dues.values())
    assert walk(cast.actor("liaison3"), find_desk(actor, "handling"), 9) == []


def test_nonsense_in_place_of_a_cursor_shows_the_first_page(cast, look):
    play = Play(cast)
    for text in ("x", "e30", "../../etc", "9" * 400, str(Cursor(clock.now(), 5))[:-3], "W10"):
        assert play.number in look("reviewer1", "all", page=text)
    assert Cursor.read(str(Cursor(clock.now(), 7, back=True))).back


@pytest.mark.req("R207", "R251")
def test_everybody_has_the_lists_of_the_own_work_and_no_others(cast, look):
    have = {user: {desk.code for desk in desks_of(cast.actor(user))} for user in cast.staff if "@" not in user}
    assert {"to_dispatch", "to_review", "all"} <= have["dispatcher1"] and "to_check" not in have["dispatcher1"]
    assert {"returns", "extensions", "to_check", "to_close"} <= have["reviewer1"]
    assert have["liaison1"] == {desk.code for desk in UNIT} - {"to_sign_off"}
    assert have["operator1"] == {"mine", "followed"}
    for desk in CENTRE:
        assert (look("agent1", desk.code) is not None) == (desk.code in have["agent1"])


def test_other_cities_and_other_units_stay_out_of_every_list(cast, look):
    play = Play(cast).handling()
    for code in ("to_sign", "handling", "all", "overdue", "closed"):
        assert play.number not in (look("dispatcher1@OTHER", code) or "")
        assert play.number not in (look("liaison3", code) or "")
    assert play.number in look("liaison1", "handling")


def test_a_sensitive_order_is_listed_only_for_those_who_may_know_of_it(cast, look):
    play = Play(cast, is_sensitive=True, by="agent1")
    assert play.number in look("reviewer1", "all") and play.number in look("agent1", "all")
    assert play.number not in look("agent2", "all") and play.number not in look("dispatcher1", "all")


@pytest.mark.req("R290")
def test_filters_narrow_every_list(cast, look):
    far = Region.objects.create(code="450603", name="防城区", level=2, parent_id="450600", full_name="防城港市防城区")
    lamp = Play(cast, external_number="EXT-77").handling()
    noise = Play(cast, title="夜间施工噪音", content="工地夜里两点还在施工", kind="help", region=far.pk, phone="13907709999",
                 urgency="urgent", channel="web").handling("ZJ", "liaison2")
    noise.do("agent1", "urge", note="又来催")
    for query in ({"text": "施工"}, {"kind": "help"}, {"urgency": "urgent"}, {"channel": "web"}, {"region": "450603"},
                  {"unit": "住房和城乡建设局（ZJ）"}, {"number": noise.number[:15]}, {"number": noise.number}, {"phone": "13907709999"},
                  {"mark": "urged"}, {"text": "夜间", "kind": "help"}):
        for code in ("handling", "all"):
            text = look("reviewer1", code, **query)
            shown = {number for number in (lamp.number, noise.number) if f'data-order="{number}"' in text}
            assert shown == {noise.number}, (code, query)
    assert lamp.number in look("reviewer1", "all", external="EXT-77") and noise.number not in look("reviewer1", "all", external="EXT-77")
    today = f"{clock.now().astimezone(clock.SHANGHAI):%Y-%m-%d}"
    assert lamp.number in look("reviewer1", "all", since=today, until=today)
    assert lamp.number not in look("reviewer1", "all", until="2020-01-01")
    assert lamp.number in look("reviewer1", "all", state="handling") and lamp.number not in look("reviewer1", "all", state="closed")
    assert "没有符合条件的工单" in look("reviewer1", "all", text="查无此事") and "清除条件" in look("reviewer1", "all", text="查无此事")


def test_what_cannot_be_read_of_a_filter_is_said_and_left_out(cast, look):
    play = Play(cast).handling()
    text = look("reviewer1", "all", since="昨天", kind="nonsense", unit="查无此局")
    assert play.number in text and text.count("该条件未生效") >= 2


def test_counts_stop_at_a_thousand_and_say_so(cast, look, django_assert_max_num_queries):
    copies(Play(cast, state="to_review"), 1001)
    assert "1000+ 条" in look("reviewer1", "to_review")
    assert counted("to_review")(cast.actor("reviewer1")) == 1000
    cache.clear()
    with django_assert_max_num_queries(60):
        look("reviewer1", "to_review")


def test_rows_carry_their_marks(cast, look):
    play = Play(cast, urgency="critical").handling().do("agent1", "urge", note="催一下").do("supervisor1", "supervise", reason="重要")
    WorkOrder.objects.filter(pk=play.order.pk).update(due_at=clock.now() - timedelta(hours=3))
    text = look("supervisor1", "overdue")
    assert all(mark in text for mark in ("超期", "特急", "催办×1", "督办"))


@pytest.mark.req("R106")
def test_the_dispatchers_desk_opens_the_order_beside_the_list_and_goes_on_to_the_next(client, cast, look):
    first, second = Play(cast).to_dispatch(), Play(cast, title="下水道堵塞").to_dispatch()
    text = look("dispatcher1", "to_dispatch", open=second.number)
    assert 'id="act-form"' in text and f"/orders/{second.number}/do/dispatch/" in text and "desk-order" in text
    part = client.get("/orders/desk/to_dispatch/", {"open": first.number}, HTTP_HX_REQUEST="true", HTTP_HX_TARGET="desk-order")
    assert "<html" not in part.content.decode() and first.number in part.content.decode()
    assert look("dispatcher1", "to_dispatch", open="first").count(first.number) > 3
    done = client.post(f"/orders/{first.number}/do/dispatch/", {"unit": "CG", "opinion": "请办理",
                       "next": "/orders/desk/to_dispatch/?open=first"}, follow=True)
    assert f"/orders/{second.number}/do/dispatch/" in done.content.decode()
    assert look("dispatcher1", "to_dispatch", open="450600999999") is None  # no such order: 404


def test_list_and_opened_order_share_no_id(cast, look):
    play = Play(cast).to_dispatch()
    ids = re.findall(r'\sid="([^"]+)"', look("dispatcher1", "to_dispatch", open=play.number))
    assert "id_unit" in ids and sorted(set(ids)) == sorted(ids)


def test_followed_orders_have_a_list(client, cast, look):
    play = Play(cast)
    client.force_login(cast.staff["buyer1"], backend=BACKEND)
    client.post(f"/orders/{play.number}/follow", {"on": "1"})
    assert play.number in look("buyer1", "followed") and play.number not in look("reviewer1", "followed")
    client.post(f"/orders/{play.number}/follow", {"on": "0"})
    client.force_login(cast.staff["buyer1"], backend=BACKEND)
    client.post(f"/orders/{play.number}/follow", {"on": "0"})
    assert play.number not in look("buyer1", "followed")


@pytest.mark.req("R290")
def test_filters_are_kept_under_a_name_but_never_a_telephone(client, cast, look):
    client.force_login(cast.staff["reviewer1"], backend=BACKEND)
    answer = client.post("/orders/desk/all/saved/?kind=help&phone=" + PHONE + "&mark=urged&mark=group", {"name": "我的求助"})
    assert answer.status_code == 302
    row = SavedFilter.objects.get()
    assert row.query == {"kind": ["help"], "mark": ["urged", "group"]} and row.staff == cast.staff["reviewer1"]
    text = look("reviewer1", "all")
    assert "我的求助" in text and "kind=help&amp;mark=urged&amp;mark=group" in text and "我的求助" not in look("director1", "all")
    client.force_login(cast.staff["director1"], backend=BACKEND)
    assert client.post(f"/orders/desk/all/saved/{row.pk}/delete").status_code == 404
    client.force_login(cast.staff["reviewer1"], backend=BACKEND)
    client.post("/orders/desk/all/saved/?kind=complaint", {"name": "我的求助"})
    assert SavedFilter.objects.get().query == {"kind": ["complaint"]}
    assert client.post(f"/orders/desk/all/saved/{row.pk}/delete").status_code == 302 and not SavedFilter.objects.exists()
    client.post("/orders/desk/all/saved/?phone=" + PHONE, {"name": "只有电话"})
    assert not SavedFilter.objects.exists()


def test_links_of_pages_keep_the_filters(cast, look):
    copies(Play(cast, state="to_review"), 120)
    text = look("reviewer1", "all", state="to_review", kind="complaint")
    link = next(part.split('"')[0] for part in text.split('rel="next" href="')[1:])
    query = parse_qs(urlsplit(link.replace("&amp;", "&")).query)
    assert query["kind"] == ["complaint"] and query["state"] == ["to_review"] and query["page"]


def test_a_step_names_the_lists_it_fills():
    assert topics("pass_review", "to_dispatch") == ["to_dispatch", "all"]
    assert "returns" in topics("request_return", "") and "closed" in topics("close", "closed")
    assert "overdue" not in topics("dispatch", "to_sign")


def test_a_unit_with_sub_units_follows_what_it_gave_down(cast, look):
    play = Play(cast).handling()
    due = Assignment.objects.get(order=play.order).due_at
    play.do("liaison1", "delegate", unit="CG-1", due=due.isoformat(), opinion="请现场处理")
    assert look("liaison1", "handling").count(f'data-order="{play.number}"') == 1
    assert "市容管理科" in look("liaison1", "delegated")
    assert play.number in look("subliaison1", "to_sign") and play.number not in look("subliaison1", "delegated")
    assert Unit.objects.get(code="CG-1").path.startswith(Unit.objects.get(code="CG").path)
