from huying.followup.views.desk import desk, start
from huying.followup.views.figures import make, statistics
from huying.followup.views.ratings import ratings
from huying.followup.views.work import answer, attempt, exempt, give_up, phone, work

__all__ = [
    "answer", "attempt", "desk", "exempt", "give_up", "make", "phone", "ratings", "start", "statistics", "work",
]
