"""Who may know of an order, and who may do what with it."""

from django.db.models import Exists, OuterRef, Q, QuerySet

from huying.org.models import Unit
from huying.org.policies import Actor, NotAllowed
from huying.workorders.models import Application, Assignment, WorkOrder
from huying.workorders.rules.desks import UNIT_RIGHTS
from huying.workorders.workflow import Action, State, Task

CITIZENS_ACTIONS = {"urge", "supplement", "withdraw"}


def visible_to(actor: Actor) -> QuerySet[WorkOrder]:
    """The orders this actor may know of (R207, R256).

    The centre's people: their centre's subtree with the right to view it, else what they made, hold or follow;
    sensitive orders only with the right to view those. A unit's people: what was sent to the unit or its sub-units.
    """
    orders = WorkOrder.objects.all()
    if actor.kind in {"system", "peer"}:
        return orders
    if actor.kind == "citizen":
        return orders.filter(pk__in=actor.order_ids)
    staff = actor.staff
    if staff is None or not staff.is_active:
        return orders.none()
    if staff.unit is not None and staff.permissions.isdisjoint(UNIT_RIGHTS):
        return orders.none()  # an account of the unit that is not a liaison's sees none of its orders (R256)
    if staff.unit is not None:
        sent = Assignment.objects.filter(order=OuterRef("pk"), unit__path__startswith=staff.unit.path)
        return orders.filter(Exists(sent.exclude(state=Task.CANCELLED)))
    mine = Q(created_by=staff) | Q(holder=staff)
    seen = mine
    if actor.may("workorders.view_centre"):
        seen = Q(centre__path__startswith=staff.centre.path)
        if not actor.may("workorders.view_sensitive"):
            seen &= Q(is_sensitive=False) | mine
    return orders.filter(seen)


def marks_sensitive(actor: Actor) -> bool:
    """Whether this person may write down an appeal as sensitive through the API: whoever would then still know of it."""
    return actor.may_any(("workorders.view_sensitive", "workorders.review_special"))


def sees_contact(actor: Actor, order: WorkOrder) -> bool:
    """Whether this person may see (masked, or reveal) who is appealing.

    A handling unit never does for a confidential order (rules.md 3.3: 举报默认保密; R098).
    """
    return actor.staff is not None and not (actor.unit_id and order.confidential)


def found_by_phone(actor: Actor) -> QuerySet[WorkOrder]:
    """The orders this person may find by the appellant's number: trying numbers must not tell a unit who reported."""
    orders = visible_to(actor)
    return orders.filter(confidential=False) if actor.unit_id else orders


def works_for(actor: Actor, unit: Unit) -> bool:
    """Whether the actor's unit is this unit or stands above it."""
    return bool(actor.staff and actor.staff.unit and actor.staff.unit.holds(unit))


def check(actor: Actor, order: WorkOrder, action: Action, assignment: Assignment | None) -> None:
    """Raise NotAllowed unless this actor may take this action on this order (its state is looked at elsewhere)."""
    actor.must(action.permission)
    if actor.kind == "system":
        return
    if actor.kind == "citizen":
        if action.code not in CITIZENS_ACTIONS:
            raise NotAllowed
        return
    if action.on == "assignment" and (assignment is None or not works_for(actor, assignment.unit)):
        raise NotAllowed("这是其他单位的任务，您不能代为操作")
    if action.code in {"sign_off", "reject_sign_off"}:
        check_sign_off(actor, order)
    if action.side == "centre" and actor.unit_id and action.permission != "workorders.comment":
        raise NotAllowed
    if action.code == "dispatch" and order.state == State.DRAFT and order.template.data.get("flow", {}).get("review"):
        raise NotAllowed("该专项须先送审，审核通过后才能派单")
    if action.code in {"pass_review", "dispatch"} and order.state in {State.DRAFT, State.TO_REVIEW}:
        check_special(actor, order)


def check_special(actor: Actor, order: WorkOrder) -> None:
    """What is special is looked at by those with the right to it before any unit learns of it (R282)."""
    if order.takes_special_review and not actor.may("workorders.review_special"):
        raise NotAllowed("特殊单（保密、敏感、群体诉求或领导批示）须先送审，由有特殊单审核权限的人员审核")


def check_sign_off(actor: Actor, order: WorkOrder) -> None:
    """The unit's leader signs a unit's reply off; a letter to the mayor is signed by the centre's leader (R099)."""
    level = order.template.data.get("flow", {}).get("sign_off", "")
    if level == "centre" and actor.unit_id:
        raise NotAllowed("该专项的答复须由热线主管领导签发")
    if level == "unit" and not (order.unit and works_for(actor, order.unit)):
        raise NotAllowed("该答复须由承办单位领导签发")


def find_target(
    actor: Actor, order: WorkOrder, action: Action, target: int | None
) -> tuple[Assignment | None, Application | None]:
    """The assignment or application the action is about, locked; the only fitting one when `target` is left out."""
    if action.on == "application":
        pleas = Application.objects.select_for_update(of=("self",)).select_related("assignment__unit", "unit")
        kind = "return" if action.code == "arbitrate" else action.code.split("_", 1)[1]
        rows = pleas.filter(order=order, kind=kind).order_by("-id")
        plea = rows.filter(pk=target).first() if target else (rows.filter(state__in=action.frm).first() or rows.first())
        return (plea.assignment if plea else None), plea
    if action.on == "assignment":
        tasks = Assignment.objects.select_for_update(of=("self",)).select_related("unit", "parent")
        rows_of = tasks.filter(order=order).order_by("-id")
        if target:
            return rows_of.filter(pk=target).first(), None
        if actor.staff and actor.staff.unit:
            rows_of = rows_of.filter(unit__path__startswith=actor.staff.unit.path)
        own = [task for task in rows_of if task.unit_id == actor.unit_id] or list(rows_of)
        fitting = [task for task in own if task.state in action.frm]
        return next(iter(fitting or own), None), None
    return None, None


def state_allows(
    action: Action, order: WorkOrder, assignment: Assignment | None, application: Application | None
) -> bool:
    """Whether the thing the action looks at is in a state the table names."""
    if action.on == "order":
        return order.state in action.frm
    if action.on == "application":
        return application is not None and application.state in action.frm and order.is_open
    return assignment is not None and assignment.state in action.frm and role_allows(action, order, assignment)


def role_allows(action: Action, order: WorkOrder, assignment: Assignment) -> bool:
    """A main unit replies, an assisting or sub-unit feeds back; both only while the order is with the units."""
    main = assignment.role == Assignment.Role.MAIN
    if action.code == "reply":
        return main and order.state == State.HANDLING
    if action.code == "assist_reply":
        return not main and order.is_open
    if action.code == "request_return":
        return assignment.role != Assignment.Role.SUB and order.is_open
    return order.is_open
