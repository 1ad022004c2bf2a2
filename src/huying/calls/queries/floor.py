"""The floor at this moment: every seat, every queue, and how it stands against the targets (R115, R222, R293)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from django.db.models import Count, Q

from huying.calls.catalog import AGENT_STATE_LABELS, AgentState
from huying.calls.models import Call, HelpRequest, PhoneSetting, SeatPeriod, SeatSession
from huying.calls.queries.queues import QueueNow, queues_now, within
from huying.calls.queries.seats import counts, open_seats
from huying.calls.rules.floor import Period, is_surge, least_now, tone
from huying.calls.workflow import CAN_SERVE
from huying.kernel import clock
from huying.kernel.clock import SHANGHAI
from huying.org.models import Centre, Staff

WEEKS = 4
"""How far back "usual" looks: the same quarter of an hour on the same weekday."""


@dataclass(frozen=True, slots=True)
class Tile:
    """One seat on the wall; `session` is None for somebody who could sit here but is not signed in."""

    staff: Staff
    session: SeatSession | None
    tone: str = ""
    asks: HelpRequest | None = None

    @property
    def state(self) -> str:
        return str(self.session.state) if self.session else str(AgentState.OFFLINE)

    @property
    def label(self) -> str:
        return AGENT_STATE_LABELS[AgentState(self.state)]


@dataclass(frozen=True, slots=True)
class Share:
    """`part` of `whole` against `target` percent; compared without rounding (kpi.md C5)."""

    part: int
    whole: int
    target: Decimal

    @property
    def met(self) -> bool:
        return self.part * 100 >= self.target * self.whole


@dataclass(frozen=True, slots=True)
class Floor:
    tiles: list[Tile]
    counts: dict[str, int]
    total: int
    capacity: int
    queues: list[QueueNow]
    waiting: int
    today: dict[int, Share]
    month: dict[int, Share]
    least: Period | None
    serving: int
    surge: tuple[int, float] | None
    help: list[HelpRequest]
    centre_id: int

    @property
    def signed_in(self) -> int:
        return sum(count for state, count in self.counts.items() if state != AgentState.OFFLINE)

    @property
    def queues_shown(self) -> list[QueueNow]:
        """Those of the centre itself, and of those below it whoever has something to tell today: the seats stay in sight."""
        return [row for row in self.queues if row.waiting or row.asked or row.group.centre_id == self.centre_id]

    @property
    def queues_quiet(self) -> int:
        return len(self.queues) - len(self.queues_shown)

    @property
    def too_few(self) -> bool:
        return self.least is not None and self.serving < self.least.least


def floor_of(centre: Centre, centres: list[int]) -> Floor:
    """The wall of a centre with those below it; targets, periods and capacity are the centre's own."""
    now = clock.now()
    setting = PhoneSetting.objects.filter(centre=centre).first() or PhoneSetting(centre=centre)
    sessions = list(open_seats(centres))
    people = list(Staff.objects.filter(centre_id__in=centres, is_active=True, skills__isnull=False).distinct().order_by("username"))
    open_requests = HelpRequest.objects.filter(centre__in=centres, done_at=None, session__ended_at=None)
    asking = list(open_requests.select_related("session__staff", "taken_by").order_by("asked_at"))
    seen = counts(sessions)
    tiles = tiles_of(sessions, people, asking, now)
    queues = queues_now(centres, at=now)
    serving = sum(1 for row in sessions if row.state in CAN_SERVE)
    return Floor(
        tiles=tiles, counts={**seen, str(AgentState.OFFLINE): len(tiles) - len(sessions)}, total=len(tiles), capacity=setting.seats,
        queues=queues, waiting=sum(row.waiting for row in queues), today=shares(centres, start_of(now, "day"), setting),
        month=shares(centres, start_of(now, "month"), setting), least=least_of(centre, now), serving=serving,
        surge=surge_of(centres, now, setting), help=asking, centre_id=centre.pk,
    )


def tiles_of(sessions: list[SeatSession], people: list[Staff], asking: list[HelpRequest], now: datetime) -> list[Tile]:
    """Signed in first, by extension; then who might be, by name."""
    asks = {row.session_id: row for row in asking}
    seated = [Tile(row.staff, row, tone(row.state, (now - row.state_since).total_seconds()), asks.get(row.pk)) for row in sessions]
    here = {row.staff_id for row in sessions}
    return seated + [Tile(person, None) for person in people if person.pk not in here]


def shares(centres: Iterable[int], since: datetime, setting: PhoneSetting) -> dict[int, Share]:
    """15 and 20 -> answered within so many seconds of asking for a person, of all who asked (K2-01, K5-05)."""
    rows = Call.objects.filter(centre__in=centres, direction=Call.Direction.IN, human_at__gte=since, is_test=False)
    found = rows.aggregate(whole=Count("pk"), in15=within(15), in20=within(20))
    return {
        15: Share(found["in15"], found["whole"], Decimal(setting.target_15s)),
        20: Share(found["in20"], found["whole"], Decimal(setting.target_20s)),
    }


def start_of(now: datetime, what: str) -> datetime:
    day = now.astimezone(SHANGHAI).replace(hour=0, minute=0, second=0, microsecond=0)
    return day.replace(day=1) if what == "month" else day


def least_of(centre: Centre, now: datetime) -> Period | None:
    rows = SeatPeriod.objects.filter(centre=centre)
    periods = (Period(row.name, row.weekdays, row.begins, row.ends, row.least) for row in rows)
    return least_now(periods, now.astimezone(SHANGHAI))


def surge_of(centres: Iterable[int], now: datetime, setting: PhoneSetting) -> tuple[int, float] | None:
    """(calls in the last minutes, what is usual) while it is a surge, else None."""
    span = timedelta(minutes=setting.surge_minutes)
    rows = Call.objects.filter(centre__in=centres, direction=Call.Direction.IN, is_test=False)
    windows = {f"w{week}": Count("pk", filter=Q(entered_at__gt=now - span - timedelta(weeks=week),
                                                entered_at__lte=now - timedelta(weeks=week))) for week in range(WEEKS + 1)}
    spans = Q()
    for week in range(WEEKS + 1):
        spans |= Q(entered_at__gt=now - span - timedelta(weeks=week), entered_at__lte=now - timedelta(weeks=week))
    found = rows.filter(spans).aggregate(**windows)
    usual = sum(found[f"w{week}"] for week in range(1, WEEKS + 1)) / WEEKS
    return (found["w0"], usual) if is_surge(found["w0"], usual, setting.surge_percent) else None
