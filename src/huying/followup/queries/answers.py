"""The first and the final word of a citizen on one order (rules.md 3.4: 满意度（首次/最终）)."""

from huying.followup.models import Answers
from huying.workorders.models import WorkOrder


def first_and_final(order: WorkOrder) -> tuple[Answers | None, Answers | None]:
    """The same row twice when there was one round only."""
    rows = list(Answers.objects.filter(order=order).order_by("id"))
    return (rows[0], rows[-1]) if rows else (None, None)
