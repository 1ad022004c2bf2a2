"""What a newcomer finds on the desks: a few orders in every state, for the very people of the demonstration, near now."""

from collections.abc import Callable
from datetime import datetime, timedelta
from random import Random
from typing import Any

from huying.config.demo.data import load, scenarios
from huying.config.demo.lives import MINUTE, Course, Life
from huying.config.demo.stage import Stage
from huying.config.demo.turns import asks_back, asks_time, asks_wait, disputed, hand_down, wrong_unit
from huying.config.demo.writer import Writer, citizens
from huying.workorders.catalog import Channel

Steps = Callable[[Course], object]
NUMBERS = range(8000, 9000)  # phones of people who call only here
HOUR = 60.0
CG = ("street-light", "street-stalls", "garbage", "manhole", "cables")
ZJ = ("property-service", "leak", "night-construction", "delayed-house")
SAFETY = {"template": "safety_report", "kind": "report",
          "fields": {"enterprise": "海港三路某仓储公司", "hazard": "chemical", "people_at_risk": "12"}}


class Teller:
    """Puts lives so that a given step of theirs falls on a given moment."""

    def __init__(self, stage: Stage, dice: Random, now: datetime) -> None:
        self.stage, self.dice, self.now = stage, dice, now
        self.writer = Writer(dice, load("regions")[stage.centre.code])
        self.people = iter(citizens(dice, 200, NUMBERS))
        self.matters = {row["id"]: row for row in scenarios()}
        self.told: list[Life] = []

    def tell(self, scenario: str, minutes: float, lead: Steps, *rest: Steps, **new: Any) -> Life:
        """`lead` ends that many minutes ago; what comes after it goes its own brisk way, up to now."""
        matter = self.writer.matter(self.matters[scenario], next(self.people))
        new = {"channel": Channel.PHONE, "agent": "agent1", "urgency": "normal", "caller_kind": "resident", **new}
        dice = self.dice.getstate()
        start = self.now - timedelta(days=40)
        rehearsal = Course(self.stage, self.writer, matter, start, brisk=True, **new)
        lead(rehearsal)
        self.dice.setstate(dice)
        created = self.now - minutes * MINUTE - (rehearsal.at - start)
        course = Course(self.stage, self.writer, matter, created, brisk=True, **new)
        for step in (lead, *rest):
            step(course)
        self.told.append(course.life.until(self.now))
        return course.life

    def each(self, names: tuple[str, ...], ages: tuple[float, ...], lead: Steps, *rest: Steps, **new: Any) -> None:
        """One life per age, the scenarios in turn."""
        for at, minutes in enumerate(ages):
            self.tell(names[at % len(names)], minutes, lead, *rest, **new)

    def since_workdays(self, unit: str, days: int) -> float:
        """Minutes since the afternoon of the working day so many working days ago."""
        at = self.stage.work[unit].before_workdays(self.now, days) - timedelta(hours=4)
        return (self.now - at) / MINUTE


def story(stage: Stage, dice: Random, now: datetime) -> list[Life]:
    """Some sixty open orders, and a handful of special ones."""
    teller = Teller(stage, dice, now)
    intake(teller)
    with_the_units(teller)
    applications(teller)
    after_the_reply(teller)
    specials(teller)
    return teller.told


def nothing(course: Course) -> None:
    """Just come in."""


def sent(course: Course) -> None:
    course.reviewed().dispatched()


def taken(course: Course) -> None:
    course.signed().contacted()


def answered(course: Course) -> None:
    """Replied within a few hours."""
    sent(course)
    taken(course)
    verified(course)
    course.office(30, 90)
    course.answered()


def verified(course: Course) -> None:
    course.office(100, 300)
    course.verified(course.at)


def intake(teller: Teller) -> None:
    """For agent1, agent2, reviewer1 and dispatcher1."""
    teller.each(CG, (7, 48), nothing)
    teller.each(ZJ, (16,), nothing, agent="agent2")
    teller.tell("leak", 25, lambda course: course.to_review().later(5, 20), lambda course: course.do(
        "reviewer1", "reject_review", reason=course.writer.phrase("review_rejects")))
    teller.each(("water-off", "noise-life"), (4, 31), lambda course: course.to_review(), agent="agent2")
    teller.each(("power-bill", "bus", "garbage"), (12, 55, 95), nothing, channel=Channel.WEB)
    teller.each(("parking-illegal", "food-safety", "wages", "elevator", "school-enrol"), (5, 14, 28, 52, 96), Course.reviewed)


def with_the_units(teller: Teller) -> None:
    """For liaison1 and unitleader1 of CG, liaison2 of ZJ: to sign, near due, overdue, in every stage of handling."""
    teller.each(CG, (8, 24, 51), sent)
    teller.tell("manhole", 5, sent, urgency="urgent")
    teller.each(ZJ, (13, 66), sent)
    for scenario, hours in (("waterlogging", 22.4), ("manhole", 23.3), ("leak", 21.8)):
        teller.tell(scenario, hours * HOUR, sent, taken, urgency="urgent")
    teller.tell("water-off", 70, sent, taken, urgency="critical")
    teller.each(("manhole", "leak"), (25.5 * HOUR, 27 * HOUR), sent, taken, urgency="urgent")
    for unit, names in (("CG", CG), ("ZJ", ZJ)):
        teller.each(names, (teller.since_workdays(unit, 5), teller.since_workdays(unit, 4)), sent, taken)
        teller.tell(names[2], teller.since_workdays(unit, 6), sent, taken)
        teller.tell(names[1], teller.since_workdays(unit, 7), sent, taken, verified)
        teller.tell(names[0], 3 * HOUR, sent, taken)
    teller.tell("street-stalls", teller.since_workdays("CG", 2), sent, taken, supervise)
    teller.tell("street-light", 150, hand_down_after_review)
    teller.tell("garbage", 90, answered, lambda course: course.office(20, 60), lambda course: course.do(
        "reviewer1", "reject_check", reason=course.writer.phrase("rejects")))
    first = teller.tell("street-light", 20 * HOUR, sent, taken)
    first.wanted = True
    teller.tell("street-light", 5 * HOUR, lambda course: course.reviewed().desk(5, 15), lambda course: course.do(
        "dispatcher1", "merge", into=first, reason=course.writer.phrase("merges")))


def hand_down_after_review(course: Course) -> None:
    course.reviewed()
    hand_down(course)


def supervise(course: Course) -> None:
    course.later(60, 200)
    course.do("agent2", "urge", note=course.writer.phrase("urges"))
    course.later(60, 200)
    course.do("supervisor1", "supervise", reason=course.writer.phrase("supervises"))


def applications(teller: Teller) -> None:
    """For reviewer1 and supervisor1 to decide: extension, return, suspension, arbitration."""
    def ask(course: Course) -> None:
        course.reviewed()
        asks_time(course)

    def refuse(course: Course) -> None:
        sent(course)
        asks_back(course, wrong_unit(course))

    def wait(course: Course) -> None:
        course.reviewed()
        asks_wait(course, 8)

    def dispute(course: Course) -> None:
        course.reviewed()
        disputed(course)

    def wait_granted(course: Course) -> None:
        wait(course)
        course.office(20, 60)
        course.do("reviewer1", "approve_suspension", note=course.writer.phrase("suspension_notes"))

    teller.each(("garbage", "leak"), (35, 80), ask)
    teller.each(("cables", "property-service"), (18, 45), refuse)
    teller.tell("leak", 60, wait)
    teller.tell("garbage", 26 * HOUR, wait_granted)
    teller.tell("noise-life", 40, dispute)
    teller.tell("noise-life", 30, lambda course: returned_to(course))


def returned_to(course: Course) -> None:
    sent(course)
    asks_back(course, wrong_unit(course))
    course.do("reviewer1", "approve_return", blame="dispatcher", note="")


def after_the_reply(teller: Teller) -> None:
    """For reviewer1 to check, followup1 to call, reviewer1 and supervisor1 to close."""
    def followed(course: Course, mood: str = "yes") -> None:
        answered(course)
        course.checked().called(mood)

    def called_in_vain(course: Course) -> None:
        answered(course)
        course.checked().calling(60, 200)
        course.do("followup1", "start_follow_up")
        course.later(1, 2)
        course.do("followup1", "attempt", way="phone", result="no_answer", note="")

    def rehandled(course: Course) -> None:
        answered(course)
        course.checked().called("no", rehandle=course.writer.phrase("rehandles"))

    def being_called(course: Course) -> None:
        answered(course)
        course.checked().calling(60, 200)
        course.do("followup1", "start_follow_up")

    def accepted(course: Course) -> None:
        answered(course)
        course.checked()

    teller.each(("street-light", "leak", "power-off", "food-safety"), (9, 33, 75, 160), answered)
    teller.each(("manhole", "property-service", "taxi", "bus"), (25, 190, 700, 1340), accepted)
    teller.tell("water-off", 4, being_called)
    teller.tell("wages", 200, called_in_vain)
    teller.each(("street-stalls", "elevator"), (40, 130), followed)
    teller.tell("night-construction", 85, lambda course: followed(course, "no"))
    teller.tell("garbage", 6 * HOUR, rehandled)


def specials(teller: Teller) -> None:
    """Confidential safety reports and letters to the district's mayor, open and closed (R099)."""
    def letter(**more: Any) -> dict[str, Any]:
        subject = "关于改善社区出行条件的建议"
        fields = {"letter_subject": subject, "reply_way": "phone"}
        return {"template": "mayor_mailbox", "channel": Channel.MAIL, "fields": fields, **more}

    def signed_off(course: Course) -> None:
        answered(course)
        course.office(30, 90)
        course.do("director1", "sign_off", note="同意，答复诉求人。")
        course.checked().called("very").closed()

    teller.tell("work-safety", 22, Course.to_review, **SAFETY)
    teller.tell("work-safety", 3 * HOUR, sent, lambda course: course.signed(), **SAFETY)
    teller.tell("work-safety", 12 * 24 * HOUR, answered, lambda course: course.checked().called("yes").closed(), **SAFETY)
    teller.tell("traffic-light", 65, Course.to_review, **letter())
    teller.each(("street-light", "delayed-house"), (50, 240), answered, **letter())
    teller.tell("old-community", 9 * 24 * HOUR, signed_off, **letter())
