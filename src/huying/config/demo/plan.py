"""Ninety days of a city: how much comes in when, and what becomes of it."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from random import Random

from huying.config.demo.data import load, scenarios
from huying.config.demo.lives import Course, Life
from huying.config.demo.stage import Stage
from huying.config.demo.turns import ODD_TURNS, ODD_WEIGHTS, plain, possible
from huying.config.demo.writer import Citizen, Writer, citizens, weights_of
from huying.kernel.clock import SHANGHAI

DAYS = 90
PER_DAY = 36.0
WEEK = (1.22, 1.12, 1.08, 1.06, 1.1, 0.76, 0.66)  # Monday first
MONTHS = {7: 1.05, 8: 1.12, 9: 1.05, 10: 0.98, 11: 0.94}
HOURS = (1.2, 0.7, 0.5, 0.4, 0.4, 0.7, 1.6, 3.2, 6.5, 8.6, 8.4, 6.2, 4.2, 4.4, 6.6, 7.4, 7.2, 6.4, 5.0, 5.2, 5.0, 4.0, 2.8, 1.8)
ODD_SHARE = 0.035
CALLERS_AGAIN = 0.27
NUMBERS = range(8000)


def arrivals(dice: Random, now: datetime, days: int, per_day: float) -> Iterator[datetime]:
    """When somebody turns to the hotline, in order of time: more on Mondays, by day, in the heat."""
    first = now.astimezone(SHANGHAI).replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(days=days)
    for day in range(days + 1):
        begins = first + timedelta(days=day)
        expected = per_day * WEEK[begins.weekday()] * MONTHS.get(begins.month, 1.0)
        count = max(1, round(dice.gauss(expected, expected**0.5)))
        hours = dice.choices(range(24), HOURS, k=count)
        moments = sorted(begins + timedelta(hours=hour, seconds=dice.randint(0, 3599)) for hour in hours)
        yield from (at for at in moments if at < now)


def lives(
    stage: Stage, dice: Random, now: datetime, *, days: int = DAYS, per_day: float = PER_DAY, odd: float = ODD_SHARE
) -> list[Life]:
    """Everything that came in, as far as it has got by `now`."""
    writer = Writer(dice, load("regions")[stage.centre.code])
    people, known = iter(citizens(dice, min(len(NUMBERS), int(days * per_day * 1.6) + 400), NUMBERS)), list[Citizen]()
    found = []
    for at in arrivals(dice, now, days, per_day):
        again = known and dice.random() < CALLERS_AGAIN
        citizen = dice.choice(known[-500:]) if again else next(people)
        known.append(citizen)
        local = at.astimezone(SHANGHAI)
        scenario = dice.choices(scenarios(), weights_of(local.month, local.hour))[0]
        course = Course(stage, writer, writer.matter(scenario, citizen), at)
        take_course(course, odd)
        found.append(course.life.until(now))
    return found


def elsewhere(stage: Stage, dice: Random, now: datetime) -> list[Life]:
    """A smaller centre with an agent and a dispatcher: answers on the phone, and a few orders of the last days. It has no
    reviewer, so nothing that only a reviewer may let through."""
    writer, found = Writer(dice, load("regions")[stage.centre.code]), []
    own = [row for row in scenarios() if row["unit"] in stage.units and not row.get("local") and row["kind"] != "report"]
    answered = [row for row in scenarios() if row["kind"] == "consultation" and not row.get("coast")]
    for at, citizen in zip(arrivals(dice, now, DAYS, 0.7), citizens(dice, 400, NUMBERS), strict=False):
        fresh = now - at < timedelta(days=6)
        course = Course(stage, writer, writer.matter(dice.choice(own if fresh else answered), citizen), at, is_group=False)
        if fresh:
            course.reviewed().dispatched().signed().contacted()
        else:
            course.direct()
        found.append(course.life.until(now))
    return found


def take_course(course: Course, odd: float) -> None:
    """Answered, declined, passed on, withdrawn, or sent to a unit."""
    scenario, dice = course.matter.scenario, course.dice
    chance = dice.random()
    if not scenario["replies"] or (scenario.get("answer") and dice.random() < scenario.get("direct", 0)):
        course.direct()
    elif chance < 0.035:
        course.decline()
    elif chance < 0.055:
        course.to_review().refer()
    elif chance < 0.067:
        course.to_review().withdraw()
    else:
        course.reviewed()
        turn = dice.choices(ODD_TURNS, ODD_WEIGHTS)[0]
        if dice.random() < odd * 2 and possible(turn, course):  # half of what comes in gets this far
            turn(course)
        else:
            plain(course)
