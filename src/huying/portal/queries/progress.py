"""Everything the progress page of one order says, read for its own citizen: no person's name, nothing of the house."""

from dataclasses import dataclass, field
from datetime import datetime

from huying.audit.models import Access, Event
from huying.citizens.models import Contact
from huying.followup.models import Rating
from huying.followup.operations import answer_shown, closed_as
from huying.kernel.errors import Refusal
from huying.org.policies import Actor, NotAllowed
from huying.portal.rules.milestones import Milestone, milestone
from huying.portal.rules.situation import Situation, situation
from huying.portal.rules.stages import Stage, stages
from huying.workorders.catalog import Finding, Ground, Outcome
from huying.workorders.models import Application, Assignment, Attachment, Clock, WorkOrder
from huying.workorders.operations.closing import rating_open
from huying.workorders.policies import check, state_allows
from huying.workorders.queries import pack_of, template_of
from huying.workorders.workflow import ACTIONS, FINAL, UNFINISHED, Plea, State, Task

ANSWERED = {State.TO_FOLLOW_UP, State.FOLLOWING_UP, State.TO_CLOSE, State.CLOSED, State.DECLINED}
OWN_FILES = (Attachment.Purpose.APPEAL, Attachment.Purpose.SUPPLEMENT)
LOOKED = (Access.Kind.REVEAL, Access.Kind.CALL, Access.Kind.EXPORT)


@dataclass(frozen=True, slots=True)
class Look:
    """Somebody had personal data of this order shown: when and what, never who."""

    at: datetime
    what: str


@dataclass
class Progress:
    """`due` is the deadline of the present step, `answer_due` that of the whole."""

    order: WorkOrder
    now: Situation
    track: list[Stage]
    milestones: list[Milestone]
    due: datetime | None = None
    due_paused: bool = False
    answer_due: datetime | None = None
    assistants: list[str] = field(default_factory=list)
    extended: int = 0
    suspended_until: datetime | None = None
    answer: str = ""
    public_reply: str = ""
    finding: str = ""
    outcome: str = ""
    reply_files: list[Attachment] = field(default_factory=list)
    own_files: list[Attachment] = field(default_factory=list)
    looks: list[Look] = field(default_factory=list)
    may: set[str] = field(default_factory=set)
    rating: Rating | None = None

    @property
    def is_final(self) -> bool:
        return self.order.state in FINAL


def progress_of(actor: Actor, order: WorkOrder) -> Progress:
    """The page of an order already proven to be this citizen's."""
    tasks = list(order.assignments.select_related("unit"))
    main = next((task for task in reversed(tasks) if task.role == Assignment.Role.MAIN), None)
    pleas = list(order.applications.select_related("assignment").order_by("id"))
    events = list(Event.objects.filter(stream="order", stream_id=order.pk).order_by("seq"))
    clocks = list(order.clocks.filter(state__in=[Clock.State.RUNNING, Clock.State.PAUSED]))
    now = _situation(order, main, pleas)
    page = Progress(order, now, stages(_passed(events, order)), _milestones(events))
    _deadlines(page, main, pleas, clocks)
    page.assistants = [task.unit.name for task in tasks if task.role == Assignment.Role.ASSIST and task.state in UNFINISHED]
    page.looks = looks_at(order)
    page.may = {code for code in ("urge", "supplement", "withdraw") if _may(actor, order, code)}
    _result(page)
    _rating(page)
    return page


def _passed(events: list[Event], order: WorkOrder) -> list[tuple[str, datetime]]:
    passed = [(event.after, event.at) for event in events if event.after]
    return passed or [(order.state, order.created_at)]


def _milestones(events: list[Event]) -> list[Milestone]:
    """The newest first."""
    found = [
        milestone(event.kind, event.at, event.data, by_citizen=event.actor_kind == "citizen", reason=event.reason)
        for event in reversed(events)
    ]
    return [line for line in found if line]


def _situation(order: WorkOrder, main: Assignment | None, pleas: list[Application]) -> Situation:
    open_return = [plea for plea in pleas if plea.kind == Application.Kind.RETURN and plea.state in {Plea.PENDING, Plea.ARBITRATING}
                   and plea.assignment.role == Assignment.Role.MAIN]
    suspended = main is not None and main.state == Task.SUSPENDED
    ground = next((plea.ground for plea in reversed(pleas) if plea.kind == Application.Kind.SUSPENSION
                   and plea.state == Plea.APPROVED), "") if suspended else ""
    return situation(
        order.state, unit=main.unit.name if main and order.unit_id else "", returning=open_return[-1].state if open_return else "",
        disputed=order.return_count > 0, waiting=Ground(ground).label if ground else "",
        sign_level=template_of(order.template).flow.sign_off,
    )


def _deadlines(page: Progress, main: Assignment | None, pleas: list[Application], clocks: list[Clock]) -> None:
    own = [clock for clock in clocks if clock.assignment_id in {None, main.pk if main else None}]
    of_step = next((clock for clock in own if clock.kind == page.now.clock), None)
    whole = next((clock for clock in own if clock.kind == Clock.Kind.ANSWER), None)
    page.due = of_step.due_at if of_step else None
    page.due_paused = of_step is not None and of_step.state == Clock.State.PAUSED
    page.answer_due = whole.due_at if whole and whole.state == Clock.State.RUNNING else None
    page.extended = main.extended_days if main else 0
    if main and main.state == Task.SUSPENDED:
        asked = [plea for plea in pleas if plea.kind == Application.Kind.SUSPENSION and plea.state == Plea.APPROVED]
        page.suspended_until = asked[-1].until if asked else None


def _result(page: Progress) -> None:
    """The answer once it has passed the check; until then it is nobody's answer yet."""
    order = page.order
    handled = closed_as(order) if order.state == State.MERGED else order
    if handled.state in ANSWERED:
        page.public_reply = handled.public_reply
        page.answer = handled.answer if handled.pk == order.pk else answer_shown(handled)
        page.finding = Finding(handled.finding).label if handled.finding else ""
        page.outcome = Outcome(handled.outcome).label if handled.outcome else ""
        if handled.pk == order.pk:
            page.reply_files = list(order.attachments.filter(purpose=Attachment.Purpose.REPLY))
    page.own_files = list(order.attachments.filter(purpose__in=OWN_FILES, uploaded_by=None))


def _rating(page: Progress) -> None:
    order = page.order
    page.rating = Rating.objects.filter(order=order, round=order.reopen_count).first()
    if page.rating is None and may_rate(order):
        page.may.add("rate")


def may_rate(order: WorkOrder) -> bool:
    """Whether its citizen may rate it, had he not yet: closed, and within the pack's days (R284)."""
    if order.state not in ACTIONS["rate"].frm:
        return False
    handled = closed_as(order)
    return not handled.is_open and rating_open(handled.closed_at, pack_of(order.pack).rating_days)


def _may(actor: Actor, order: WorkOrder, code: str) -> bool:
    try:
        check(actor, order, ACTIONS[code], None)
    except NotAllowed:
        return False
    return state_allows(ACTIONS[code], order, None, None)


def looks_at(order: WorkOrder) -> list[Look]:
    """How often and when somebody had this citizen's data shown, the newest first (`workorders.queries.access`)."""
    rows = Access.objects.filter(stream="order", stream_id=order.pk, kind__in=LOOKED).order_by("-at")
    return [Look(row.at, _what(row)) for row in rows]


def _what(row: Access) -> str:
    if row.kind == Access.Kind.REVEAL:
        return f"查看了您的{Contact.SECRET_FIELDS.get(row.field, '个人信息')}"
    return "通过平台拨打了您的电话" if row.kind == Access.Kind.CALL else "导出了含这张工单的清单（联系方式已隐去）"


def own_file(page_files: list[Attachment], pk: int) -> Attachment:
    """One of the files the page names. Raises Refusal."""
    found = next((file for file in page_files if file.pk == pk), None)
    if found is None:
        raise Refusal("没有这个文件")
    return found
