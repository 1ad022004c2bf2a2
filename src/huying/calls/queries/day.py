"""An agent's day: intervals of states that add up to the signed-in time, and the calls in it (R222)."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import Q

from huying.calls.catalog import AGENT_STATE_LABELS, BUSY_REASONS, AgentState
from huying.calls.models import Leg, SeatSession, SeatState
from huying.calls.rules.floor import in_whole_seconds
from huying.kernel import clock
from huying.kernel.clock import SHANGHAI, to_milliseconds
from huying.org.models import Staff


@dataclass(frozen=True, slots=True)
class Stretch:
    """`share`: its part of the whole day, in ten-thousandths, and where it begins."""

    row: SeatState
    begun_at: datetime
    ended_at: datetime
    place: int
    share: int

    @property
    def milliseconds(self) -> int:
        return round((self.ended_at - self.begun_at) / timedelta(milliseconds=1))

    @property
    def words(self) -> str:
        reason = BUSY_REASONS.get(self.row.reason, self.row.reason)
        return AGENT_STATE_LABELS[AgentState(self.row.state)] + (f" · {reason}" if reason else "")


@dataclass(frozen=True, slots=True)
class Day:
    """`sums`: (label, milliseconds) by state; together they are `signed_in_ms`. `shown`: the same in whole seconds."""

    day: date
    stretches: list[Stretch]
    sums: list[tuple[str, int]]
    signed_in_ms: int
    answered: int
    missed: int
    dialled: int

    @property
    def shown(self) -> list[tuple[str, int]]:
        return in_whole_seconds(self.sums, self.signed_in_ms)


def day_of(staff: Staff, day: date) -> Day:
    """Cut at midnight in Shanghai and, today, at this moment."""
    begin = datetime.combine(day, time(), SHANGHAI)
    end = min(begin + timedelta(days=1), max(clock.now(), begin))
    inside = Q(begun_at__lt=end) & (Q(ended_at=None) | Q(ended_at__gt=begin))
    rows = SeatState.objects.filter(inside, staff=staff).select_related("call").order_by("begun_at", "id")
    stretches = [_cut(row, begin, end) for row in rows]
    legs = Leg.objects.filter(staff=staff, offered_at__gte=begin, offered_at__lt=begin + timedelta(days=1)).exclude(role=Leg.Role.MONITOR)
    answered = legs.filter(answered_at__isnull=False)
    return Day(
        day, stretches, sums_of(stretches), signed_in_ms(staff, begin, end), answered.filter(call__direction="in").count(),
        legs.filter(result__in=[Leg.Result.MISSED, Leg.Result.REFUSED]).count(), answered.filter(call__direction="out").count(),
    )


def _cut(row: SeatState, begin: datetime, end: datetime) -> Stretch:
    since, until = to_milliseconds(max(row.begun_at, begin)), to_milliseconds(min(row.ended_at or end, end))
    of_day = timedelta(days=1) / 10_000
    return Stretch(row, since, until, int((since - begin) / of_day), max(1, int((until - since) / of_day)))


def sums_of(stretches: list[Stretch]) -> list[tuple[str, int]]:
    found: dict[str, int] = {}
    for each in stretches:
        found[each.words] = found.get(each.words, 0) + each.milliseconds
    return sorted(found.items(), key=lambda item: -item[1])


def signed_in_ms(staff: Staff, begin: datetime, end: datetime) -> int:
    """From signing in to signing out, of all sessions of that day: counted apart from the states, so they can be compared."""
    rows = SeatSession.objects.filter(Q(ended_at=None) | Q(ended_at__gt=begin), staff=staff, started_at__lt=end)
    spans = (to_milliseconds(min(row.ended_at or end, end)) - to_milliseconds(max(row.started_at, begin)) for row in rows)
    return round(sum(spans, timedelta()) / timedelta(milliseconds=1))
