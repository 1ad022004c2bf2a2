"""The demonstration city: there at once, whole, the same by either way of writing it, and nobody is written to."""

import csv
import io
import os
import re
import stat
from datetime import datetime, timedelta
from random import Random

import pytest
from django.core.management import call_command
from django.db import connection

from huying.audit.models import Event
from huying.audit.queries import verify
from huying.config import environment
from huying.config.demo import accounts, fill
from huying.config.demo.city import build
from huying.config.demo.data import load, scenarios, unit_rows
from huying.config.demo.deeds import HANDLERS, enter
from huying.config.demo.ledger import Ledger, Missed
from huying.config.demo.lives import Course
from huying.config.demo.plan import lives
from huying.config.demo.player import Player
from huying.config.demo.stage import Stage
from huying.config.demo.story import story
from huying.config.demo.turns import plain
from huying.config.demo.writer import Writer, citizens
from huying.followup.models import Answers, Attempt, FollowUp, Rating
from huying.kernel import clock
from huying.kernel.clock import SHANGHAI
from huying.messaging.models import Message
from huying.org.models import Centre, Employer, Region, Staff, Unit
from huying.org.policies import staff_actor
from huying.org.rules.passwords import LEAST_KINDS, kinds
from huying.workorders.models import Assignment, Attachment, Clock, OrderText, Point, Verification, WorkOrder
from huying.workorders.policies import visible_to
from huying.workorders.workflow import State

DIVISIONS = environment.ROOT.parent / "shared" / "data" / "divisions"
NOW = datetime(2026, 11, 18, 15, 20, tzinfo=SHANGHAI)  # a Wednesday
SHOWN = {
    "agent1": "contractor", "agent2": "contractor", "leader1": "contractor", "dispatcher1": "contractor",
    "reviewer1": "government", "followup1": "contractor", "liaison1": "unit", "liaison2": "unit", "unitleader1": "unit",
    "supervisor1": "government", "director1": "government", "buyer1": "government", "operator1": "government",
    "agent1@OTHER": "contractor", "dispatcher1@OTHER": "contractor",
}


@pytest.mark.django_db
def test_the_demonstration_as_a_whole(tmp_path, settings):
    """Made once, at a fixed moment, ten days of it; looked at from every side, for making it takes a while."""
    settings.DATA = tmp_path
    settings.MEDIA_ROOT = tmp_path / "files"
    with clock.frozen(NOW):
        table = fill.make(lambda line: None, days=10, per_day=5.0, odd=0.2)
    look_at_people_and_passwords(table, tmp_path / "demo-users.txt")
    look_at_history_clocks_and_messages()
    look_at_every_desk()
    numbers_run_with_time()
    a_second_run_makes_nothing(table, tmp_path / "demo-users.txt")


@pytest.fixture
def stage(db, tmp_path, settings):
    settings.MEDIA_ROOT = tmp_path / "files"
    return Stage(build("DEMO"))


def look_at_people_and_passwords(table, file):
    assert {person.username: person.employer for person in Staff.objects.filter(username__in=SHOWN)} == SHOWN
    assert Staff.objects.get(username="liaison1").unit == Staff.objects.get(username="unitleader1").unit
    assert Staff.objects.get(username="liaison2").unit != Staff.objects.get(username="liaison1").unit
    assert {centre.code for centre in Centre.objects.filter(parent=None)} == {"DEMO", "OTHER"}
    assert stat.S_IMODE(file.stat().st_mode) == 0o600 and file.read_text("utf-8") == table
    passwords = accounts.kept(file)
    assert set(SHOWN) <= set(passwords) and len(set(passwords.values())) == len(passwords)
    for username, password in passwords.items():
        assert len(password) >= 12 and kinds(password) >= LEAST_KINDS
        assert Staff.objects.get(username=username).check_password(password)
    others = Staff.objects.exclude(username__in=passwords)
    assert others and not any(person.has_usable_password() for person in others)


def a_second_run_makes_nothing(table, file):
    before = (WorkOrder.objects.count(), Event.objects.count(), Staff.objects.count(), Unit.objects.count())
    changed = Staff.objects.get(username="agent1")
    changed.set_password("Another-word-77")
    changed.save()
    out = io.StringIO()
    call_command("demo", stdout=out)
    assert table in out.getvalue() and "用时" in out.getvalue()
    assert before == (WorkOrder.objects.count(), Event.objects.count(), Staff.objects.count(), Unit.objects.count())
    assert Staff.objects.get(username="agent1").check_password("Another-word-77")
    os.remove(file)
    call_command("demo", stdout=io.StringIO())
    assert Staff.objects.get(username="agent1").check_password(accounts.kept(file)["agent1"])


def look_at_history_clocks_and_messages():
    assert list(verify()) == []
    open_ones = WorkOrder.objects.exclude(state__in=["closed", "declined", "withdrawn", "merged", "referred"])
    live = Clock.objects.filter(state__in=["running", "paused"])
    assert set(open_ones.values_list("pk", flat=True)) >= set(live.values_list("order", flat=True))
    with_unit = open_ones.filter(state__in=["to_sign", "handling"])
    assert with_unit.count() > 20
    for order in with_unit:
        assert order.clocks.filter(kind="handle", state__in=["running", "paused"]).exists(), order.title
    assert not live.filter(state="running", wake_at=None, due_at__gt=NOW).exists()
    assert live.filter(kind="handle", due_at__lt=NOW).count() >= 3
    assert live.filter(kind="handle", due_at__range=(NOW, NOW + timedelta(hours=24))).count() >= 3
    assert not Event.objects.filter(at__gt=NOW + timedelta(seconds=1), stream="order").exists()
    assert Message.objects.exists() and not Message.objects.filter(state="queued").exists()
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM procrastinate_jobs WHERE task_name LIKE '%deliver_message'")
        assert cursor.fetchone() == (0,)


def look_at_every_desk():
    states = set(WorkOrder.objects.filter(centre__code="DEMO").values_list("state", flat=True))
    assert set(State) - states <= {"referred", "declined", "withdrawn"}  # chance decides about these in so few days
    seen = {name: visible_to(actor(name)) for name in SHOWN}
    assert seen["agent1"].filter(state="draft", holder__username="agent1").exists()
    assert seen["liaison1"].filter(state="to_sign").count() >= 3 and seen["liaison2"].filter(state="to_sign").count() >= 2
    assert seen["liaison1"].filter(state="handling").count() >= 5 and seen["liaison2"].filter(state="handling").count() >= 3
    assert not seen["liaison2"].filter(unit__code="CG").exclude(assignments__unit__code="ZJ").exists()
    assert seen["reviewer1"].filter(applications__state="pending").exists()
    assert seen["supervisor1"].filter(applications__state="arbitrating").exists()
    assert seen["director1"].filter(state="to_sign_off").exists()
    assert seen["followup1"].filter(state="to_follow_up").count() >= 3
    assert WorkOrder.objects.filter(supervised=True).exists() and WorkOrder.objects.filter(rehandle_count=1).exists()
    assert set(seen["agent1@OTHER"].values_list("centre__code", flat=True)) == {"OTHER"}


def actor(username):
    return staff_actor(Staff.objects.select_related("centre", "unit").get(username=username))


def numbers_run_with_time():
    rows = WorkOrder.objects.filter(centre__code="DEMO", template__code="general", channel="phone").order_by("created_at")
    numbers = [number[:-1] for number in rows.values_list("number", flat=True)]
    assert numbers == sorted(numbers) and len(set(numbers)) == len(numbers)


def test_the_divisions_are_the_public_ones():
    """Names and codes of districts and streets; the communities' codes are used by nobody."""
    if not DIVISIONS.exists():
        pytest.skip("shared/data is not here")
    public = set()
    with (DIVISIONS / "modood_2023_streets.csv").open(encoding="utf-8-sig") as file:
        public |= {(row["code"], row["name"]) for row in csv.DictReader(file)}
    with (DIVISIONS / "modood_2023_areas.csv").open(encoding="utf-8-sig") as file:
        public |= {(row["code"], row["name"]) for row in csv.DictReader(file)}
    with (DIVISIONS / "xiangyuecn_level4.csv").open(encoding="utf-8-sig") as file:
        public |= {(row["id"], row["ext_name"]) for row in csv.DictReader(file)}
    streets = 0
    for district in load("regions")["DEMO"]["districts"]:
        assert (district["code"], district["name"]) in public
        for street in district["streets"]:
            assert (street["code"], street["name"]) in public, street
            streets += 1
    assert streets == 31


@pytest.mark.parametrize("scenario", scenarios(), ids=lambda row: row["id"])
def test_every_sentence_can_be_filled(scenario):
    writer, codes = Writer(Random(1), load("regions")["DEMO"]), {row["code"] for row in unit_rows("DEMO")}
    assert scenario["unit"] in codes and scenario.get("sub", scenario["unit"]) in codes
    assert len(scenario["category"]) == 4
    person = citizens(Random(1), 1, range(9))[0]
    for case in scenario["cases"]:
        for detail in case.get("details", [""]):
            one = {**scenario, "cases": [{**case, "details": [detail]}]}
            matter = writer.matter(one, person)
            texts = [*case["titles"], *case["contents"], case.get("answer", "")]
            texts += [reply["text"] for reply in matter.scenario["replies"]] + scenario["notes"]
            filled = [writer.fill(text, matter, seen=NOW, done=NOW) for text in texts]
            assert not any(re.search(r"[{}]|，，|。。|，。", text) for text in filled), filled
            assert 2 <= len(matter.title) <= 60 and 10 <= len(matter.content) <= 300
            assert all(len(writer.fill(reply["text"], matter, seen=NOW, done=NOW)) >= 10 for reply in matter.scenario["replies"])
        assert matter.scenario["replies"] or scenario["direct"] == 1
        assert not scenario.get("direct") or case.get("answer") or matter.scenario["replies"]


IGNORED = {
    "id", "number", "order", "contact", "assignment", "verification", "follow_up", "event_head", "name_hash", "phone_hash",
    "created_at_auto", "request_id", "prev", "hash", "stream_id", "caller", "person", "parent",
}
LOOKS = {
    WorkOrder: "pk", Point: "order_id", Clock: "order_id", Assignment: "order_id", Verification: "assignment__order_id",
    Attachment: "order_id", FollowUp: "order_id", Attempt: "follow_up__order_id", Answers: "order_id", Rating: "order_id",
}


def rows_of(order):
    """Everything kept of one order, without keys and what is drawn by lot."""
    found = {}
    for model, path in LOOKS.items():
        rows = model.objects.filter(**{path: order.pk})
        found[model.__name__] = sorted(
            (tuple((field.name, getattr(row, field.attname)) for field in model._meta.concrete_fields if field.name not in IGNORED)
             for row in rows), key=repr)
    events = Event.objects.filter(stream="order", stream_id=order.pk).order_by("seq")
    found["Event"] = [
        (row.kind, row.at, row.actor_kind, row.actor_id, row.actor_name, row.unit_id, row.before, row.after, row.reason,
         {**row.data, "files": len(row.data["files"])} if "files" in row.data else row.data)
        for row in events
    ]
    contact = order.contact
    found["Contact"] = contact and [getattr(contact, name) for name in ("name", "phone", "address", "gender", "caller_id")]
    found["Text"] = OrderText.objects.filter(pk=order.pk).count()
    return found


def test_written_as_the_operations_would_have_written_it(stage):
    """Some sixty lives, finished and open, entered in the ledger and played: every row the same."""
    dice = Random(12345)
    found = [*lives(stage, dice, NOW, days=20, per_day=1.5, odd=0), *story(stage, dice, NOW)]
    writer, people = Writer(dice, load("regions")["DEMO"]), citizens(dice, 12, range(8000))
    for at, person in enumerate(people):  # and some that go the whole way for certain
        course = Course(stage, writer, writer.matter(scenarios()[at], person), NOW - timedelta(days=30 + at))
        plain(course.reviewed())
        found.append(course.life.until(NOW))
    ledger, player, both = Ledger(stage, NOW), Player(stage, NOW), []
    ledger.meet((life.matter.citizen, life.created, life.new["caller_kind"]) for life in found)
    with clock.frozen(NOW):
        for life in found:
            try:
                enter(ledger, life)
            except Missed:
                continue
            both.append((ledger.rows[WorkOrder][-1], player.play(life), life))
        ledger.flush()
    assert len(both) >= 50
    assert {deed.code for _, _, life in both for deed in life.deeds} >= {
        "submit", "direct_answer", "pass_review", "dispatch", "sign", "contact", "verify", "reply", "pass_check",
        "start_follow_up", "finish_follow_up", "close"}
    for written, played, life in both:
        one, other = rows_of(WorkOrder.objects.get(pk=written.pk)), rows_of(WorkOrder.objects.get(pk=played.pk))
        for name in one:
            assert one[name] == other[name], (life.matter.title, name, [deed.code for deed in life.deeds])
    assert list(verify()) == []


def test_every_handler_is_an_action():
    from huying.workorders.workflow import ACTIONS

    assert set(HANDLERS) <= set(ACTIONS)


def test_regions_are_a_tree(stage):
    assert Region.objects.filter(code__startswith="4506", level=4).count() > 70
    community = Region.objects.get(code="450602001901")
    assert community.full_name == "防城港市港口区渔洲坪街道海湾社区" and community.parent.parent.parent.code == "450600"
    assert Employer.UNIT in set(Staff.objects.filter(unit__code="GS").values_list("employer", flat=True))
