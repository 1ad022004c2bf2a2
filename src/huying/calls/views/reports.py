"""Reports of calls: each rate with its fraction and its target, each figure opening the calls it counts (R223, R224)."""

import re
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from huying.calls.forms.reports import ReportForm
from huying.calls.models import Call, Leg, PhoneSetting
from huying.calls.queries.asked import KEYS, Line, Question
from huying.calls.queries.desks import FIGURES as PASSED
from huying.calls.queries.desks import desk_lines, desk_names, desks_in_all, passed_on, spoken_with
from huying.calls.queries.reports import calls_behind, lines_of, names_of, total_of, within
from huying.calls.queries.shares import joined
from huying.calls.views.report_file import report_file
from huying.calls.views.report_tables import TABLES, TABS, Table, table_of
from huying.org.policies import Actor, needs
from huying.org.queries.paging import ListPage, page_of
from huying.ui.rules.sheets import MEDIA_TYPES

KEY = re.compile(r"-|\d{1,18}|x:[^\x00]{1,20}|[\d*#+]{1,32}")
CODE = re.compile(r"[A-Za-z0-9]{1,20}")
MOST_LINES = 2000


@require_safe
@needs("calls.report")
def reports(request: HttpRequest) -> HttpResponse:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    form = ReportForm(request.GET)
    name = request.GET.get("table", "")
    context: dict[str, Any] = {"form": form, "table": table_of(name), "tabs": tabs(request, name)}
    if not form.is_valid():
        return render(request, "calls/reports.html", context)
    question = form.question()
    table = table_of(name, question)
    if table is TABLES["desks"]:
        question = replace(question, by="desk")
    lines, counts = counted(actor, question)
    total, target = Line(None, "", "合计", counts), target_of(actor, question)
    if (chosen := request.GET.get("as", "")) in MEDIA_TYPES:
        rows = [drawn(table, question, line, target) for line in (*lines, total)]
        return report_file(actor, table, question, rows, form=chosen, path=request.get_full_path())
    shown = ReportForm(initial={
        "since": question.since, "until": question.until, "step": question.step or "none", "by": form.question().by,
        "seconds": question.seconds, "start": question.start, "happy": str(question.happy),
    })
    context |= {
        "form": shown, "table": table, "question": question, "columns": table.columns_of(question), "count": len(lines),
        "rows": [drawn(table, question, line, target) for line in lines[:MOST_LINES]],
        "total": drawn(table, question, total, target), "capped": len(lines) > MOST_LINES,
        "target": target if table is TABLES["service"] else None, "note": table.note_of(question),
    }
    return render(request, "calls/reports.html", context)


def counted(actor: Actor, question: Question) -> tuple[list[Line], dict[str, int]]:
    """The rows and their total."""
    if question.by == "desk":
        lines = desk_lines(actor, question)
        return lines, desks_in_all(lines)
    return lines_of(actor, question), total_of(actor, question)


def tabs(request: HttpRequest, chosen: str) -> list[dict[str, Any]]:
    query = request.GET.copy()
    found = []
    for name in TABS:
        query["table"] = name
        found.append({"url": f"?{query.urlencode()}", "label": TABLES[name].label, "active": TABLES[name] is table_of(chosen)})
    return found


def target_of(actor: Actor, question: Question) -> Decimal | None:
    """The centre's own, where the threshold is one that has a target."""
    if question.seconds not in (15, 20) or actor.staff is None:
        return None
    setting = PhoneSetting.objects.filter(centre=actor.staff.centre).first() or PhoneSetting()
    return Decimal(setting.target_15s if question.seconds == 15 else setting.target_20s)


def drawn(table: Table, question: Question, line: Line, target: Decimal | None) -> dict[str, Any]:
    """A line as the template shows it: words, and the address behind each figure."""
    return {
        "time": time_words(question, line.day), "name": line.name, "key": line.key,
        "cells": [cell.drawn(line.counts, target, behind(question, line)) for cell in table.cells],
    }


def time_words(question: Question, day: date | None) -> str:
    if day is None:
        return ""
    if question.step == "month":
        return f"{day:%Y-%m}"
    part = within(question, day)
    return f"{day:%Y-%m-%d}" if question.step == "day" else f"{part.since:%Y-%m-%d} 至 {part.until:%m-%d}"


def behind(question: Question, line: Line) -> str:
    """The address of a row's calls, but for the figure."""
    part = within(question, line.day)
    said: dict[str, str | int] = {
        "since": part.since.isoformat(), "until": part.until.isoformat(), "seconds": part.seconds, "start": part.start,
        "happy": part.happy,
    }
    if question.by and line.key:
        said |= {"of": question.by, "key": line.key}
    return f"{reverse('calls:report-calls')}?{urlencode(said)}"


@require_safe
@needs("calls.report")
def report_calls(request: HttpRequest) -> HttpResponse:
    """The calls behind one figure."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    form = ReportForm(request.GET)
    figure = request.GET.get("figure", "calls")
    if not form.is_valid():
        raise Http404
    question = form.question()
    if figure not in FIGURES:
        raise Http404
    of, key = request.GET.get("of", ""), request.GET.get("key", "")
    if is_key(of, key):
        question = replace(question, of=((of, key),))
    page = page_behind(actor, question, figure, request)
    context = {
        "passed": figure in PASSED,
        "may_open": actor.may_any(["calls.view", "calls.view_own"]), "question": question, "page": page,
        "figure": FIGURES[figure], "of": of_words(of, key, actor),
        "back": f"{reverse('calls:reports')}?{urlencode({'since': str(question.since), 'until': str(question.until)})}",
    }
    return render(request, "calls/report_calls.html", context)


def page_behind(actor: Actor, question: Question, figure: str, request: HttpRequest) -> ListPage[Any]:
    """The calls; of `joined` a call for each person who joined it, with that person and his own talk; of those passed on
    one for each hotline that was rung."""
    page: ListPage[Any]
    if figure in PASSED:
        page = page_of(passed_on(actor, question, figure), request.GET)
        names = desk_names(actor)
        page.rows = [as_passed(leg, names) for leg in page.rows]
        return page
    if figure == "joined":
        page = page_of(joined(actor, question), request.GET)
        page.rows = [as_joined(leg, question) for leg in page.rows]
    else:
        page = page_of(calls_behind(actor, question, figure), request.GET)
    for call in page.rows:
        call.talk = timedelta(milliseconds=call.talk_ms)
    return page


def as_passed(leg: Leg, names: dict[str, str]) -> Call:
    call = leg.call
    call.desk, call.result = names.get(leg.desk, leg.desk), leg.get_result_display()  # type: ignore[attr-defined]
    call.talk = spoken_with(leg)  # type: ignore[attr-defined]
    return call


def as_joined(leg: Leg, question: Question) -> Call:
    call = leg.call
    asked_at = call.queued_at or call.human_at
    begun = asked_at if question.start == "queued" and asked_at else call.entered_at
    assert call.answered_at is not None  # nobody joins what nobody answered
    call.waited = call.lasted = call.answered_at - begun  # type: ignore[attr-defined]
    call.agent, call.talk_ms = leg.staff, leg.talk_ms
    return call


def is_key(of: str, key: str) -> bool:
    return bool(CODE.fullmatch(key)) if of == "desk" else of in KEYS and bool(KEY.fullmatch(key))


def of_words(of: str, key: str, actor: Actor) -> str:
    if not is_key(of, key):
        return ""
    if of == "desk":
        return desk_names(actor).get(key, key)
    if key == "-":
        return "无"
    if key.startswith("x:"):
        return key.removeprefix("x:")
    wanted = key if of == "number" else int(key) if key.isdecimal() else 0
    return str(names_of(of, [wanted]).get(wanted, key))


FIGURES = {
    "calls": "呼入", "menu": "未请求人工", "wanted": "请求人工", "answered": "人工接听", "in_time": "门槛内接听", "gave_up": "排队放弃",
    "gave_up_early": "门槛内放弃", "lost": "系统原因中断", "other": "其他未接", "invited": "已邀评", "rated": "已评价", "happy": "满意",
    **{f"key{key}": f"按 {key}" for key in range(1, 6)}, "out": "外呼", "out_answered": "外呼接通",
    "joined": "参与的通话", "passed": "转给其他热线", "passed_answered": "其他热线已接听",
}
