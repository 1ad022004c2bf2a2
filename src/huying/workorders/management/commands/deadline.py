"""`huying deadline`: when is it due, and why (R116, R286). Works without a database unless a centre is asked for."""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from huying.kernel.calendar import Calendar, RestDay, Stretch, WorkCalendar, calendar_from_dict
from huying.kernel.clock import SHANGHAI
from huying.kernel.deadline import Due, Term, due
from huying.kernel.errors import Refusal
from huying.org.models import Centre
from huying.org.queries import ALL, calendar_of, tenant_scope
from huying.workorders.catalog import Kind, Urgency
from huying.workorders.models import RulePack
from huying.workorders.queries import pack_in_force, pack_of
from huying.workorders.rules import Pack, parse_pack
from huying.workorders.rules.pack import default_data

SHIPPED = "default"
CLOCKS = {"sign": "签收", "handle": "办理", "answer": "回复市民", "review": "审核", "follow_up": "回访", "rehandle": "重办"}
DAYS = "一二三四五六日"
FIRST_YEAR, LAST_YEAR = 2004, 2100  # before 2004 nobody recorded the holidays


class BadQuestion(Refusal):
    code = "bad_deadline"


class Command(BaseCommand):
    help = "计算到期时间：最后一行是 ISO 8601 的到期时刻；--explain 逐段列出计入与跳过的时间"
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--start", metavar="时刻", help="起算时刻，如 2026-09-30T17:00+08:00；不写时区按北京时间")
        parser.add_argument("--workdays", metavar="N", help="N 个工作日：开始当日不计入，第 N 个工作日下班时届满")
        parser.add_argument("--hours", metavar="H", help="H 个工作小时，从起算时刻逐分钟计；可写 0.5；与 --workdays 同写时接在其后")
        parser.add_argument("--minutes", metavar="M", help="M 个工作分钟")
        parser.add_argument("--natural", action="store_true", help="小时、分钟按自然时间计（夜间、周末、节假日都算）")
        parser.add_argument("--pack", metavar="名称", help=f"没有写明时限时取规则包里的；随附的叫 {SHIPPED}，中心自己的须有数据库")
        parser.add_argument("--centre", metavar="编码", help="用这个中心的规则包和工作日历（须有数据库）")
        parser.add_argument("--kind", default=Kind.COMPLAINT, choices=list(Kind), help="诉求类型（配合 --pack）")
        parser.add_argument("--urgency", default=Urgency.NORMAL, choices=list(Urgency), help="紧急程度（配合 --pack）")
        parser.add_argument("--clock", default="handle", choices=list(CLOCKS), help="哪一个时限（配合 --pack）")
        parser.add_argument("--calendar", metavar="文件.json", help="在国家节假日之上使用的工作日历文件")
        parser.add_argument("--explain", action="store_true", help="列出每一段计入的时间和每一个跳过的日子")

    def handle(self, *args: Any, **options: Any) -> None:
        start = read_start(options["start"])
        if options["centre"] or options["pack"] not in {None, SHIPPED}:
            with tenant_scope(ALL):
                terms, calendar = asked_of_database(options, start)
        else:
            terms, calendar = asked(options, parse_pack(default_data())), read_calendar(options["calendar"])
        for term in terms:
            until = count(start, term, calendar)
            if options["explain"]:
                for line in explain(start, term, until):
                    self.stdout.write(line)
            start = until.at
        self.stdout.write(start.isoformat())


def read_start(text: str | None) -> datetime:
    """An aware time; without a zone it is Beijing's. Raises BadQuestion."""
    if not text:
        raise BadQuestion("请用 --start 写明起算时刻，如 --start 2026-09-30T17:00+08:00")
    try:
        at = datetime.fromisoformat(text.strip())
        at = (at if at.tzinfo else at.replace(tzinfo=SHANGHAI)).astimezone(SHANGHAI)
    except (ValueError, OverflowError):
        raise BadQuestion(f"起算时刻“{text}”看不懂，请写成 2026-09-30T17:00+08:00") from None
    if not FIRST_YEAR <= at.year <= LAST_YEAR:
        raise BadQuestion(f"起算年份 {at.year} 不在 {FIRST_YEAR} 到 {LAST_YEAR} 之间")
    return at


def asked(options: Mapping[str, Any], pack: Pack) -> list[Term]:
    """The terms, one after the other: named outright, else the one of the pack. Raises BadQuestion, BadTerm.

    Hours named beside workdays follow them: they count from the close of the last workday. With a term named outright
    the pack says no more than whose calendar counts.
    """
    named = [unit for unit in ("workdays", "hours", "minutes") if options[unit] is not None]
    if not (named or options["pack"]):
        raise BadQuestion("请用 --workdays、--hours 或 --minutes 写明时限，或用 --pack 取规则包里的时限")
    if not named:
        if options["natural"]:
            raise BadQuestion("--natural 只能与 --hours 或 --minutes 同用，规则包自己写明了是否按自然时间")
        return [of_pack(pack, options["clock"], options["kind"], options["urgency"])]
    natural = {"natural": True} if options["natural"] else {}
    return [Term.parse({unit: number(options[unit], unit), **natural}) for unit in named]


def number(text: str, unit: str) -> int | float:
    try:
        value = float(text)
        return int(value) if value.is_integer() else value
    except (ValueError, OverflowError):  # OverflowError: "inf" has no whole number
        raise BadQuestion(f"--{unit} 应为大于零的数字，不能是“{text}”") from None


def of_pack(pack: Pack, clock: str, kind: str, urgency: str) -> Term:
    """The term that an order of this kind and urgency gets for this clock."""
    return {
        "sign": pack.sign[urgency], "handle": pack.handle(kind, urgency), "answer": pack.answer(kind, urgency),
        "review": pack.review, "follow_up": pack.follow_up, "rehandle": pack.rehandle,
    }[clock]


def asked_of_database(options: Mapping[str, Any], start: datetime) -> tuple[list[Term], WorkCalendar]:
    """The same with a centre's own pack and calendar; the calendar is strict here, unlike for a real order."""
    centre = centre_of(options["centre"], options["pack"])
    code = options["pack"] or SHIPPED
    terms = asked(options, pack_of(pack_in_force(centre, start, code)))
    if options["calendar"]:
        return terms, read_calendar(options["calendar"])
    own = calendar_of(centre=centre)
    return terms, calendar_from_dict(own.data if own else {})


def centre_of(code: str | None, pack: str) -> Centre:
    """The centre named, else the only one that has a pack of this name. Raises BadQuestion."""
    if code:
        centre = Centre.objects.filter(code=code).first()
        if centre is None:
            raise BadQuestion(f"没有编码为“{code}”的运营中心")
        return centre
    owners = list(Centre.objects.filter(pk__in=RulePack.objects.filter(code=pack).values("centre")).order_by("path")[:2])
    if not owners:
        raise BadQuestion(f"没有名为“{pack}”的规则包；随附的叫 {SHIPPED}")
    if len(owners) > 1:
        raise BadQuestion(f"不止一个中心有规则包“{pack}”，请加 --centre 写明是哪个中心")
    return owners[0]


def read_calendar(path: str | None) -> WorkCalendar:
    """The default calendar, or a centre's file on top of it. Raises BadQuestion, BadCalendar."""
    if path is None:
        return WorkCalendar()
    try:
        return calendar_from_dict(json.loads(Path(path).read_text("utf-8-sig")))
    except OSError:
        raise BadQuestion(f"打不开日历文件“{path}”") from None
    except ValueError:  # also UnicodeDecodeError and JSONDecodeError
        raise BadQuestion(f"日历文件“{path}”不是 UTF-8 的 JSON") from None


def count(start: datetime, term: Term, calendar: Calendar) -> Due:
    """As `kernel.deadline.due`. Raises UncoveredYear for a year whose holidays nobody knows."""
    try:
        return due(start, term, calendar)
    except OverflowError:
        raise BadQuestion("时限太长，算不出到期时间") from None


def explain(start: datetime, term: Term, until: Due) -> list[str]:
    """Chinese lines: where it starts, every stretch counted and day passed over in order, the sum, the end."""
    rows = [(row.begins.date(), row.begins, counted_line(row)) for row in until.stretches]
    rows += [(rest.day, datetime.min.replace(tzinfo=SHANGHAI), skipped_line(rest)) for rest in until.skipped]
    total = sum((row.length for row in until.stretches), timedelta())
    return [
        f"起算　{moment(start)}",
        f"时限　{term}" + ("（开始当日不计入，末日下班时届满：民法典第二百零一条、第二百零三条）" if term.workdays else ""),
        *(line for _, _, line in sorted(rows)),
        f"合计　{length(total)}" + (f"，{term.workdays} 个工作日" if term.workdays else ""),
        f"到期　{moment(until.at)}",
    ]


def counted_line(row: Stretch) -> str:
    same_day = row.ends.date() == row.begins.date()
    ends = f"{row.ends:%H:%M}" if same_day else f"{row.ends:%Y-%m-%d %H:%M}"
    note = f"（{row.note}）" if row.note else ""
    return f"计入　{day_of(row.begins)} {row.begins:%H:%M}-{ends}　{length(row.length)}{note}"


def skipped_line(rest: RestDay) -> str:
    return f"跳过　{rest.day} 周{DAYS[rest.day.weekday()]}　{rest.reason}"


def day_of(at: datetime) -> str:
    return f"{at:%Y-%m-%d} 周{DAYS[at.weekday()]}"


def moment(at: datetime) -> str:
    return f"{day_of(at)} {at:%H:%M}" + (f":{at:%S}" if at.second else "")


def length(time: timedelta) -> str:
    """Hours, minutes and seconds in words."""
    hours, rest = divmod(int(time.total_seconds()), 3600)
    minutes, seconds = divmod(rest, 60)
    words = [f"{amount} {unit}" for amount, unit in ((hours, "小时"), (minutes, "分钟"), (seconds, "秒")) if amount]
    return " ".join(words) or "0 分钟"
