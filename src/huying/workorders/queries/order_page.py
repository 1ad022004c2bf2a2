"""Everything one person may see of one order, read once."""

from dataclasses import dataclass, field
from typing import Any

from huying.audit.models import Event
from huying.citizens.models import Contact
from huying.org.policies import Actor
from huying.workorders.models import Application, Assignment, Attachment, Clock, Link, Verification, WorkOrder
from huying.workorders.policies import sees_contact, visible_to
from huying.workorders.queries.access import Look, looks
from huying.workorders.queries.offers import Offer, offers
from huying.workorders.queries.packs import template_of
from huying.workorders.queries.shown import Words, words_for, words_for_all
from huying.workorders.queries.timeline import Entry, attachments, timeline
from huying.workorders.queries.track import Badge, Stage, badges_of, events_of, stages_of
from huying.workorders.rules.next_step import first
from huying.workorders.workflow import Plea

_RELATED = ("centre", "template", "pack", "unit", "region", "category", "contact", "created_by", "holder")


@dataclass
class Task:
    """A unit's part with what belongs to it."""

    row: Assignment
    verifications: list[Verification]
    pleas: list[Application]
    files: list[Attachment]


@dataclass
class Related:
    """Another order and how it is tied to this one."""

    order: WorkOrder
    words: str
    shown: Words


@dataclass
class OrderPage:
    order: WorkOrder
    shown: Words
    title: str
    content: str
    place: str
    answer: str
    points: list[tuple[int, str]]
    extra: list[tuple[str, str]]
    contact: dict[str, str] | None
    hidden_contact: bool
    stages: list[Stage]
    badges: list[Badge]
    entries: list[Entry]
    tasks: list[Task]
    pleas: list[Application]
    clocks: list[Clock]
    next_clock: Clock | None
    files: list[Attachment]
    related: list[Related]
    looks: list[Look]
    offers: list[Offer]
    primary: Offer | None
    followed: bool
    last_event: Event | None = None
    faces: list["Facing"] = field(default_factory=list)

    @property
    def counting(self) -> list[Clock]:
        """Clocks that count, or counted to their end."""
        return [clock for clock in self.clocks if clock.state != Clock.State.CANCELLED]

    @property
    def cancelled(self) -> list[Clock]:
        """Clocks of what was taken back, redispatched or withdrawn: kept, but nobody's business any more."""
        return [clock for clock in self.clocks if clock.state == Clock.State.CANCELLED]


@dataclass
class Facing:
    """A return: what the unit says against what the dispatcher said, side by side, with all the rounds before."""

    plea: Application
    task: Assignment
    earlier: list[Application]


def orders_with_all(actor: Actor) -> Any:
    """Visible orders with all that the page of one needs."""
    return visible_to(actor).select_related(*_RELATED)


def order_page(actor: Actor, order: WorkOrder) -> OrderPage:
    """Read the page of an order of `orders_with_all`."""
    outside = actor.unit_id is not None
    tasks = list(order.assignments.select_related("unit", "signed_by", "dispatched_by", "replied_by", "parent__unit"))
    pleas = list(order.applications.select_related(
        "unit", "proposed_unit", "created_by", "decided_by", "assignment__unit", "assignment__dispatched_by"
    ))
    clocks = list(order.clocks.select_related("assignment__unit").order_by("id"))
    events, offered = events_of(order), offers(actor, order)
    if actor.staff and actor.staff.unit:  # what another unit asked for is between that unit and the hotline
        pleas = [plea for plea in pleas if actor.staff.unit.holds(plea.unit)]
    shown = words_for(actor, order)
    files = attachments(order, without_voice=outside and order.confidential, shown=shown)
    mine = parts(tasks, pleas, files)
    return OrderPage(
        order=order, shown=shown, title=shown(order.title), content=shown(order.content), place=shown(order.place),
        answer=shown(order.answer), points=[(point.seq, shown(point.text)) for point in order.points.all()],
        extra=extra_fields(order, shown), contact=contact_of(actor, order),
        hidden_contact=order.contact is not None and not sees_contact(actor, order),
        stages=stages_of(order, events, pleas), badges=badges_of(order, tasks, pleas),
        entries=timeline(actor, order, events, {file.pk: file for file in files}, shown),
        tasks=mine, pleas=pleas, clocks=clocks, next_clock=next_clock(clocks),
        files=[file for file in files if file.purpose in {Attachment.Purpose.APPEAL, Attachment.Purpose.SUPPLEMENT}],
        related=related(actor, order), looks=looks(actor, order), offers=offered, primary=first(offered, verified=verified(offered, mine)),
        followed=order.followers.filter(pk=actor.staff_id).exists(), last_event=events[-1] if events else None,
        faces=[] if outside else facing(pleas),
    )


def verified(offered: list[Offer], tasks: list[Task]) -> bool:
    """Whether a task this person may verify has been verified already."""
    own = {task.pk for offer in offered if offer.action.code == "verify" for task in offer.tasks}
    return any(task.row.pk in own and task.verifications for task in tasks)


def contact_of(actor: Actor, order: WorkOrder) -> dict[str, str] | None:
    """The contact masked, or None where there is none or it is hidden from this person."""
    contact: Contact | None = order.contact
    if contact is None or not sees_contact(actor, order):
        return None
    return {name: value for name, value in contact.masked.items() if value}


def extra_fields(order: WorkOrder, shown: Any) -> list[tuple[str, str]]:
    """The special template's own fields with their labels."""
    found = []
    for spec in template_of(order.template).fields:
        value = order.fields.get(spec.name)
        if value in (None, ""):
            continue
        words = {True: "是", False: "否"}.get(value, "") if isinstance(value, bool) else dict(spec.choices).get(str(value), str(value))
        found.append((spec.label, shown(words)))
    return found


def parts(tasks: list[Assignment], pleas: list[Application], files: list[Attachment]) -> list[Task]:
    """The units' parts, the newest dispatch first, sub-units below their parent."""
    rows = Verification.objects.filter(assignment__in=tasks).prefetch_related("proofs")
    checks: dict[int, list[Verification]] = {}
    for row in rows:
        checks.setdefault(row.assignment_id, []).append(row)
    top = sorted((task for task in tasks if task.parent_id is None), key=lambda task: (task.role != "main", -task.pk))
    ordered = [each for task in top for each in (task, *(child for child in tasks if child.parent_id == task.pk))]
    ordered += [task for task in tasks if task not in ordered]
    return [
        Task(task, checks.get(task.pk, []), [plea for plea in pleas if plea.assignment_id == task.pk],
             [file for file in files if file.assignment_id == task.pk])
        for task in ordered
    ]


def next_clock(clocks: list[Clock]) -> Clock | None:
    """The deadline somebody has to act on next; the citizen's overall clock only when nothing else runs."""
    running = [clock for clock in clocks if clock.state == Clock.State.RUNNING]
    return min(running, key=lambda clock: (clock.kind == Clock.Kind.ANSWER, clock.due_at), default=None)


def related(actor: Actor, order: WorkOrder) -> list[Related]:
    """Visible orders tied to this one, from either side."""
    links = Link.objects.filter(order=order) | Link.objects.filter(other=order)
    rows = list(links.order_by("-id")[:50])
    ids = {pk for link in rows for pk in (link.order_id, link.other_id)} - {order.pk}
    known = visible_to(actor).only("number", "title", "state", "created_at").in_bulk(ids)
    found, shown = [], words_for_all(actor, known)
    for link in rows:
        later = link.order_id == order.pk
        other = known.get(link.other_id if later else link.order_id)
        if other:
            label = Link.Kind(link.kind).label
            found.append(Related(other, label if later else _BACKWARD.get(link.kind, label), shown[other.pk]))
    return found


_BACKWARD = {"merged": "并入本单", "split": "由本单拆出", "urge": "由此催办", "review": "被复查", "copy": "被复用"}


def facing(pleas: list[Application]) -> list[Facing]:
    """Returns that wait for a decision, each with the earlier ones of this order."""
    returns = [plea for plea in pleas if plea.kind == Application.Kind.RETURN]
    return [
        Facing(plea, plea.assignment, [old for old in returns if old.pk < plea.pk])
        for plea in returns if plea.state in {Plea.PENDING, Plea.ARBITRATING}
    ]
