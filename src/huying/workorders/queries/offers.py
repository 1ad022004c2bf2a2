"""What a person may do with an order right now."""

from dataclasses import dataclass, field

from huying.org.policies import Actor, NotAllowed
from huying.workorders.models import Application, Assignment, Reward, WorkOrder
from huying.workorders.policies import check, state_allows
from huying.workorders.queries.packs import pack_of
from huying.workorders.workflow import ACTIONS, Action, Plea


@dataclass(frozen=True, slots=True)
class Offer:
    """An action that would be accepted now; `tasks` or `pleas` are what it may be about, when it is about one."""

    action: Action
    tasks: list[Assignment] = field(default_factory=list)
    pleas: list[Application] = field(default_factory=list)


def offers(actor: Actor, order: WorkOrder) -> list[Offer]:
    """The actions of `workflow.ACTIONS` this person may take on this order as it stands (the clocks' own left out)."""
    tasks = list(order.assignments.select_related("unit"))
    pleas = list(order.applications.select_related("unit", "assignment__unit"))
    found = (offer(actor, order, action, tasks, pleas) for action in ACTIONS.values() if action.side != "system")
    return [one for one in found if one]


def offer(
    actor: Actor, order: WorkOrder, action: Action, tasks: list[Assignment], pleas: list[Application]
) -> Offer | None:
    if not actor.may(action.permission) or not has_matter(order, action):
        return None
    if action.on == "assignment":
        fitting = [row for row in tasks if fits(actor, order, action, row, None)]
        if action.code == "request_return":
            fitting = [row for row in fitting if may_return(order, row, pleas)]
        return Offer(action, tasks=fitting) if fitting else None
    if action.on == "application":
        kind = "return" if action.code == "arbitrate" else action.code.split("_", 1)[1]
        asked = [row for row in pleas if row.kind == kind and row.state != Plea.APPROVED]
        suiting = [row for row in asked if fits(actor, order, action, row.assignment, row)]
        return Offer(action, pleas=suiting) if suiting else None
    return Offer(action) if fits(actor, order, action, None, None) else None


def has_matter(order: WorkOrder, action: Action) -> bool:
    """Whether there is anything to do it with: points to split off, a reward that was promised or asked for."""
    match action.code:
        case "split":
            return order.state in action.frm and order.points.exists()
        case "grant_reward":
            return Reward.objects.filter(order=order, state=Reward.State.OFFERED).exists()
        case "pay_reward":
            return Reward.objects.filter(order=order, state=Reward.State.CLAIMED).exists()
    return True


def may_return(order: WorkOrder, task: Assignment, pleas: list[Application]) -> bool:
    """Once per unit, and never after an arbitration: what would be refused is not offered."""
    asked = [plea for plea in pleas if plea.kind == Application.Kind.RETURN and plea.unit_id == task.unit_id]
    return not order.no_return and len(asked) < pack_of(order.pack).returns_per_unit


def fits(
    actor: Actor, order: WorkOrder, action: Action, task: Assignment | None, plea: Application | None
) -> bool:
    """The same two questions `act` asks: may this person, and does the state allow it."""
    try:
        check(actor, order, action, task)
    except NotAllowed:
        return False
    return state_allows(action, order, task, plea)
