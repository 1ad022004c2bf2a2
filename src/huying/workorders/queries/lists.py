"""The lists people work from: one page, its neighbours, how many there are (R102, R290)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import QuerySet

from huying.kernel import clock
from huying.org.models import Unit
from huying.org.policies import Actor
from huying.org.queries import centres_of
from huying.workorders.models import Application, Assignment, WorkOrder
from huying.workorders.policies import found_by_phone, visible_to
from huying.workorders.queries import lanes
from huying.workorders.queries.filters import Filters, narrow, pinpointed, readable
from huying.workorders.queries.lanes import COUNT_MOST, Branch, Cursor, Lanes, Place
from huying.workorders.queries.shown import Words, words_for_all
from huying.workorders.rules.desks import DESKS, Desk
from huying.workorders.workflow import UNFINISHED, Plea, State, Task

PAGE_SIZE = 50
_COLUMNS = (
    "number", "state", "kind", "urgency", "channel", "title", "place", "created_at", "due_at", "closed_at", "is_group",
    "confidential", "is_sensitive", "is_special", "supervised", "urge_count", "return_count", "rehandle_count",
    "reopen_count", "no_return", "held_until", "external_number", "version", "unit__name", "unit__short_name",
    "region__name", "holder__name",
)


@dataclass
class Line:
    """One row as it is shown."""

    order: WorkOrder
    task: Assignment | None = None
    plea: Application | None = None
    pleas: list[Application] = field(default_factory=list)
    shown: Words = str

    @property
    def due_at(self) -> datetime | None:
        """What is due next: for a unit's task, the task's own next step."""
        if self.task is None:
            return self.order.due_at
        return {Task.TO_SIGN: self.task.sign_due_at, Task.HANDLING: self.task.due_at}.get(Task(self.task.state))

    @property
    def overdue(self) -> bool:
        return self.due_at is not None and self.due_at < clock.now() and self.order.is_open

    @property
    def held_by(self) -> str:
        """Who has claimed the order, while that holds (R247)."""
        order = self.order
        return order.holder.name if order.holder and order.held_until and order.held_until > clock.now() else ""

    @property
    def state_label(self) -> str:
        return Task(self.task.state).label if self.task else State(self.order.state).label


@dataclass
class Page:
    """A page of a list; `newer` and `older` are cursors of the pages before and after it, if there are any."""

    lines: list[Line]
    before: str = ""
    after: str = ""
    count: int | None = None
    capped: bool = False
    since: datetime | None = None


def desks_of(actor: Actor) -> list[Desk]:
    """The lists this person has, in their order."""
    side = "unit" if actor.unit_id else "centre"
    return [desk for desk in DESKS.values() if desk.side == side and may_use(actor, desk)]


def may_use(actor: Actor, desk: Desk) -> bool:
    """A hotline person without a right over all orders still has what they made, hold or follow."""
    return not desk.permissions or actor.may_any(desk.permissions)


def find_desk(actor: Actor, code: str) -> Desk | None:
    """The desk of that name on this person's side, if it is theirs."""
    return next((desk for desk in desks_of(actor) if desk.code == code), None)


def own_units(actor: Actor) -> list[int]:
    """The unit of a unit's person and every unit below it."""
    if actor.staff is None or actor.staff.unit is None:
        return []
    return list(Unit.objects.filter(path__startswith=actor.staff.unit.path).values_list("pk", flat=True))


def own_centres(actor: Actor) -> list[int]:
    return centres_of(actor.staff) if actor.staff else []


def lanes_of(actor: Actor, desk: Desk, filters: Filters) -> Lanes:
    """The list as lanes, narrowed to what this person may know of and to the filters."""
    found = Lanes(branches(actor, desk, filters), over(desk), desk.sort)
    where = found.where
    if actor.unit_id is None and not actor.may("workorders.view_sensitive"):
        where.add("NOT o.is_sensitive OR o.created_by_id = %(me)s OR o.holder_id = %(me)s", me=actor.staff_id)
    if desk.over in {"mine", "followed"} and (states := tuple(filters.states) or desk.states):
        where.add("o.state = ANY (%(states)s)", states=list(states))
    elif filters.states and desk.over in {"tasks", "pleas"}:
        where.add("o.state = ANY (%(states)s)", states=list(filters.states))
    if desk.over == "tasks":
        same = "=" if desk.code != "delegated" else "<>"
        where.add(f"t.role {'=' if same == '<>' else '<>'} 'sub' {'AND' if same == '<>' else 'OR'} t.unit_id {same} %(unit)s",
                  unit=actor.unit_id)
    if desk.over == "tasks" and desk.code == "all":
        where.add("NOT EXISTS (SELECT 1 FROM workorders_assignment n WHERE n.order_id = t.order_id"
                  " AND n.unit_id = t.unit_id AND n.id > t.id AND n.state <> 'cancelled')")
    if desk.overdue:
        where.add(f"{found.keys[0]} < %(now)s", now=clock.now())
    if desk.special:
        where.add("o.is_special OR o.is_sensitive OR o.is_group OR o.confidential")
    narrow(filters, where)
    if actor.unit_id and filters.text.strip():
        where.add("o.id = ANY (%(readable)s)", readable=readable(visible_to(actor), filters.text))
    if filters.pinpoints:
        where.add("o.id = ANY (%(ids)s)", ids=pinpointed(filters, found_by_phone(actor) if filters.phone else visible_to(actor)))
    return found


def over(desk: Desk) -> str:
    return "orders" if desk.over == "mine" else desk.over


def branches(actor: Actor, desk: Desk, filters: Filters) -> tuple[Branch, ...]:
    me = actor.staff_id or 0
    if desk.over == "followed":
        return (lanes.followed_lane(me),)
    if desk.over == "mine":
        return (lanes.held_lane(me),) if desk.code == "drafts" else lanes.handled_lanes(me)
    if desk.over == "tasks":
        return (lanes.task_lanes(own_units(actor), desk.states),)
    if desk.over == "pleas":
        return (lanes.plea_lanes(own_centres(actor), desk.kinds, desk.states),)
    states = [state for state in desk.states or tuple(State) if not filters.states or state in filters.states]
    if desk.side == "unit":
        return (lanes.unit_lanes(own_units(actor), states),)
    if filters.units and desk.sort == "new":
        return (lanes.unit_lanes(filters.units, states),)
    if not desk.states and not filters.states:
        return (lanes.centre_lanes(own_centres(actor)),)
    return (lanes.order_lanes(own_centres(actor), states),)


def page_of(
    actor: Actor, desk: Desk, filters: Filters | None = None, *, cursor: str = "", size: int = PAGE_SIZE,
    counted: bool = True,
) -> Page:
    """One page of a desk. `cursor` is `Page.before` or `Page.after` of another page; nonsense gives the first page."""
    filters = filters or Filters()
    found, position = lanes_of(actor, desk, filters), Cursor.read(cursor)
    places, before, after = turn(found.page(size + 1, position), size, position)
    page = Page(lines_of(actor, desk, places), before, after)
    if counted:
        number = found.count()
        page.count, page.capped = min(number, COUNT_MOST), number > COUNT_MOST
    return page


def turn(places: list[Place], size: int, position: Cursor | None) -> tuple[list[Place], str, str]:
    """The rows of the page in reading order, and the cursors of the pages before and after it."""
    more, places = len(places) > size, places[:size]
    back = bool(position and position.back)
    if back:
        places = places[::-1]
    if not places:
        return places, "", ""
    first, last = places[0], places[-1]
    before = str(Cursor(first.at, first.subject, back=True)) if (more if back else position) else ""
    after = str(Cursor(last.at, last.subject)) if back or more else ""
    return places, before, after


def count_of(actor: Actor, desk: Desk, most: int = COUNT_MOST) -> int:
    """How many rows a desk has, counted no further than `most` + 1."""
    return lanes_of(actor, desk, Filters()).count(most)


def rows_for_list(actor: Actor) -> QuerySet[WorkOrder]:
    """Visible orders with what a list shows of them and nothing heavier."""
    return visible_to(actor).select_related("unit", "region", "holder").only(*_COLUMNS)


def lines_of(actor: Actor, desk: Desk, places: Sequence[Place]) -> list[Line]:
    """The rows of `places` in their order; whatever became invisible meanwhile is left out."""
    orders = {order.pk: order for order in rows_for_list(actor).filter(pk__in={place.order for place in places})}
    subjects = {place.subject for place in places}
    tasks: dict[int, Assignment] = {}
    pleas: dict[int, Application] = {}
    if desk.over == "tasks":
        tasks = Assignment.objects.select_related("unit").in_bulk(list(subjects))
    elif desk.over == "pleas":
        pleas = Application.objects.select_related("unit", "proposed_unit").in_bulk(list(subjects))
    waiting, shown = pending_pleas(orders), words_for_all(actor, orders)
    return [
        Line(order, tasks.get(place.subject), pleas.get(place.subject), waiting.get(order.pk, []), shown[order.pk])
        for place in places if (order := orders.get(place.order))
    ]


def pending_pleas(orders: Iterable[int]) -> dict[int, list[Application]]:
    """Applications that still wait for a decision, by order."""
    found: dict[int, list[Application]] = {}
    for plea in Application.objects.filter(order__in=list(orders), state__in=[Plea.PENDING, Plea.ARBITRATING]):
        found.setdefault(plea.order_id, []).append(plea)
    return found


def latest_tasks(orders: Iterable[int], units: Iterable[int]) -> dict[int, Assignment]:
    """By order, the newest task these units have had in it."""
    rows = Assignment.objects.filter(order__in=list(orders), unit__in=list(units)).exclude(state=Task.CANCELLED)
    unfinished = sorted(rows.select_related("unit"), key=lambda task: (task.state in UNFINISHED, task.pk))
    return {task.order_id: task for task in unfinished}
