"""Where an order stands, as a parcel's track: real stages, and what goes on beside them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from huying.audit.models import Event
from huying.workorders.models import Application, Assignment, WorkOrder
from huying.workorders.workflow import FINAL, STAGES, UNFINISHED, Plea, State, Task


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage; `state` is done, current, todo or skipped."""

    label: str
    state: str
    at: datetime | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Badge:
    text: str
    tone: str = ""


def events_of(order: WorkOrder) -> list[Event]:
    """The order's whole history, oldest first."""
    return list(Event.objects.filter(stream="order", stream_id=order.pk).order_by("seq"))


def stages_of(order: WorkOrder, events: Sequence[Event], pleas: Iterable[Application] = ()) -> list[Stage]:
    """The stages with the time each was last entered and, at the current one, the real words of the state."""
    entered = {event.after: event.at for event in events if event.after}
    current = State(order.state)
    here = next((place for place, (_, states) in enumerate(STAGES) if current in states), len(STAGES) - 1)
    ended = current in FINAL
    stages = []
    for place, (label, states) in enumerate(STAGES):
        times = [entered[state] for state in states if state in entered]
        at = max(times, default=None)
        if ended and place == here:
            stages.append(Stage(label if current == State.CLOSED else current.label, "done", order.closed_at or at))
        elif place == here:
            stages.append(Stage(label, "current", at, now_words(order, pleas)))
        elif place < here:
            stages.append(Stage(label, "done" if at or place == 0 else "skipped", at))
        else:
            stages.append(Stage(label, "todo"))
    return stages


def now_words(order: WorkOrder, pleas: Iterable[Application] = ()) -> str:
    """What is going on, never an empty "in progress": 待结果审核, 部门间定责中, 延期审核中."""
    waiting = [plea for plea in pleas if plea.state in {Plea.PENDING, Plea.ARBITRATING}]
    words = [plea_words(plea) for plea in waiting]
    return "、".join(dict.fromkeys([State(order.state).label, *words]))


def plea_words(plea: Application) -> str:
    if plea.state == Plea.ARBITRATING:
        return "部门间定责中"
    return f"{Application.Kind(plea.kind).label}审核中"


def badges_of(order: WorkOrder, tasks: Iterable[Assignment] = (), pleas: Iterable[Application] = ()) -> list[Badge]:
    """What runs beside the state, and what the order is marked with; most pressing first."""
    tasks = list(tasks)
    found: list[Badge] = []
    if order.supervised:
        found.append(Badge("督办", "red"))
    if order.urge_count:
        found.append(Badge(f"催办×{order.urge_count}", "amber"))
    if order.is_open:
        found += [Badge(plea_words(plea), "amber") for plea in pleas if plea.state in {Plea.PENDING, Plea.ARBITRATING}]
        others = [task for task in tasks if task.role != Assignment.Role.MAIN and task.state in UNFINISHED]
        if others:
            found.append(Badge(f"协办中 {len(others)}" if len(others) > 1 else "协办中", "blue"))
        if any(task.state == Task.SUSPENDED for task in tasks):
            found.append(Badge("挂起", "amber"))
    marks = ((order.is_group, "群体", "red"), (order.is_sensitive, "敏感", "red"), (order.confidential, "保密", "red"),
             (order.is_special, "特殊单", "amber"), (order.no_return, "不得再退", ""))
    found += [Badge(text, tone) for is_so, text, tone in marks if is_so]
    counts = ((order.return_count, "退回"), (order.rehandle_count, "重办"), (order.reopen_count, "重开"))
    return found + [Badge(f"{text}×{count}", "") for count, text in counts if count]
