"""Take one step in an order's life: lock, check, perform, put on record; all or nothing.

Every action of `workflow.ACTIONS` runs through `act`; what is peculiar to one stands in a file of its own, registered
by `@performs`. Two people acting at once, a double click, a retried request: exactly one effect, and the other is told
who did what (issue: concurrency).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction

from huying.audit.models import Event
from huying.audit.operations import append
from huying.kernel import bus, clock
from huying.org.policies import Actor
from huying.workorders import policies
from huying.workorders.events import OrderMoved
from huying.workorders.models import Application, Assignment, WorkOrder
from huying.workorders.operations.clean import clean
from huying.workorders.queries.refusals import NoSuchOrder, already_done, stale
from huying.workorders.workflow import ACTIONS, Action, State, leads

STREAM = "order"


@dataclass
class Step:
    """One action in progress on a locked order."""

    actor: Actor
    action: Action
    order: WorkOrder
    assignment: Assignment | None = None
    application: Application | None = None
    before: str = ""
    reason: str = ""
    data: dict[str, Any] = field(default_factory=dict)
    after_commit: list[Callable[[], object]] = field(default_factory=list)

    @property
    def task(self) -> Assignment:
        """The assignment this action is about."""
        if self.assignment is None:
            raise NoSuchOrder
        return self.assignment

    @property
    def plea(self) -> Application:
        """The application this action is about."""
        if self.application is None:
            raise NoSuchOrder
        return self.application

    def move(self, to: State) -> None:
        """Bring the order into another state; the table must allow it."""
        if not leads(self.action, State(self.order.state), to):
            raise AssertionError(f"{self.action.code} may not lead from {self.order.state} to {to}")
        self.order.state = to

    def note(self, reason: str = "", **data: Any) -> None:
        """What the event will say besides who, when, from and to."""
        self.reason = reason or self.reason
        self.data |= data


Performer = Callable[[Step, dict[str, Any]], None]
PERFORMERS: dict[str, Performer] = {}


def performs(code: str) -> Callable[[Performer], Performer]:
    """Register the function that carries out action `code`."""

    def register(performer: Performer) -> Performer:
        assert code in ACTIONS and code not in PERFORMERS, code
        PERFORMERS[code] = performer
        return performer

    return register


@transaction.atomic
def act(
    *, actor: Actor, number: str, code: str, data: Mapping[str, Any], target: int | None = None,
    version: int | None = None,
) -> WorkOrder:
    """Carry out action `code` on order `number` and return the order as it is afterwards.

    `target` names the assignment or application the action is about (may be left out when only one fits). `version`
    is what the person saw. Raises NoSuchOrder for whoever may not know of the order, NotAllowed, AlreadyDone,
    BadInput, and what the action itself refuses. A request repeated with the same `actor.request_id` changes nothing.
    """
    action = ACTIONS.get(code)
    order = lock(actor, number)
    if action is None:
        raise NoSuchOrder
    if repeated(order, action, actor):
        return order
    step = Step(actor, action, order, before=order.state)
    step.assignment, step.application = policies.find_target(actor, order, action, target)
    policies.check(actor, order, action, step.assignment)
    if not policies.state_allows(action, order, step.assignment, step.application):
        raise already_done(order)
    if version is not None and version != order.version and action.danger:
        raise stale(order)
    return finish(step, clean(action, data, order, actor))


def finish(step: Step, data: dict[str, Any]) -> WorkOrder:
    """Perform, record and save; for callers that hold the lock and have checked."""
    PERFORMERS[step.action.code](step, data)
    return record(step)


def record(step: Step) -> WorkOrder:
    """Append the event, save the order and tell the rooms above."""
    order = step.order
    after = order.state if order.state != step.before else ""
    order.version += 1
    event = append(
        order, stream=STREAM, kind=step.action.code, actor=step.actor, centre_id=order.centre_id,
        before=step.before if after else "", after=after, reason=step.reason, data=step.data, at=clock.now(),
    )
    order.save()
    bus.publish(OrderMoved(order.pk, order.number, step.action.code, step.before, order.state, event.pk))
    return order


def lock(actor: Actor, number: str) -> WorkOrder:
    """The order, locked until commit, if this person may know of it. Raises NoSuchOrder."""
    found = policies.visible_to(actor).filter(number=number).values_list("pk", flat=True).first()
    if found is None:
        raise NoSuchOrder
    held = WorkOrder.objects.select_for_update(of=("self",))
    # Not its unit: after waiting for the lock a joined row is still the one from before the wait.
    return held.select_related("centre", "pack", "template").get(pk=found)


def repeated(order: WorkOrder, action: Action, actor: Actor) -> bool:
    """Whether this very request has already been carried out (a retry, a double click)."""
    return Event.objects.filter(
        stream=STREAM, stream_id=order.pk, kind=action.code, request_id=actor.request_id
    ).exists()
