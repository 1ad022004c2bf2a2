"""Everything a follow-up caller needs to see of one order."""

from dataclasses import dataclass
from datetime import datetime

from huying.followup.models import Answers, Attempt, FollowUp
from huying.followup.models.follow_up import OPEN
from huying.followup.rules import BANDS, Suggestion, suggest
from huying.kernel import clock
from huying.workorders.catalog import CallResult, Finding, Outcome, Way
from huying.workorders.models import Assignment, Point, Verification, WorkOrder
from huying.workorders.queries import pack_of


@dataclass
class Work:
    """One order on the work page. `follow_up` is the open round, else the last one; `again` says it was handled again."""

    order: WorkOrder
    follow_up: FollowUp | None
    others: list[FollowUp]
    points: list[Point]
    task: Assignment | None
    verifications: list[Verification]
    attempts: list[Attempt]
    answers: list[Answers]
    suggestion: Suggestion
    counted: int
    needed: int
    again: bool

    @property
    def is_open(self) -> bool:
        return self.follow_up is not None and self.follow_up.state in OPEN

    @property
    def finding_label(self) -> str:
        return Finding(self.order.finding).label if self.order.finding else ""

    @property
    def outcome_label(self) -> str:
        return Outcome(self.order.outcome).label if self.order.outcome else ""


def work_on(order: WorkOrder, others: list[FollowUp]) -> Work:
    """`others`: what else waits for the same person. Six small reads, all by index."""
    row = FollowUp.objects.filter(order=order).select_related("claimed_by").order_by("-round").first()
    main = order.assignments.filter(role=Assignment.Role.MAIN).select_related("unit").order_by("-id").first()
    attempts = list(Attempt.objects.filter(follow_up__order=order).select_related("by", "follow_up").order_by("-id"))
    missed = missed_at(row, attempts)
    pack = pack_of(order.pack)
    return Work(
        order=order, follow_up=row, others=others, points=list(order.points.all()), task=main,
        verifications=list(main.verifications.all()) if main else [], attempts=attempts,
        answers=list(Answers.objects.filter(order=order).select_related("by", "follow_up").order_by("id")),
        suggestion=suggest(missed, order.created_at, clock.now()), counted=BANDS.count(missed),
        needed=pack.follow_up_attempts, again=order.rehandle_count >= pack.rehandle_limit,
    )


def missed_at(row: FollowUp | None, attempts: list[Attempt]) -> list[datetime]:
    """When this round's calls went unanswered."""
    spoken = {CallResult.REACHED, CallResult.LATER}
    return [
        each.at for each in attempts
        if row and each.follow_up_id == row.pk and each.way == Way.PHONE and each.result not in spoken
    ]
