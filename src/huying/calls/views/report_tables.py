"""The four tables of the reports: which columns each has and how a cell is worded."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from huying.calls.queries.asked import Question
from huying.ui.rules.shapes import percent_fraction


@dataclass(frozen=True, slots=True)
class Figure:
    """A count that opens its calls."""

    title: str
    name: str

    def drawn(self, counts: dict[str, int], target: Decimal | None, behind: str) -> dict[str, Any]:
        return {"text": counts[self.name], "url": f"{behind}&figure={self.name}" if counts[self.name] else ""}


@dataclass(frozen=True, slots=True)
class Rate:
    """A share with its fraction; `has_target` marks it where it falls short (compared by whole numbers, C5)."""

    title: str
    part: str
    whole: str
    has_target: bool = False

    def drawn(self, counts: dict[str, int], target: Decimal | None, behind: str) -> dict[str, Any]:
        part, whole = counts[self.part], counts[self.whole]
        short = self.has_target and target is not None and whole > 0 and part * 10_000 < whole * int(target * 100)
        return {"text": percent_fraction(part, whole), "short": short, "url": f"{behind}&figure={self.part}" if part else ""}


@dataclass(frozen=True, slots=True)
class Mean:
    """Seconds on average over a count, to the tenth; `—` of nothing."""

    title: str
    sum: str
    of: str

    def drawn(self, counts: dict[str, int], target: Decimal | None, behind: str) -> dict[str, Any]:
        if not counts[self.of]:
            return {"text": "—", "url": ""}
        tenths = (counts[self.sum] * 2 + counts[self.of] * 100) // (counts[self.of] * 200)
        return {"text": f"{tenths // 10}.{tenths % 10} 秒", "url": ""}


@dataclass(frozen=True, slots=True)
class Hours:
    """A sum of milliseconds as hours, minutes, seconds."""

    title: str
    sum: str

    def drawn(self, counts: dict[str, int], target: Decimal | None, behind: str) -> dict[str, Any]:
        seconds = counts[self.sum] // 1000
        return {"text": f"{seconds // 3600}:{seconds // 60 % 60:02d}:{seconds % 60:02d}", "url": ""}


Cell = Figure | Rate | Mean | Hours


@dataclass(frozen=True, slots=True)
class Table:
    label: str
    note: str
    cells: tuple[Cell, ...]

    def columns_of(self, question: Question) -> list[str]:
        return [cell.title.format(seconds=question.seconds) for cell in self.cells]

    def note_of(self, question: Question) -> str:
        return self.note.format(seconds=question.seconds)


TABLES = {
    "service": Table(
        "接通", "接通率 = 人工接听 ÷ 请求人工；{seconds} 秒接通率 = {seconds} 秒内（含）接听 ÷ 请求人工。转接、多次振铃算一次通话。", (
            Figure("呼入", "calls"), Figure("请求人工", "wanted"), Figure("接听", "answered"), Rate("接通率", "answered", "wanted"),
            Rate("{seconds} 秒接通率", "in_time", "wanted", has_target=True), Rate("放弃率", "gave_up", "wanted"),
            Figure("{seconds} 秒内放弃", "gave_up_early"), Figure("系统中断", "lost"), Figure("其他未接", "other"),
        ),
    ),
    "handling": Table(
        "时长", "平均值 = 时长之和 ÷ 接听次数；等待到应答为止，通话不含保持。", (
            Figure("接听", "answered"), Mean("平均等待", "wait_ms", "answered"), Mean("平均通话", "talk_ms", "answered"),
            Mean("平均保持", "hold_ms", "answered"), Mean("平均话后", "wrap_ms", "answered"), Hours("通话合计", "talk_ms"),
            Hours("保持合计", "hold_ms"), Hours("话后合计", "wrap_ms"),
        ),
    ),
    "handling_by_agent": Table(
        "时长", "首接 = 第一个接听的通话，一次通话只计给一人；参与 = 由别人首接、本人接着通话或提供咨询的通话。通话、话后是本人的，"
        "平均值 = 合计 ÷（首接 + 参与）；等待、保持计给首接人。", (
            Figure("首接", "answered"), Figure("参与", "joined"), Mean("平均等待", "wait_ms", "answered"),
            Mean("平均通话", "own_talk_ms", "handled"), Mean("平均话后", "own_wrap_ms", "handled"), Hours("通话合计", "own_talk_ms"),
            Hours("咨询合计", "advice_ms"), Hours("保持合计", "hold_ms"), Hours("话后合计", "own_wrap_ms"),
        ),
    ),
    "rating": Table(
        "满意度", "满意率 = 满意 ÷ 已评价；来电人先挂断而未邀评的不计。", (
            Figure("接听", "answered"), Rate("邀评率", "invited", "answered"), Rate("参评率", "rated", "invited"),
            Figure("5 非常满意", "key5"), Figure("4 满意", "key4"), Figure("3 一般", "key3"), Figure("2 不满意", "key2"),
            Figure("1 非常不满意", "key1"), Rate("满意率", "happy", "rated"),
        ),
    ),
    "desks": Table(
        "转接归集", "转给其他热线的每一次：直接转接、咨询、三方都算；接通率 = 对方接听 ÷ 转接，通话从对方接听算到对方结束。", (
            Figure("转接", "passed"), Figure("对方接听", "passed_answered"), Rate("接通率", "passed_answered", "passed"),
            Mean("平均通话", "passed_ms", "passed_answered"), Hours("通话合计", "passed_ms"),
        ),
    ),
    "out": Table(
        "外呼", "接通率 = 外呼接通 ÷ 外呼。", (
            Figure("外呼", "out"), Figure("接通", "out_answered"), Rate("接通率", "out_answered", "out"),
            Mean("平均通话", "out_talk_ms", "out_answered"), Hours("通话合计", "out_talk_ms"),
        ),
    ),
}
TABS = ("service", "handling", "rating", "out", "desks")


def table_of(name: str, question: Question | None = None) -> Table:
    """The table of that name, the first one for any other; handling by agent is told as each one's own."""
    chosen = name if name in TABS else TABS[0]
    return TABLES["handling_by_agent" if chosen == "handling" and question and question.by == "agent" else chosen]
