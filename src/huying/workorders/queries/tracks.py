"""How many orders came in on each track and each special service, and what became of them (R101)."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q

from huying.kernel import clock
from huying.org.policies import Actor
from huying.workorders.policies import visible_to
from huying.workorders.workflow import FINAL, OPEN, State

GENERAL = "general"
ENDED_OTHERWISE = FINAL - {State.CLOSED}


@dataclass(frozen=True, slots=True)
class Counts:
    """Whole numbers; `taken` is `open` + `closed` + `ended`, and `overdue` is part of `open`."""

    taken: int = 0
    open: int = 0
    overdue: int = 0
    closed: int = 0
    ended: int = 0

    def __add__(self, other: "Counts") -> "Counts":
        return Counts(self.taken + other.taken, self.open + other.open, self.overdue + other.overdue,
                      self.closed + other.closed, self.ended + other.ended)


@dataclass(frozen=True, slots=True)
class Service:
    """One special service, or the general one."""

    template: int
    name: str
    counts: Counts


@dataclass(frozen=True, slots=True)
class Track:
    """The city's general track, or the track of special services with what each of them adds to it (R097)."""

    name: str
    services: list[Service]

    @property
    def counts(self) -> Counts:
        return sum((service.counts for service in self.services), Counts())


def by_track(actor: Actor, start: datetime, end: datetime) -> list[Track]:
    """Orders taken in between `start` and `end` (not included) that this person may know of."""
    late = Q(state__in=OPEN, due_at__lt=clock.now())
    rows = visible_to(actor).filter(created_at__gte=start, created_at__lt=end).values(
        "template_id", "template__code", "template__name"
    ).annotate(
        taken=Count("pk"), open=Count("pk", filter=Q(state__in=OPEN)), overdue=Count("pk", filter=late),
        closed=Count("pk", filter=Q(state=State.CLOSED)), ended=Count("pk", filter=Q(state__in=ENDED_OTHERWISE)),
    ).order_by("-taken", "template__name")
    tracks = {True: Track("通用轨", []), False: Track("专项轨", [])}
    for row in rows:
        counts = Counts(row["taken"], row["open"], row["overdue"], row["closed"], row["ended"])
        tracks[row["template__code"] == GENERAL].services.append(Service(row["template_id"], row["template__name"], counts))
    return list(tracks.values())
