"""When somebody is called: parts of the day, and how many attempts were really at different times (rules.md 3.3)."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from importlib.resources import files

from huying.kernel.clock import SHANGHAI


@dataclass(frozen=True, slots=True)
class Band:
    """A part of the day in Shanghai, its end excluded."""

    name: str
    start: time
    end: time

    def holds(self, at: time) -> bool:
        return self.start <= at < self.end


@dataclass(frozen=True, slots=True)
class Bands:
    """Two attempts are at different times when they are `apart`, or in different bands (or days) and at least `least`
    from each other, so that 11:59 and 12:01 are one try."""

    bands: tuple[Band, ...]
    apart: timedelta
    least: timedelta

    def of(self, at: datetime) -> tuple[date, str]:
        """The day and band of a moment; the name is empty outside every band (at night)."""
        local = at.astimezone(SHANGHAI)
        return local.date(), next((band.name for band in self.bands if band.holds(local.time())), "")

    def differ(self, one: datetime, other: datetime) -> bool:
        gap = abs(other - one)
        return gap >= self.apart or (self.of(one) != self.of(other) and gap >= self.least)

    def count(self, attempts: Iterable[datetime]) -> int:
        """How many of the attempts are at different times, taken greedily from the first on."""
        counted: list[datetime] = []
        for at in sorted(attempts):
            if not counted or self.differ(counted[-1], at):
                counted.append(at)
        return len(counted)


@dataclass(frozen=True, slots=True)
class Suggestion:
    """When to call next: not before `not_before`, best in the band `name`."""

    name: str
    not_before: datetime

    def now(self, at: datetime) -> bool:
        return at >= self.not_before


def load() -> Bands:
    data = json.loads(files("huying.followup").joinpath("packs/bands.json").read_text("utf-8"))
    bands = tuple(
        Band(row["name"], time.fromisoformat(row["from"]), time.fromisoformat(row["to"])) for row in data["bands"]
    )
    return Bands(bands, timedelta(minutes=data["apart_minutes"]), timedelta(minutes=data["least_minutes"]))


BANDS = load()


def suggest(attempts: Iterable[datetime], called_in: datetime, now: datetime, bands: Bands = BANDS) -> Suggestion:
    """The next good time: a band not yet tried; after a first
    attempt rather the one in which the person himself called in (roles.md 5.5: 最佳拨打时段)."""
    made = sorted(attempts)
    tried = {bands.of(at)[1] for at in made}
    own = bands.of(called_in)[1]
    fresh = [band for band in bands.bands if band.name not in tried] or list(bands.bands)
    found = [(bool(made) and band.name != own, start, band.name) for band in fresh for start in _starts(band, made, now, bands)]
    _, start, name = min(found)
    return Suggestion(name, start)


def _starts(band: Band, made: Sequence[datetime], now: datetime, bands: Bands) -> list[datetime]:
    """The first moment in this band, today or tomorrow, that is a different time from the last attempt."""
    day = now.astimezone(SHANGHAI).date()
    for each in (day, day + timedelta(days=1)):
        start = max(datetime.combine(each, band.start, SHANGHAI), now)
        if made:
            start = max(start, made[-1] + bands.least)
            if not bands.differ(made[-1], start):
                start = made[-1] + bands.apart
        if start < datetime.combine(each, band.end, SHANGHAI):
            return [start]
    return []
