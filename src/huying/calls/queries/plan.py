"""The database's rows as one node of the switch is told them (`switch.plan`)."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings

from huying.calls.models import CalledNumber, Flow, OtherDesk, Phone, PhoneSetting, Prompt, Skill, SkillGroup, Trunk
from huying.calls.rules.graph import BadGraph, read_graph
from huying.calls.rules.plan_check import Fault, checked
from huying.kernel import clock
from huying.kernel.clock import SHANGHAI
from huying.org.models import Calendar, Centre
from huying.org.queries import ALL, calendar_of, tenant_scope, work_calendar
from huying.switch import plan as told

DAYS_AHEAD = 14
LAST_AGENT_SECONDS = 10


def plan_of_node(data: Path) -> told.Plan:
    """Everything the node with the data folder `data` is told; whatever cannot work is left out."""
    return plan_and_faults(data)[0]


def plan_and_faults(data: Path) -> tuple[told.Plan, list[Fault]]:
    """The plan, and what was left out of it and why."""
    with tenant_scope(ALL):  # a node serves all centres
        faults: list[Fault] = []
        plan = told.Plan(
            **settings.SWITCH | {"folder": (data / "switch").resolve()}, phones=tuple(_phones()), trunks=tuple(_trunks()),
            queues=(*_groups(), *_personal()), hours=tuple(_hours()), flows=tuple(_flows(faults)), numbers=tuple(_numbers()),
            callers=outgoing_numbers(), lines=dict(PhoneSetting.objects.values_list("centre__code", "lines")),
        )
        plan = replace(plan, desks=tuple(_desks(plan.trunks)))
        good, more = checked(plan, frozenset(prompt.sound for prompt in Prompt.objects.all()))
        return good, faults + more


def refusal_of(graph: object, data: Path) -> str:
    """Why the switch could not be told this flow beside all that it is told now; "" when it can."""
    with tenant_scope(ALL):
        plan = plan_of_node(data)
        flow = read_graph("f0v1", graph)
        _, faults = checked(replace(plan, flows=(flow,), numbers=()), frozenset(prompt.sound for prompt in Prompt.objects.all()))
        return "；".join(fault.why for fault in faults)


def outgoing_numbers() -> dict[str, str]:
    """Centre code -> the number its calls out show; a centre without one shows that of the nearest centre above (R206)."""
    own = dict(CalledNumber.objects.filter(is_outgoing=True, is_active=True).values_list("centre_id", "number"))
    found = {}
    for centre in Centre.objects.filter(is_active=True):
        nearest = next((own[pk] for pk in reversed(centre.lineage) if pk in own), "")
        if nearest:
            found[centre.code] = nearest
    return found


KINDS: dict[str, told.PhoneKind] = {Phone.Kind.SIP: "sip", Phone.Kind.WEBRTC: "webrtc", Phone.Kind.CITIZEN: "citizen"}


def _phones() -> Iterator[told.Phone]:
    callers = outgoing_numbers()
    for row in Phone.objects.filter(is_active=True, centre__is_active=True).select_related("centre", "owner"):
        yield told.Phone(
            extension=row.extension, password=row.password, kind=KINDS[row.kind],
            name=row.owner.name if row.owner else row.place or row.extension, centre=row.centre.code,
            caller_id=callers.get(row.centre.code, ""), auto_answer=row.answers == Phone.Answering.AUTO,
        )


def _trunks() -> Iterator[told.Trunk]:
    for row in Trunk.objects.filter(is_active=True):
        yield told.Trunk(row.name, tuple(row.match), row.contact, tuple(row.codecs) or ("alaw", "ulaw"), row.lines)


def _groups() -> Iterator[told.Queue]:
    for row in SkillGroup.objects.filter(is_active=True, centre__is_active=True).select_related("overflow"):
        yield told.Queue(
            row.queue, "group", ring_seconds=row.ring_seconds, strategy=row.strategy, weight=row.weight,
            announce_position=row.announces, longest_wait=row.most_wait,
            overflow=row.overflow.queue if row.overflow else "", callback=row.offers_call_back,
        )


def _personal() -> Iterator[told.Queue]:
    """One for everybody with a skill: for who was served by them last, and for calls meant for them alone (R203, R214)."""
    waits = dict(PhoneSetting.objects.values_list("centre_id", "last_agent_seconds"))
    rows = Skill.objects.filter(staff__is_active=True, group__is_active=True).order_by("staff_id")
    for staff, centre in rows.values_list("staff_id", "staff__centre_id").distinct():
        seconds = waits.get(centre, LAST_AGENT_SECONDS) or LAST_AGENT_SECONDS
        yield told.Queue(f"p{staff}", "personal", ring_seconds=seconds, strategy="ringall", announce_position=False, callback=False)


def _hours() -> Iterator[told.Hours]:
    """`h<calendar pk>` for each calendar, `c<centre pk>` for the one that counts for a centre as a whole."""
    calendars = {calendar.pk: calendar for calendar in Calendar.objects.all()}
    for calendar in calendars.values():
        yield hours_of(f"h{calendar.pk}", calendar)
    for centre in Centre.objects.filter(is_active=True).select_related("calendar"):
        yield hours_of(f"c{centre.pk}", calendar_of(centre=centre))


def hours_of(name: str, calendar: Calendar | None) -> told.Hours:
    """When it is open from today on for as many days as the switch is told ahead."""
    working, spans = work_calendar(calendar), []
    today = clock.now().astimezone(SHANGHAI).replace(hour=0, minute=0, second=0, microsecond=0)
    for day in range(DAYS_AHEAD):
        date = (today + timedelta(days=day)).date()
        for span in working.spans_on(date):
            stretch = span.on(date)
            spans.append((stretch.begins, _within(stretch.ends, stretch.begins)))
    return told.Hours(name, tuple(spans), until=today + timedelta(days=DAYS_AHEAD))


def _within(ends: datetime, begins: datetime) -> datetime:
    """A span that ends at midnight ends a second before, on its own day."""
    return ends if ends.date() == begins.date() else ends - timedelta(seconds=1)


def _flows(faults: list[Fault]) -> Iterator[told.Flow]:
    for row in Flow.objects.filter(is_active=True, published__isnull=False).select_related("published"):
        assert row.published is not None
        try:
            yield read_graph(row.published.context, row.published.graph)
        except BadGraph as refusal:
            faults.append(Fault(f"语音流程 {row.name}", refusal.message))


def _numbers() -> Iterator[told.Number]:
    surveys = dict(PhoneSetting.objects.values_list("centre_id", "survey"))
    rows = CalledNumber.objects.filter(is_active=True, centre__is_active=True)
    for row in rows.select_related("centre", "flow__published", "group", "greeting"):
        flow = row.flow.published.context if row.flow and row.flow.is_active and row.flow.published else ""
        yield told.Number(
            called=row.number, centre=row.centre.code, flow=flow, queue=row.group.queue,
            greeting=row.greeting.sound if row.greeting else "", survey=surveys.get(row.centre_id, True),
        )


def _desks(trunks: tuple[told.Trunk, ...]) -> Iterator[told.Desk]:
    """By their codes; where a second centre means another number by the same code, its own is `110c7`, with its key."""
    trunk = next((row.name for row in trunks if row.contact), "")
    known: dict[str, str] = {}
    rows = OtherDesk.objects.filter(is_active=True, centre__is_active=True).select_related("centre", "trunk")
    for row in rows.order_by("centre_id", "order"):
        own = row.trunk.name if row.trunk and row.trunk.is_active and row.trunk.contact else ""
        code = row.code if known.get(row.code, row.number) == row.number else f"{row.code}c{row.centre_id}"
        if code not in known:
            known[code] = row.number
            yield told.Desk(code, row.name, row.number, own or trunk)
