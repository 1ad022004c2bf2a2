"""`huying deadline`: the due time alone on the last line, the proof before it, no database needed."""

import io
import json
import os
import subprocess
from pathlib import Path

import pytest
from django.core.management import call_command

from huying.kernel.calendar import BadCalendar, UncoveredYear
from huying.kernel.deadline import BadTerm
from huying.kernel.errors import Refusal
from huying.org.models import Calendar
from huying.workorders.models import RulePack
from huying.workorders.rules.pack import default_data

ROOT = Path(__file__).resolve().parents[2]


def ask(*arguments):
    out = io.StringIO()
    call_command("deadline", *arguments, stdout=out)
    return out.getvalue().splitlines()


@pytest.mark.req("R116", "R286")
@pytest.mark.parametrize(
    ("question", "due"),
    [
        # the seven days of National Day and the make-up Saturday of 2026-10-10
        (["--start", "2026-09-30T17:00+08:00", "--workdays", "5"], "2026-10-13T18:00:00+08:00"),
        (["--start", "2026-09-30T17:00+08:00", "--hours", "4"], "2026-10-08T12:00:00+08:00"),
        (["--start", "2026-09-30T09:00Z", "--hours", "4"], "2026-10-08T12:00:00+08:00"),
        # a start outside working time: Saturday, and before opening
        (["--start", "2026-11-21T23:00+08:00", "--workdays", "1"], "2026-11-23T18:00:00+08:00"),
        (["--start", "2026-11-21T23:00", "--hours", "0.5"], "2026-11-23T09:30:00+08:00"),
        (["--start", "2026-11-20T07:00", "--minutes", "30"], "2026-11-20T09:30:00+08:00"),
        (["--start", "2026-11-20T23:50", "--minutes", "30", "--natural"], "2026-11-21T00:20:00+08:00"),
        # hours beside workdays follow them: after the close of Tuesday 13, half of Wednesday morning
        (["--start", "2026-09-30T17:00+08:00", "--workdays", "5", "--hours", "1.5"], "2026-10-14T10:30:00+08:00"),
        # natural time needs no holidays, so an unknown year does no harm
        (["--start", "2027-05-01T00:00", "--hours", "24", "--natural"], "2027-05-02T00:00:00+08:00"),
        (["--start", "2026-11-20T16:00", "--pack", "default"], "2026-11-27T18:00:00+08:00"),
        (["--start", "2026-11-20T16:00", "--pack", "default", "--workdays", "1"], "2026-11-23T18:00:00+08:00"),
        (["--start", "2026-11-20T16:00", "--pack", "default", "--hours", "3"], "2026-11-23T10:00:00+08:00"),
        (["--start", "2026-11-20T16:00", "--pack", "default", "--clock", "sign"], "2026-11-23T11:00:00+08:00"),
        (["--start", "2026-11-20T16:00", "--pack", "default", "--kind", "report"], "2026-12-11T18:00:00+08:00"),
        (["--start", "2026-11-20T16:00", "--pack", "default", "--urgency", "critical"], "2026-11-20T18:00:00+08:00"),
    ],
)
def test_due_time_alone(question, due):
    assert ask(*question) == [due]


@pytest.mark.req("R116")
def test_explains_every_stretch_and_every_day_passed_over():
    lines = ask("--start", "2026-09-30T17:00+08:00", "--workdays", "5", "--explain")
    assert lines[0] == "起算　2026-09-30 周三 17:00"
    assert sum(line.startswith("跳过") for line in lines) == 8 and "跳过　2026-10-01 周四　国庆节" in lines
    assert sum(line.startswith("计入") for line in lines) == 10
    assert "计入　2026-10-10 周六 09:00-12:00　3 小时（第 3 个工作日）" in lines
    assert [line[:10] for line in lines if line[:2] in {"计入", "跳过"}] == sorted(
        (line[:10] for line in lines if line[:2] in {"计入", "跳过"}), key=lambda line: line[3:]
    )
    assert lines[-3:] == ["合计　40 小时，5 个工作日", "到期　2026-10-13 周二 18:00", "2026-10-13T18:00:00+08:00"]


def test_explains_hours_after_workdays_one_after_the_other():
    lines = ask("--start", "2026-11-19T16:00", "--workdays", "1", "--hours", "2", "--explain")
    assert [line for line in lines if line[:2] in {"起算", "到期"}] == [
        "起算　2026-11-19 周四 16:00", "到期　2026-11-20 周五 18:00", "起算　2026-11-20 周五 18:00", "到期　2026-11-23 周一 11:00"
    ]
    assert "计入　2026-11-23 周一 09:00-11:00　2 小时" in lines and lines[-1] == "2026-11-23T11:00:00+08:00"


def test_own_calendar_file(tmp_path):
    file = tmp_path / "calendar.json"
    file.write_text(json.dumps({"holidays": ["2027-01-01"], "years": [2027]}), "utf-8")
    question = ["--start", "2026-12-31T10:00", "--workdays", "1"]
    assert ask(*question, "--calendar", str(file)) == ["2027-01-04T18:00:00+08:00"]
    with pytest.raises(UncoveredYear, match="2027"):
        ask(*question)


@pytest.mark.parametrize(
    ("question", "error", "says"),
    [
        (["--workdays", "5"], Refusal, "--start"),
        (["--start", "昨天", "--workdays", "5"], Refusal, "看不懂"),
        (["--start", "2026-02-30T10:00", "--workdays", "5"], Refusal, "看不懂"),
        (["--start", "1901-01-01", "--workdays", "5"], Refusal, "1901"),
        (["--start", "2026-11-20"], Refusal, "写明时限"),
        (["--start", "2026-11-20", "--workdays", "五"], Refusal, "--workdays"),
        (["--start", "2026-11-20", "--workdays", "0"], BadTerm, "大于零"),
        (["--start", "2026-11-20", "--workdays", "1.5"], BadTerm, "1.5"),
        (["--start", "2026-11-20", "--hours", "inf"], BadTerm, "inf"),
        (["--start", "2026-11-20", "--workdays", "1", "--natural"], BadTerm, "自然时间"),
        (["--start", "2026-11-20", "--pack", "default", "--natural"], Refusal, "--natural"),
        (["--start", "2026-11-20", "--workdays", "99999"], BadTerm, "十年"),
        (["--start", "2026-11-20", "--workdays", "1", "--calendar", "/no/such/file"], Refusal, "打不开"),
    ],
)
def test_bad_questions_are_refused_in_chinese(question, error, says):
    with pytest.raises(error, match=says):
        ask(*question)


def test_bad_calendar_files(tmp_path):
    file = tmp_path / "calendar.json"
    for content, error in (("{", Refusal), ('{"holidays": ["2027-13-01"]}', BadCalendar), ('{"weekly": {}}', BadCalendar)):
        file.write_text(content)
        with pytest.raises(error):
            ask("--start", "2026-11-20", "--workdays", "1", "--calendar", str(file))


@pytest.mark.django_db
def test_a_term_beside_a_pack_counts_by_the_calendar_of_its_centre(cast):
    RulePack.objects.create(
        centre=cast.demo, code="fast", name="提速包", effective_from="2026-01-01T00:00:00+08:00", data=default_data()
    )
    data = {"holidays": ["2026-11-23"], "years": [2026]}
    cast.demo.calendar = Calendar.objects.create(centre=cast.demo, name="自定", data=data)
    cast.demo.save(update_fields=["calendar"])
    question = ["--start", "2026-11-20T16:00", "--workdays", "1"]
    assert ask(*question) == ["2026-11-23T18:00:00+08:00"]
    assert ask(*question, "--pack", "fast") == ["2026-11-24T18:00:00+08:00"]


@pytest.mark.django_db
def test_a_centres_own_pack(cast):
    data = default_data()
    data["handle"]["by_kind"]["complaint"] = {"workdays": 2}
    RulePack.objects.create(
        centre=cast.demo, code="fast", name="提速包", effective_from="2026-01-01T00:00:00+08:00", data=data
    )
    question = ["--start", "2026-11-20T16:00", "--pack", "fast"]
    assert ask(*question) == ask(*question, "--centre", "DEMO") == ["2026-11-24T18:00:00+08:00"]
    with pytest.raises(Refusal, match="没有名为"):
        ask("--start", "2026-11-20T16:00", "--pack", "slow")
    with pytest.raises(Refusal, match="没有名为"):
        ask("--start", "2026-11-20T16:00", "--workdays", "1", "--pack", "slow")
    with pytest.raises(Refusal, match="没有编码为"):
        ask(*question, "--centre", "NOWHERE")


def test_from_the_shell_without_a_database(tmp_path):
    environment = {**os.environ, "HUYING_DATA": str(tmp_path), "DATABASE_URL": ""}
    command = [ROOT / "bin" / "huying", "deadline", "--start"]
    right = subprocess.run(
        [*command, "2026-09-30T17:00+08:00", "--workdays", "5"], env=environment, capture_output=True, text=True
    )
    assert (right.returncode, right.stdout, right.stderr) == (0, "2026-10-13T18:00:00+08:00\n", "")
    wrong = subprocess.run([*command, "2026-12-30T17:00", "--workdays", "5"], env=environment, capture_output=True, text=True)
    assert (wrong.returncode, wrong.stdout) == (1, "")
    assert "2027" in wrong.stderr and wrong.stderr.count("\n") == 1 and not wrong.stderr.isascii()
