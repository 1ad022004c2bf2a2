"""How a due time came about (R116): what was counted, what was passed over, what moved it since."""

from dataclasses import dataclass
from datetime import datetime

from huying.kernel.calendar import RestDay, Stretch
from huying.kernel.deadline import Due, Term, due
from huying.org.queries import work_calendar
from huying.workorders.models import Clock, WorkOrder


@dataclass(frozen=True)
class Explained:
    """`counted_to` is what the term alone gives; `moved` says that the clock now shows another time."""

    term: str
    calendar: str
    counted_to: datetime
    provisional: bool
    stretches: tuple[Stretch, ...]
    skipped: tuple[RestDay, ...]
    moved: bool
    notes: list[str]


def explain(order: WorkOrder, clock: Clock) -> Explained:
    """Count the clock's term again from its start, on the calendar it was started with."""
    term = Term(**clock.term)
    count: Due = due(clock.started_at, term, work_calendar(clock.calendar))
    moved = abs((count.at - clock.due_at).total_seconds()) >= 1
    name = "自然时间" if term.natural else (clock.calendar.name if clock.calendar else "全国法定工作日历")
    return Explained(str(term), name, count.at, count.provisional, count.stretches, count.skipped, moved,
                     notes_of(clock) if moved else [])


def notes_of(clock: Clock) -> list[str]:
    """Why the clock differs from its bare term."""
    task, notes = clock.assignment, []
    if task is not None and task.extended_days:
        notes.append(f"已批准延期 {task.extension_count} 次，共 {task.extended_days} 个工作日")
    if task is not None and task.parent_id:
        notes.append("二级交办的期限由上级单位指定，不晚于上级单位的期限")
    if not notes:
        notes.append("期间有暂停（挂起）或延期，到期时间已顺延；每次变动见办理记录")
    return notes
