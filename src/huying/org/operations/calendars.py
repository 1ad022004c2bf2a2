"""Working calendars of centres and units (R116)."""

from django.db import transaction

from huying.kernel import bus
from huying.kernel.calendar import calendar_from_dict
from huying.kernel.errors import Refusal
from huying.org.events import HoursChanged
from huying.org.models import Calendar, Centre, Unit
from huying.org.operations.history import record
from huying.org.policies import Actor


class CalendarInUse(Refusal):
    code = "calendar_in_use"
    message = "还有中心或单位在使用这份日历，请先为它们换成其他日历"


def save_calendar(actor: Actor, calendar: Calendar) -> Calendar:
    """Create or change a calendar. Raises kernel.calendar.BadCalendar. Clocks that run already keep their due time."""
    calendar_from_dict(calendar.data)
    with transaction.atomic():
        old = Calendar.objects.filter(pk=calendar.pk).first() if calendar.pk else None
        calendar.save()
        kind = "calendar.edit" if old else "calendar.create"
        if old is None or (old.name, old.data) != (calendar.name, calendar.data):
            record(
                calendar.centre_id, kind, actor, calendar=calendar.pk, name=calendar.name,
                before=old.data if old else None, after=calendar.data,
            )
            bus.publish(HoursChanged(calendar.centre_id))
    return calendar


def delete_calendar(actor: Actor, calendar: Calendar) -> None:
    """Remove a calendar nobody uses. Raises CalendarInUse."""
    with transaction.atomic():
        if Centre.objects.filter(calendar=calendar).exists() or Unit.objects.filter(calendar=calendar).exists():
            raise CalendarInUse
        record(calendar.centre_id, "calendar.delete", actor, name=calendar.name, before=calendar.data)
        calendar.delete()
