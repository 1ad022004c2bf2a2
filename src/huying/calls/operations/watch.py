"""The floor watched by the worker: an alarm begins and ends once each, in the shift log (R115)."""

from django.db import connection, transaction

from huying.calls.models import PhoneSetting, ShiftNote
from huying.calls.operations.tell import tell
from huying.calls.queries.floor import least_of, surge_of
from huying.calls.queries.seats import open_seats
from huying.calls.workflow import CAN_SERVE
from huying.kernel import clock
from huying.org.models import Centre


def watch_floors() -> None:
    """Every centre that has told how it wants its telephone; run often, by any number of workers."""
    for setting in PhoneSetting.objects.select_related("centre"):
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_xact_lock(hashtextextended('floor', %s))", [setting.centre_id])
            if cursor.fetchone() == (True,):
                watch(setting.centre, setting)


def watch(centre: Centre, setting: PhoneSetting) -> None:
    now = clock.now()
    serving = sum(1 for row in open_seats([centre.pk]) if row.state in CAN_SERVE)
    least = least_of(centre, now)
    few = f"在线可接听 {serving} 席，少于“{least.name}”要求的 {least.least} 席" if least and serving < least.least else ""
    say(centre, "seats", few, "在线席数已恢复到要求以上")
    surge = surge_of([centre.pk], now, setting)
    many = f"近 {setting.surge_minutes} 分钟来电 {surge[0]} 个，同时段平时 {surge[1]:.1f} 个" if surge else ""
    say(centre, "surge", many, "来电量已回落到平时水平")


def say(centre: Centre, kind: str, alarm: str, over: str) -> None:
    """Only what changes: the last word of that kind tells whether the alarm is on."""
    begun, ended = f"alarm_{kind}", f"over_{kind}"
    last = ShiftNote.objects.filter(centre=centre, kind__in=[begun, ended]).order_by("-at", "-id").first()
    is_on = last is not None and last.kind == begun
    if bool(alarm) != is_on:
        ShiftNote.objects.create(centre=centre, at=clock.now(), kind=begun if alarm else ended, text=alarm or over)
        tell("alarm", centre.pk)
