from huying.followup.queries.answers import first_and_final
from huying.followup.queries.desk import Caller, callers_waiting, done_today, tab_counts, waiting_count
from huying.followup.queries.ratings import ratings_seen_by
from huying.followup.queries.schemes import SHIPPED, scheme_in_force, schemes_of
from huying.followup.queries.statistics import Rate, executed_rate, satisfaction, timely_rate
from huying.followup.queries.work import Work, work_on

__all__ = [
    "SHIPPED", "Caller", "Rate", "Work", "callers_waiting", "done_today", "executed_rate", "first_and_final",
    "ratings_seen_by", "satisfaction", "scheme_in_force", "schemes_of", "tab_counts", "timely_rate", "waiting_count", "work_on",
]
