"""`huying calls`: the facts on the command line, checked against the switch's files, and other systems' logs brought in."""

import csv
import gzip
import io
import json
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from calls.stream import BEGIN, NUMBER, Line
from calls.test_take_in import call_in, centre  # noqa: F401  (a fixture)
from huying.calls.catalog import Outcome
from huying.calls.models import Call, Leg, SwitchRecord
from huying.calls.operations import take_in
from huying.calls.operations.reconcile import NoFiles
from huying.calls.rules.call_log import BadMapping, parse_log_map
from huying.switch.records import FIELDS, Record

REAL = next((parent / "shared/data/callcentre/anonbank_august1999.csv" for parent in Path(__file__).parents
             if (parent / "shared/data/callcentre").is_dir()), None)
MAPPING = {
    "source": "oldlog", "key": ["line", "id", "day"],
    "columns": {
        "date": "day", "entered": "in", "menu_end": "out", "queued": "q", "wait_seconds": "wait", "talk_seconds": "talk",
        "outcome": "end", "agent": "who",
    },
    "outcomes": {"AGENT": "answered", "HANG": "gave_up", "GHOST": "lost"}, "no_agent": ["NOBODY"],
}
LOG = """line,id,day,in,out,q,wait,talk,end,who
L1,1,2026-11-20,9:00:00,9:00:05,9:00:05,20,60,AGENT,ANNA
L1,2,2026-11-20,9:01:00,9:01:05,9:01:05,21,60,AGENT,BORIS
L1,3,2026-11-20,9:02:00,9:02:05,0:00:00,0,60,AGENT,ANNA
L2,1,2026-11-20,23:59:50,23:59:58,23:59:58,70,0,HANG,NOBODY
L2,2,2026-11-20,9:04:00,9:04:05,0:00:00,0,0,HANG,NOBODY
L2,3,2026-11-20,9:05:00,9:05:05,9:05:05,9,3,GHOST,NOBODY
L2,4,2026-11-20,nine,9:05:05,9:05:05,9,3,AGENT,ANNA
L2,5,2026-11-20,9:06:00,9:05:05,9:05:05,9,3,EATEN,ANNA
L2,6,2026-11-20,9:06:00,9:05:05,9:05:05,-9,3,AGENT,ANNA
"""


def run(*arguments) -> str:
    out = io.StringIO()
    call_command("calls", *map(str, arguments), stdout=out)
    return out.getvalue()


def line_of(record: Record) -> str:
    """As the switch writes it."""
    at = f"{int(record.at.timestamp())}.{record.at.microsecond:06d}"
    values = {**{name: getattr(record, name) for name in FIELDS}, "at": at, "extra": json.dumps(record.extra) if record.extra else ""}
    text = io.StringIO()
    csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\n").writerow(values.values())
    return text.getvalue()


@pytest.fixture
def files(tmp_path, centre):  # noqa: F811
    """The switch's folder after three calls; the first of them in a file already rotated and packed."""
    lines = []
    for number in range(3):
        line = Line(BEGIN + timedelta(minutes=number), first=f"{1764139204 + number * 60}.{number * 10 + 1}")
        line.enter().queue(centre.group.queue)
        agent = line.connect("8001")
        lines.append(line.wait(20).caller_leaves(agent))
    (tmp_path / "log").mkdir()
    with gzip.open(tmp_path / "log" / "cel.csv.1.gz", "wt") as file:
        file.writelines(map(line_of, lines[0].rows))
    half = len(lines[1].rows) // 2
    (tmp_path / "log" / "cel.csv").write_text(
        "".join(map(line_of, lines[1].rows[:half])) + '"broken\n"line\n' + "".join(map(line_of, lines[1].rows[half:] + lines[2].rows))
    )
    return tmp_path, lines


PERIOD = ("--from", BEGIN.isoformat(), "--to", (BEGIN + timedelta(hours=1)).isoformat())


@pytest.mark.req("R016")
def test_after_an_outage_the_files_make_the_rows_whole(files):
    folder, lines = files
    take_in(lines[0].rows)
    take_in(lines[1].rows[:9])  # then the gateway died; the third call it never heard of
    first = json.loads(run("reconcile", *PERIOD, "--folder", folder))
    assert (first["calls"], first["equal"], first["repaired"]) == (3, 1, 2)
    assert [each["call"] for each in first["differences"]] == [lines[1].linkedid, lines[2].linkedid]
    assert "ended_at" in first["differences"][0]["fields"] and first["differences"][1]["fields"] == ["row"]
    again = json.loads(run("reconcile", *PERIOD, "--folder", folder))
    assert (again["calls"], again["equal"], again["repaired"], again["differences"]) == (3, 3, 0, [])
    assert Call.objects.filter(outcome=Outcome.ANSWERED).count() == 3


def test_a_row_that_somebody_changed_is_put_right(files):
    folder, lines = files
    for line in lines:
        take_in(line.rows)
    Call.objects.filter(linkedid=lines[1].linkedid).update(talk_ms=1, outcome=Outcome.ABANDONED)
    Leg.objects.filter(call__linkedid=lines[2].linkedid).delete()
    said = json.loads(run("reconcile", *PERIOD, "--folder", folder))
    assert (said["equal"], said["repaired"]) == (1, 2)
    assert [each["fields"] for each in said["differences"]] == [["outcome", "talk_ms"], ["legs"]]
    assert Call.objects.get(linkedid=lines[1].linkedid).talk_ms > 1


def test_only_the_period_is_looked_at_and_what_no_file_knows_is_named(files):
    folder, lines = files
    stranger = Line(BEGIN + timedelta(minutes=9), first="1764139999.1").enter().end()
    take_in(stranger.rows)
    said = json.loads(run(
        "reconcile", "--from", (BEGIN + timedelta(minutes=2)).isoformat(), "--to", (BEGIN + timedelta(hours=1)).isoformat(),
        "--folder", folder,
    ))
    assert said["calls"] == 2 and [each["call"] for each in said["differences"]] == [lines[2].linkedid, stranger.linkedid]
    assert said["differences"][1] == {"call": stranger.linkedid, "fields": ["not_in_files"], "repaired": False}


def test_without_files_it_says_so(tmp_path, centre):  # noqa: F811
    with pytest.raises(NoFiles, match=r"cel\.csv"):
        run("reconcile", *PERIOD, "--folder", tmp_path)


def test_the_list_prints_every_milestone_and_no_number(centre):  # noqa: F811
    line = call_in(centre.group)
    line.wait(30).agent_leaves(line.agent).say("INVITE", "key").wait(1).say("RATE", "4").end(by=line.agent)
    take_in(line.rows)
    (call,) = json.loads(run("list", "--since", BEGIN.isoformat(), "--json"))
    assert call["outcome"] == "answered" and call["agent"] == "agent1" and call["rating"] == 4
    assert [step["kind"] for step in call["milestones"]][:4] == ["entered", "human", "queued", "recorded"]
    assert all("." in step["at"] for step in call["milestones"])
    assert next(step["staff"] for step in call["milestones"] if step["kind"] == "answered") == "agent1"
    assert NUMBER not in json.dumps(call) and call["number"] == "139****0001"
    assert "139****0001" in run("list", "--since", BEGIN.isoformat())
    assert json.loads(run("list", "--since", (BEGIN + timedelta(days=1)).isoformat(), "--json")) == []
    assert json.loads(run("list", "--since", BEGIN.isoformat(), "--centre", "OTHER", "--json")) == []


def test_a_time_that_is_none_is_refused():
    with pytest.raises(CommandError, match="不是时间"):
        run("list", "--since", "yesterday")


def bring_in(folder: Path, log: str = LOG, mapping: dict = MAPPING) -> dict:
    (folder / "log.csv").write_text(log, "utf-8")
    (folder / "map.json").write_text(json.dumps(mapping), "utf-8")
    said = run("import", folder / "log.csv", "--mapping", folder / "map.json", "--centre", "DEMO", "--rejects", folder / "rejects.csv")
    return json.loads(said.splitlines()[-1])


@pytest.mark.req("R013")
def test_another_systems_log_becomes_the_same_facts(cast, tmp_path):
    assert bring_in(tmp_path) == {"read": 9, "created": 6, "known": 0, "rejected": 3}
    rejects = list(csv.reader((tmp_path / "rejects.csv").read_text("utf-8-sig").splitlines()))
    assert [row[0] for row in rejects[1:]] == ["8", "9", "10"]
    assert "不是时刻" in rejects[1][1] and "EATEN" in rejects[2][1] and "等待秒数" in rejects[3][1]
    calls = {call.linkedid: call for call in Call.objects.all()}
    one = calls["oldlog:L1-1-2026-11-20"]
    assert (one.wait_ms(), one.talk_ms, one.outcome) == (20_000, 60_000, "answered")
    assert one.legs.get().extension == "ANNA"
    assert calls["oldlog:L1-3-2026-11-20"].wait_ms() == 0
    late = calls["oldlog:L2-1-2026-11-20"]
    assert (late.outcome, late.wait_ms()) == ("abandoned", 70_000) and late.ended_at - late.entered_at == timedelta(seconds=78)
    assert calls["oldlog:L2-2-2026-11-20"].human_at is None and calls["oldlog:L2-2-2026-11-20"].outcome == "abandoned_menu"
    assert calls["oldlog:L2-3-2026-11-20"].human_at is None
    assert bring_in(tmp_path) == {"read": 9, "created": 0, "known": 6, "rejected": 3}
    assert not SwitchRecord.objects.exists()


@pytest.mark.parametrize(("change", "said"), [
    ({"columns": {"entered": "in"}}, "缺少"), ({"columns": {"bogus": "in"}}, "bogus"), ({"outcomes": {"A": "eaten"}}, "eaten"),
    ({"source": "switch"}, "source"), ({"key": []}, "key"), ({"zone": "Mars/Base"}, "Mars"),
])
def test_a_bad_mapping_is_refused_in_words(change, said):
    with pytest.raises(BadMapping, match=said):
        parse_log_map({**MAPPING, **change})


def test_a_log_without_the_columns_is_refused(cast, tmp_path):
    with pytest.raises(BadMapping, match="who"):
        bring_in(tmp_path, LOG.replace(",who\n", ",x\n"))
