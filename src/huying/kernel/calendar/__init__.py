"""Working time: which stretches of a day count, what is a holiday, and when something is due.

`WorkCalendar` counts office hours, `NaturalCalendar` every minute; both speak the `Calendar` protocol.
`calendar_from_dict` reads a centre's own file. Requirement R116.
"""

from huying.kernel.calendar.file import BadCalendar, calendar_from_dict
from huying.kernel.calendar.national import UncoveredYear
from huying.kernel.calendar.natural import NaturalCalendar
from huying.kernel.calendar.spans import Calendar, Counted, RestDay, Span, Stretch, parse_span
from huying.kernel.calendar.work import DEFAULT_WEEK, WorkCalendar

__all__ = [
    "DEFAULT_WEEK",
    "BadCalendar",
    "Calendar",
    "Counted",
    "NaturalCalendar",
    "RestDay",
    "Span",
    "Stretch",
    "UncoveredYear",
    "WorkCalendar",
    "calendar_from_dict",
    "parse_span",
]
