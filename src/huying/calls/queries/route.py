"""The answer to "who is calling, and where do they go": asked in the middle of a call, answered with few queries."""

from datetime import timedelta

from django.db.models import QuerySet

from huying.calls.models import Block, Call, CalledNumber, ListedCaller, PhoneSetting, RouteRule, SeatSession
from huying.calls.queries.numbers import hash_of
from huying.calls.rules.above import has_open_urgent
from huying.calls.rules.route import Answer, Caller, Rule, decide
from huying.citizens.models import Caller as KnownCaller
from huying.kernel import clock
from huying.kernel.clock import SHANGHAI
from huying.kernel.phones import normalise_phone


def route_of(called: str, caller: str) -> Answer:
    """Where a call from `caller` ("" when hidden) to `called` goes; nothing special for a number we do not know."""
    rows = CalledNumber.objects.filter(number=called, is_active=True)
    number = rows.select_related("centre__phone_setting", "flow__published").first()
    if number is None:
        return Answer()
    digest = hash_of(caller)
    blocked = bool(digest) and active_blocks(number.centre_id).filter(number_hash=digest).exists()
    flow = number.flow.published.context if number.flow and number.flow.is_active and number.flow.published else ""
    return decide(
        rules_of(number.centre_id), known(number.centre_id, caller, digest), called=number.pk,
        at=clock.now().astimezone(SHANGHAI).time(), flow=flow, last=last_agent(number, digest), blocked=blocked,
        excused=blocked and has_open_urgent(number.centre_id, digest),
    )


def active_blocks(centre_id: int | None = None) -> QuerySet[Block]:
    """The blocks in force now."""
    now = clock.now()
    rows = Block.objects.filter(state=Block.State.ACTIVE, begins_at__lte=now, ends_at__gt=now)
    return rows if centre_id is None else rows.filter(centre_id=centre_id)


def known(centre_id: int, caller: str, digest: bytes) -> Caller:
    number = normalise_phone(caller)
    if not digest:
        return Caller(number)
    labels = KnownCaller.objects.filter(centre_id=centre_id, phone_hash=digest).values_list("labels", flat=True).first()
    lists = ListedCaller.objects.filter(centre_id=centre_id, number_hash=digest).values_list("list_id", flat=True)
    return Caller(number, frozenset(labels or ()), frozenset(lists))


def rules_of(centre_id: int) -> list[Rule]:
    """The centre's rules in order; a rule's own person counts only while signed in, then overflow takes over (R203)."""
    rows = list(
        RouteRule.objects.filter(centre_id=centre_id, is_active=True).select_related("group", "flow__published").order_by("order", "id")
    )
    wanted = {row.desk_id for row in rows if row.desk_id}
    there = set(SeatSession.objects.filter(staff__in=wanted, ended_at=None).values_list("staff_id", flat=True)) if wanted else set()
    return [
        Rule(
            called=row.called_id, caller_list=row.caller_list_id, labels=frozenset(row.labels), prefixes=tuple(row.prefixes),
            hours_from=row.hours_from, hours_to=row.hours_to, queue=row.group.queue if row.group and row.group.is_active else "",
            desk=f"p{row.desk_id}" if row.desk_id in there else "",
            flow=row.flow.published.context if row.flow and row.flow.is_active and row.flow.published else "", priority=row.priority,
        )
        for row in rows
    ]


def last_agent(number: CalledNumber, digest: bytes) -> str:
    """The personal queue of who answered this caller last, within the hours set, and is signed in now (R214)."""
    setting: PhoneSetting = getattr(number.centre, "phone_setting", None) or PhoneSetting(centre=number.centre)
    if not digest or not setting.last_agent_hours or not setting.last_agent_seconds:
        return ""
    since = clock.now() - timedelta(hours=setting.last_agent_hours)
    rows = Call.objects.filter(number_hash=digest, centre_id=number.centre_id, entered_at__gte=since, agent__isnull=False)
    agent = rows.filter(direction=Call.Direction.IN).order_by("-entered_at").values_list("agent_id", flat=True).first()
    there = agent is not None and SeatSession.objects.filter(staff_id=agent, ended_at=None).exists()
    return f"p{agent}" if there else ""
