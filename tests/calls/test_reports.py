"""Reports: small cases counted by hand, totals that equal their rows, and figures that open what they count."""

import csv
import io
import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from html import unescape
from pathlib import Path

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from huying.audit.models import Access
from huying.calls.catalog import Outcome
from huying.calls.models import Call, Leg, OtherDesk, SkillGroup
from huying.calls.queries.asked import Question, conditions
from huying.calls.queries.reports import calls_behind, lines_of, total_of
from huying.calls.queries.shares import joined
from huying.config import environment
from huying.kernel.clock import SHANGHAI
from huying.org.queries import ALL, set_scope

DAY = date(2026, 11, 20)
REAL = environment.ROOT.parent / "shared" / "data" / "callcentre" / "anonbank_august1999.csv"
BACKEND = "django.contrib.auth.backends.ModelBackend"


def call(cast, name: str, *, at: datetime | None = None, wait: int | None = 5_000, answered: bool = True, **more) -> Call:
    """A call that waited so many milliseconds (None: it stayed in the menus), answered or given up."""
    entered = at or datetime(2026, 11, 20, 9, 0, tzinfo=SHANGHAI)
    queued = None if wait is None else entered + timedelta(seconds=4)
    left = queued + timedelta(milliseconds=wait) if queued else entered + timedelta(seconds=9)
    answered = answered and queued is not None
    talk = more.pop("talk_ms", 60_000 if answered else 0)
    outcome = Outcome.ANSWERED if answered else Outcome.ABANDONED if queued else Outcome.ABANDONED_MENU
    return Call.objects.create(**{
        "centre": cast.demo, "linkedid": name, "called": "12345", "entered_at": entered, "human_at": queued, "queued_at": queued,
        "answered_at": left if answered else None, "ended_at": left + timedelta(milliseconds=talk), "outcome": outcome,
        "talk_ms": talk, **more,
    })


@pytest.fixture
def day(cast):
    """Ten calls of one day, one of the next, one of another city."""
    group = SkillGroup.objects.create(centre=cast.demo, code="g", name="综合")
    agent, other = cast.staff["agent1"], cast.staff["agent2"]
    call(cast, "a", wait=15_000, group=group, agent=agent, rating=5, invited_at=datetime.now(UTC), hold_ms=6_000, wrap_ms=30_000)
    call(cast, "b", wait=15_001, group=group, agent=agent, rating=3, invited_at=datetime.now(UTC))
    call(cast, "c", wait=20_000, group=group, agent=other, invited_at=datetime.now(UTC))
    call(cast, "d", wait=20_001, group=group, agent=other, talk_ms=30_000)
    call(cast, "e", wait=19_000, answered=False, group=group)
    call(cast, "f", wait=90_000, answered=False, group=group)
    call(cast, "g", wait=3_000, answered=False, outcome=Outcome.LOST)
    call(cast, "h", wait=60_000, answered=False, outcome=Outcome.VOICEMAIL, called="12319")
    call(cast, "i", wait=None)
    call(cast, "j", wait=1_000, is_test=True)
    call(cast, "k", at=datetime(2026, 11, 21, 0, 0, tzinfo=SHANGHAI), group=group, agent=agent)
    call(cast, "l", direction="out", agent=agent, human_at=None, queued_at=None)
    call(cast, "m", direction="internal")
    call(cast, "test-out", direction="out", agent=agent, human_at=None, queued_at=None, is_test=True)
    Call.objects.create(
        centre=cast.other, linkedid="z", entered_at=datetime(2026, 11, 20, 9, tzinfo=SHANGHAI),
        human_at=datetime(2026, 11, 20, 9, tzinfo=SHANGHAI), outcome=Outcome.ABANDONED,
    )
    return cast


@pytest.mark.req("R223")
def test_a_day_counted_by_hand(day):
    found = total_of(day.actor("leader1"), Question(DAY, DAY))
    expected = {
        "calls": 9, "menu": 1, "wanted": 8, "answered": 4, "in_time": 3, "gave_up": 2, "gave_up_early": 1, "lost": 1, "other": 1,
        "invited": 3, "rated": 2, "happy": 1, "key5": 1, "key3": 1, "key4": 0, "out": 1, "out_answered": 1,
        "wait_ms": 15_000 + 15_001 + 20_000 + 20_001, "talk_ms": 210_000, "hold_ms": 6_000, "wrap_ms": 30_000,
    }
    assert {name: found[name] for name in expected} == expected
    fifteen = total_of(day.actor("leader1"), Question(DAY, DAY, seconds=15))
    assert (fifteen["in_time"], fifteen["gave_up_early"]) == (1, 0)
    assert total_of(day.actor("leader1"), Question(DAY, DAY, seconds=20, start="entered"))["in_time"] == 2  # 4 s in the menus
    assert total_of(day.actor("leader1"), Question(DAY, DAY, happy=3))["happy"] == 2


def test_rows_by_group_agent_and_number(day):
    leader = day.actor("leader1")
    by_group = {line.name: line.counts["wanted"] for line in lines_of(leader, Question(DAY, DAY, by="group"))}
    assert by_group == {"综合": 6, "未进技能组": 2}
    by_agent = {line.key: line.counts["answered"] for line in lines_of(leader, Question(DAY, DAY, by="agent"))}
    assert by_agent == {str(day.staff["agent1"].pk): 2, str(day.staff["agent2"].pk): 2, "-": 0}
    by_number = {line.key: line.counts["calls"] for line in lines_of(leader, Question(DAY, DAY, by="number"))}
    assert by_number == {"12345": 8, "12319": 1}


def test_an_agent_without_an_account_has_a_row_of_his_own(day):
    row = call(day, "n", wait=1, agent_seat="ANNA")
    Leg.objects.create(centre=day.demo, call=row, uniqueid="n1", extension="ANNA", answered_at=row.answered_at)
    lines = {line.key: line for line in lines_of(day.actor("leader1"), Question(DAY, DAY, by="agent"))}
    assert lines["x:ANNA"].counts["answered"] == 1
    assert calls_behind(day.actor("leader1"), Question(DAY, DAY, of=(("agent", "x:ANNA"),)), "answered").get() == row


def leg(row, staff, *, at=0, talk=20_000, wrap=0, role="agent", seat="8001", lasts=None):
    """Somebody's telephone in that call, answered `at` seconds after the call was."""
    answered = row.answered_at + timedelta(seconds=at)
    return Leg.objects.create(
        centre=row.centre, call=row, uniqueid=f"{row.linkedid}-{Leg.objects.count()}", staff=staff, extension=seat, role=role,
        answered_at=answered, ended_at=answered + timedelta(milliseconds=talk if lasts is None else lasts), talk_ms=talk, wrap_ms=wrap,
    )


@pytest.fixture
def handed_on(day):
    """Of agent1's calls: "a" is handed on to agent2, who gives it back; in "b" agent2 is asked for advice; "c" of agent2 is
    his alone; "d" of agent2 becomes one of three with leader1, both speaking at once."""
    one, two, leader = (day.staff[name] for name in ("agent1", "agent2", "leader1"))
    rows = {row.linkedid: row for row in Call.objects.all()}
    leg(rows["a"], one, talk=30_000, wrap=10_000)
    leg(rows["a"], two, at=30, talk=15_000, wrap=20_000)
    leg(rows["a"], one, at=45, talk=5_000)
    leg(rows["a"], two, at=50, talk=4_000)
    leg(rows["b"], one, talk=60_000)
    leg(rows["b"], two, at=5, talk=0, role="consult", lasts=12_000)
    leg(rows["c"], two, talk=60_000)
    leg(rows["d"], two, talk=30_000)
    leg(rows["d"], leader, at=10, talk=20_000, wrap=5_000)
    leg(rows["d"], None, at=15, talk=7_000, seat="ANNA")
    leg(rows["d"], None, at=15, talk=9_000, role="outside", seat="")
    leg(rows["l"], two, talk=8_000)  # of an outgoing call
    OtherDesk.objects.create(centre=day.demo, code="110", name="公安", number="110")
    Leg.objects.filter(call=rows["d"], role="outside").update(desk="110", result="answered")
    Leg.objects.create(centre=day.demo, call=rows["b"], uniqueid="x", role="consult", desk="12315", result="missed")
    return day


@pytest.mark.req("R224")
def test_each_agent_has_his_own_share_and_a_call_is_still_one_call(handed_on):
    leader = handed_on.actor("leader1")
    asked = Question(DAY, DAY, by="agent")
    lines = {line.key: line.counts for line in lines_of(leader, asked)}
    keys = {"ANNA": "x:ANNA"} | {person: str(handed_on.staff[person].pk) for person in ("agent1", "agent2", "leader1")}
    wanted = ("answered", "joined", "own_talk_ms", "own_wrap_ms", "advice_ms")
    shares = {person: tuple(lines[key][name] for name in wanted) for person, key in keys.items()}
    assert shares == {
        "agent1": (2, 0, 95_000, 10_000, 0), "agent2": (2, 2, 109_000, 20_000, 12_000), "leader1": (0, 1, 20_000, 5_000, 0),
        "ANNA": (0, 1, 7_000, 0, 0),
    }
    total = total_of(leader, asked)
    assert total["answered"] == 4 == total_of(leader, Question(DAY, DAY))["answered"]
    assert (total["joined"], total["handled"]) == (4, 8)
    for name, amount in total.items():
        assert sum(counts[name] for counts in lines.values()) == amount, name
    two = [(row.call.linkedid, row.staff_id) for row in joined(leader, Question(DAY, DAY, of=(("agent", keys["agent2"]),)))]
    assert sorted(two) == [(name, handed_on.staff["agent2"].pk) for name in ("a", "b")]
    assert [row.call.linkedid for row in joined(leader, Question(DAY, DAY, of=(("agent", "x:ANNA"),)))] == ["d"]
    by_day = lines_of(leader, Question(DAY, DAY + timedelta(days=1), step="day", by="agent"))
    assert sum(line.counts["joined"] for line in by_day if line.day == DAY) == 4
    assert joined(handed_on.actor("director1@OTHER"), Question(DAY, DAY)).count() == 0


@pytest.mark.req("R224")
def test_midnight_in_shanghai_parts_the_days(day):
    lines = lines_of(day.actor("leader1"), Question(DAY, DAY + timedelta(days=1), step="day"))
    assert [(line.day, line.counts["calls"]) for line in lines] == [(DAY, 9), (DAY + timedelta(days=1), 1)]
    (month,) = lines_of(day.actor("leader1"), Question(date(2026, 11, 1), date(2026, 11, 30), step="month"))
    assert month.day == date(2026, 11, 1) and month.counts["calls"] == 10


def test_another_citys_calls_are_not_counted(day):
    assert total_of(day.actor("director1@OTHER"), Question(DAY, DAY))["wanted"] == 1
    assert total_of(day.actor("agent1"), Question(DAY, DAY))["calls"] == 0  # no right to reports


SOMETIME = st.datetimes(datetime(2026, 10, 28), datetime(2026, 12, 3))  # noqa: DTZ001
LEGS = st.tuples(st.sampled_from(["", "agent1", "leader1"]), st.sampled_from(["agent", "consult"]), st.integers(0, 10**6))
CALLS = st.lists(st.tuples(
    SOMETIME, st.one_of(st.none(), st.integers(0, 40_000)), st.booleans(), st.sampled_from(["", "12345", "12319"]),
    st.integers(0, 2), st.sampled_from(["", "agent1", "agent2"]), st.sampled_from([None, 1, 4, 5]), st.integers(0, 10**7),
    st.lists(LEGS, max_size=3),
), max_size=12)


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(rows=CALLS, seconds=st.sampled_from([1, 15, 20, 33]), start=st.sampled_from(["queued", "entered"]))
def test_totals_equal_their_rows_and_months_their_days(cast, rows, seconds, start):
    Call.objects.all().delete()
    groups = [None, *(SkillGroup.objects.get_or_create(centre=cast.demo, code=code, name=code)[0] for code in ("g1", "g2"))]
    for number, (at, wait, answered, called, group, agent, rating, talk, legs) in enumerate(rows):
        made = call(cast, f"c{number}", at=at.replace(tzinfo=SHANGHAI), wait=wait, answered=answered, called=called, rating=rating,
             group=groups[group], agent=cast.staff.get(agent), talk_ms=talk)
        for order, (who, role, spoken) in enumerate(legs if made.answered_at else ()):
            leg(made, cast.staff.get(who), at=order, talk=spoken, role=role, seat=f"80{order}")
    leader = cast.actor("leader1")
    asked = Question(date(2026, 10, 25), date(2026, 12, 10), seconds=seconds, start=start)
    total, own = total_of(leader, asked), total_of(leader, replace(asked, by="agent"))
    assert {**own, **total} == own
    shapes = [(step, by) for step in ("", "day", "week", "month") for by in ("", "group", "agent", "number", "centre")]
    for step, by in shapes:
        lines = lines_of(leader, Question(asked.since, asked.until, step=step, by=by, seconds=seconds, start=start))
        for name, amount in (own if by == "agent" else total).items():
            assert sum(line.counts[name] for line in lines) == amount, (step, by, name)
    assert total["calls"] == total["menu"] + total["wanted"]
    assert total["wanted"] == total["answered"] + total["gave_up"] + total["lost"] + total["other"]
    for figure in conditions(asked):
        assert calls_behind(leader, asked, figure).count() == total[figure]
    assert joined(leader, asked).count() == own["joined"]


# The pages.

@pytest.fixture
def browser(day):
    client = Client()
    client.force_login(day.staff["leader1"], backend=BACKEND)
    yield client
    set_scope(ALL)


def page(browser: Client, **asked) -> str:
    answer = browser.get(reverse("calls:reports"), {"since": "2026-11-20", "until": "2026-11-20", **asked})
    assert answer.status_code == 200
    set_scope(ALL)
    return answer.content.decode()


def test_the_page_shows_fractions_and_marks_what_misses_its_target(browser):
    text = page(browser)
    assert "37.50%（3/8）" in text and "50.00%（4/8）" in text and "未达" in text and "目标 90" in text
    assert 'value="2026-11-20"' in text
    assert "目标" not in page(browser, seconds="33")
    assert "17.5 秒" in page(browser, table="handling")  # (15000 + 15001 + 20000 + 20001) / 4
    assert "50.00%（1/2）" in page(browser, table="rating")


def test_every_figure_opens_as_many_calls_as_it_says(browser, handed_on):
    seen = 0
    link = re.compile(r'<td class="is-number is-tight"><a href="([^"]+)">([^<]+)</a>')
    for table in ("service", "handling", "rating", "out", "desks"):
        for url, text in link.findall(page(browser, by="agent", table=table)):
            amount = int(re.search(r"（(\d+)/", text)[1]) if "/" in text else int(text)
            opened = browser.get(unescape(url)).content.decode()
            set_scope(ALL)
            assert opened.count("data-call=") == amount, (url, text)
            seen += 1
    assert seen > 20


@pytest.mark.req("R228")
def test_every_call_handed_to_another_hotline_is_told_with_its_result_and_how_long_they_spoke(browser, handed_on):
    text = page(browser, table="desks", step="none")
    assert "公安" in text and "0:00:09" in text and "50.00%（1/2）" in text and "100.00%（1/1）" in text
    opened = browser.get(reverse("calls:report-calls"), {"since": "2026-11-20", "until": "2026-11-20", "figure": "passed"}).content.decode()
    set_scope(ALL)
    assert opened.count("data-call=") == 2 and "已接听" in opened and "9 秒" in opened and "未接" in opened and "12315" in opened


@pytest.mark.parametrize("asked", [
    {"since": "2026-11-21", "until": "2026-11-20"}, {"since": "1066-01-01"}, {"since": "9999-12-01", "until": "9999-12-31"},
    {"seconds": "0"}, {"seconds": "many"}, {"step": "hour"}, {"since": "yesterday"},
])
def test_a_bad_question_is_answered_in_words(browser, asked):
    assert "invalid-feedback" in page(browser, **asked) or "is-invalid" in page(browser, **asked)


@pytest.mark.parametrize("asked", [
    "figure=nonsense", "figure=calls&of=agent&key=1%27%20OR%201=1", "figure=calls&of=group&key=99999999999999999999",
    "figure=calls&of=agent&key=x:%00", "figure=calls&page=-3",
])
def test_a_bent_address_does_no_harm(browser, asked):
    assert browser.get(f"{reverse('calls:report-calls')}?{asked}").status_code in {200, 404}


# The real log.

@pytest.mark.slow
@pytest.mark.req("R013")
def test_a_month_of_a_real_call_centre(cast, tmp_path):
    if not REAL.exists():
        pytest.skip("shared/data is not here")
    mapping = Path(__file__).parent / "anonbank.json"
    out = io.StringIO()
    rejects = str(tmp_path / "r.csv")
    call_command("calls", "import", str(REAL), "--rejects", rejects, "--mapping", str(mapping), "--centre", "DEMO", stdout=out)
    assert '"read": 42078, "created": 42078, "known": 0, "rejected": 0' in out.getvalue()
    asked = Question(date(1999, 8, 1), date(1999, 8, 31), step="day", by="agent")
    total = total_of(cast.actor("leader1"), asked)
    assert (total["calls"], total["wanted"]) == (42_078, 38_662)
    assert round(total["gave_up"] * 1000 / total["wanted"]) == 188
    assert round(total["in_time"] * 100 / total["wanted"]) == 41
    with REAL.open() as file:
        rows = [row for row in csv.DictReader(file) if row["outcome"] == "AGENT"]
    assert total["talk_ms"] == 1000 * sum(int(row["ser_time"]) for row in rows)
    assert total["wait_ms"] == 1000 * sum(int(row["q_time"]) for row in rows)
    assert sum(line.counts["answered"] for line in lines_of(cast.actor("leader1"), asked)) == total["answered"] == len(rows)


@pytest.mark.req("R223", "R224")
@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_a_report_taken_out_is_the_page_marked_and_on_record(cast, client, day, form):
    cast.staff["agent1"].name = "=1+1"
    cast.staff["agent1"].save()
    client.force_login(cast.staff["leader1"], backend=BACKEND)
    address = reverse("calls:reports") + "?since=2026-11-20&until=2026-11-20&step=day&by=agent"
    answer = client.get(f"{address}&as={form}")
    assert answer.status_code == 200 and f".{form}" in answer["Content-Disposition"]
    rows = sheet_of(answer.content, form)
    assert "leader1" in str(rows[0][0]) and [str(cell) for cell in rows[1][:3]] == ["时间", "对象", "呼入"]
    page = unescape(client.get(address).content.decode())
    shown = [re.sub(r"<[^>]+>", "", cell).replace("未达", "").strip()
             for cell in re.findall(r'<td class="is-number is-tight">(.*?)</td>', page, re.S)]
    assert [str(cell) for row in rows[2:] for cell in row[2:]] == shown
    assert rows[-1][1] == "合计" and "'=1+1" in {row[1] for row in rows[2:]}
    taken = Access.objects.get(kind="export", stream="report")
    assert taken.actor_id == cast.staff["leader1"].pk and "2026-11-20" in taken.reason
    client.force_login(cast.staff["agent1"], backend=BACKEND)
    assert client.get(f"{address}&as={form}").status_code == 404


def sheet_of(content, form):
    if form == "csv":
        return list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))
    return [list(row) for row in load_workbook(io.BytesIO(content)).active.iter_rows(values_only=True)]
