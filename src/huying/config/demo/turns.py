"""The turns a life may take once it is with the units."""

from collections.abc import Callable
from datetime import datetime, timedelta

from huying.config.demo.lives import Course
from huying.kernel.clock import SHANGHAI
from huying.kernel.deadline import due

Turn = Callable[[Course], object]


def plain(course: Course) -> None:
    """As most go: dispatched, signed, spoken with, verified, replied, checked, followed up, closed."""
    course.dispatched().signed()
    chatter(course)
    course.contacted().replied().checked().called().closed()


def chatter(course: Course) -> None:
    """Now and then somebody leaves a note or the citizen asks again."""
    if course.dice.random() < 0.08:
        course.later(5, 50)
        course.do(course.dice.choice(course.stage.having("dispatcher")), "comment", note=course.writer.phrase("comments"))
    if course.dice.random() < 0.06:
        course.later(30, 300)
        course.do(course.dice.choice(course.agents), "urge", note=course.writer.phrase("urges"))


def finished(course: Course, mood: str = "") -> None:
    course.checked().called(mood).closed()


def late(course: Course) -> None:
    """Replied when it was overdue already."""
    course.dispatched().signed().contacted().replied(1.03, 1.5)
    finished(course)


def auto_signed(course: Course) -> None:
    """Nobody signed in time: the clock did."""
    course.dispatched()
    course.at = due(course.at, course.stage.pack.sign[course.new["urgency"]], course.stage.work[course.unit]).at
    course.office(20, 150, course.unit)
    course.contacted().replied(0.5, 0.95)
    finished(course)


def wrong_unit(course: Course, *also: str) -> str:
    """A unit with people whose duty it is not."""
    own = course.matter.unit.split("-")[0]
    units = [code for code in course.stage.units if "-" not in code and code != own and code not in also]
    return course.dice.choice(units)


def asks_back(course: Course, proposed: str) -> None:
    """The unit says it is not theirs, with clause and proposal (R289)."""
    clause, reason = course.writer.phrase("returns")
    course.office(15, 120, course.unit)
    course.do(course.liaison, "request_return", clause=clause, reason=reason, proposed_unit=proposed)
    course.office(15, 120)


def returned(course: Course) -> None:
    course.dispatched(wrong_unit(course))
    asks_back(course, course.matter.unit)
    course.do("reviewer1", "approve_return", blame="dispatcher", note="")
    course.dispatched().signed().contacted().replied()
    finished(course)


def return_refused(course: Course) -> None:
    course.dispatched()
    asks_back(course, wrong_unit(course))
    course.do("reviewer1", "reject_return", reason=course.writer.phrase("return_rejects"))
    course.signed().contacted().replied(0.5, 0.95)
    finished(course)


def arbitrated(course: Course) -> None:
    """The second unit says no as well: the hotline's own people decide, and nobody may return it any more (D6)."""
    disputed(course)
    course.office(60, 300)
    course.unit = course.matter.unit
    course.do("supervisor1", "arbitrate", unit=course.unit, reason=course.writer.phrase("arbitrations"), blame="many_units")
    course.signed().contacted().replied()
    finished(course)


def disputed(course: Course) -> None:
    first = wrong_unit(course)
    course.dispatched(first)
    asks_back(course, course.matter.unit)
    course.do("reviewer1", "approve_return", blame="unclear", note="权责不清，另行指派。")
    second = wrong_unit(course, first)
    course.dispatched(second)
    asks_back(course, first)


def redispatched(course: Course) -> None:
    course.dispatched(wrong_unit(course))
    course.desk(10, 60)
    course.unit = course.matter.unit
    course.do("dispatcher1", "redispatch", unit=course.unit, reason="误派，已与承办单位电话核实。")
    course.signed().contacted().replied()
    finished(course)


def asks_time(course: Course, workdays: int = 3) -> None:
    course.dispatched().signed().contacted()
    course.office(30, 200, course.unit)
    course.do(course.liaison, "request_extension", ("proof", 1), workdays=workdays, reason=course.writer.phrase("extensions"))


def extended(course: Course) -> None:
    asks_time(course)
    course.office(20, 200)
    course.do("reviewer1", "approve_extension", note=course.writer.phrase("extension_notes"))
    course.extra = 3
    course.replied(0.75, 0.98)
    finished(course)


def not_extended(course: Course) -> None:
    asks_time(course)
    course.office(20, 200)
    course.do("reviewer1", "reject_extension", reason=course.writer.phrase("extension_rejects"))
    course.replied(0.6, 0.98)
    finished(course)


def asks_wait(course: Course, days: int = 7) -> datetime:
    """The law makes them wait until that morning."""
    ground, reason = course.writer.phrase("suspensions")
    course.dispatched().signed().contacted()
    course.office(30, 200, course.unit)
    until = (course.at + timedelta(days=days)).astimezone(SHANGHAI).replace(hour=9, minute=30, second=0, microsecond=0)
    course.do(course.liaison, "request_suspension", ("proof", 1), ground=ground, until=until.isoformat(), reason=reason)
    return until


def suspended(course: Course) -> None:
    until = asks_wait(course)
    course.office(20, 120)
    course.do("reviewer1", "approve_suspension", note=course.writer.phrase("suspension_notes"))
    course.at = until
    course.office(60, 300, course.unit)
    course.verified(course.at)
    course.office(20, 90, course.unit)
    course.answered()
    finished(course)


def assisted(course: Course) -> None:
    """Another unit helps, and gives its feedback before the main unit replies (R280)."""
    other = wrong_unit(course)
    course.dispatched(assistants=(other,)).signed()
    helper = course.stage.liaisons[other]
    course.office(5, 60, other)
    course.signs(other)
    course.contacted()
    course.office(30, 240, other)
    course.do(helper, "assist_reply", reply="已到现场配合，本单位负责部分处理完毕，请主办单位统一答复。")
    course.replied(0.5, 0.95)
    finished(course)


def delegated(course: Course) -> None:
    """Handed down within the unit, due before the unit itself is (R288)."""
    sub = hand_down(course)
    helper = course.stage.liaisons[sub]
    course.office(5, 90, sub)
    course.signs(sub)
    course.contacted()
    course.office(60, 300, sub)
    course.do(helper, "assist_reply", reply="已到现场处置完毕，照片和处理记录已上传，请汇总答复。")
    course.replied(0.5, 0.95)
    finished(course)


def hand_down(course: Course) -> str:
    sub = str(course.matter.scenario["sub"])
    course.dispatched(sub.split("-")[0]).signed()
    course.office(5, 40, course.unit)
    limit = (course.due() - timedelta(hours=2)).isoformat(timespec="seconds")
    course.do(course.liaison, "delegate", unit=sub, due=limit, opinion="请到现场处置，当日反馈进展。")
    return sub


def unhappy(course: Course) -> None:
    """Not satisfied with good reason: handled again, and then it was right (rules.md 3.3)."""
    again(course)
    finished(course, "yes")


def again(course: Course) -> None:
    course.dispatched().signed().contacted().replied().checked().called("no", rehandle=course.writer.phrase("rehandles"))
    course.office(200, 700, course.unit)
    course.verified(course.at)
    course.office(30, 200, course.unit)
    course.answered()


def never_happy(course: Course) -> None:
    """Still not satisfied after that, and it cannot be solved: the evidence says why."""
    again(course)
    course.checked().calling(60, 900)
    caller = course.dice.choice(course.stage.having("followup"))
    course.do(caller, "start_follow_up")
    course.later(3, 8)
    reason, words = course.writer.phrase("followup_bad")
    course.do(caller, "find_impossible", ("proof", 1), contacted="yes", solved="no", satisfaction="no", unhappy=reason, note=words,
              reason=course.writer.phrase("objective"), way="phone")
    course.closed()


def sent_back(course: Course) -> None:
    """The reply did not stand the check."""
    course.dispatched().signed().contacted().replied(0.1, 0.5)
    course.office(20, 150)
    course.do("reviewer1", "reject_check", reason=course.writer.phrase("rejects"))
    course.office(60, 400, course.unit)
    course.verified(course.at)
    course.office(10, 60, course.unit)
    course.answered()
    finished(course)


def reopened(course: Course) -> None:
    kind, reason = course.writer.phrase("reopens")
    plain(course)
    course.later(1500, 6000)
    course.office(1, 60)
    course.do("supervisor1", "reopen", reopen_kind=kind, reason=reason)
    course.dispatched().signed().contacted().replied(0.1, 0.6)
    finished(course, "yes")


def supervised(course: Course) -> None:
    course.dispatched().signed()
    course.later(60, 400)
    course.do(course.dice.choice(course.agents), "urge", note=course.writer.phrase("urges"))
    course.office(20, 200)
    course.do("supervisor1", "supervise", reason=course.writer.phrase("supervises"))
    course.contacted().replied(0.6, 0.98)
    finished(course)


def unreached(course: Course) -> None:
    """Three calls at different times, nobody there: executed all the same (R067)."""
    course.dispatched().signed().contacted().replied().checked()
    caller = course.dice.choice(course.stage.having("followup"))
    for _ in range(3):
        course.calling(180, 420)
        course.do(caller, "start_follow_up")
        course.later(0.5, 1.5)
        course.do(caller, "attempt", way="phone", result="no_answer", note="")
    course.later(1, 3)
    course.do(caller, "start_follow_up")
    course.do(caller, "give_up_follow_up", note="三个时段均无人接听。")
    course.closed()


ODD: tuple[tuple[Turn, float], ...] = (
    (late, 20), (auto_signed, 8), (returned, 14), (return_refused, 6), (arbitrated, 4), (redispatched, 5), (extended, 12),
    (not_extended, 4), (suspended, 5), (assisted, 10), (delegated, 10), (unhappy, 10), (never_happy, 4), (sent_back, 8),
    (reopened, 4), (supervised, 6), (unreached, 6),
)
ODD_TURNS, ODD_WEIGHTS = [turn for turn, _ in ODD], [weight for _, weight in ODD]
SLOW = {extended, not_extended, suspended}
"""Need days before they are due: nothing for urgent matters and travellers."""


def possible(turn: Turn, course: Course) -> bool:
    if turn is delegated:
        return "sub" in course.matter.scenario and not course.matter.scenario.get("local")
    if turn in SLOW:
        quick = course.new["urgency"] != "normal" or course.new["caller_kind"] == "tourist"
        return not quick and course.matter.kind in {"complaint", "help", "suggestion", "report"}
    return True
