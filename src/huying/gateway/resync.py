"""What is true after we were away: the switch's channels against what we know, and agents against their telephones."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q

from huying.calls.catalog import AgentState
from huying.calls.models import Leg as LegRow
from huying.calls.models import SeatSession, SwitchState
from huying.calls.operations import move_seat
from huying.calls.queries.switch import in_own_hands, of_own_node, own_node
from huying.calls.workflow import IN_A_CALL
from huying.gateway.facts import move
from huying.gateway.legs import RESTART, Leg, Legs, SeatEvent
from huying.kernel import clock
from huying.switch import ami
from huying.switch.records import Record

OLDEST = timedelta(hours=12)
BOOT = timedelta(milliseconds=500)
"""The second of its start is cut; no call enters within half a second of it."""


def open_legs() -> list[Leg]:
    """Telephones that, as far as the records go, are still in a call of this node."""
    recent = Q(ended_at=None, call__ended_at=None, call__entered_at__gt=clock.now() - OLDEST)
    rows = LegRow.objects.filter(recent, of_own_node("call__node"))
    rows = rows.exclude(extension="").select_related("call")
    return [
        Leg(row.uniqueid, f"PJSIP/{row.extension}-00000000", row.call.linkedid, rung=row.offered_at is not None,
            answered=row.answered_at is not None, spies=row.role == LegRow.Role.MONITOR)
        for row in rows
    ]


def channel_leg(row: ami.Message) -> Leg:
    """From a row of CoreShowChannels."""
    up = row.get("ChannelStateDesc") == "Up"
    return Leg(row.get("Uniqueid", ""), row.get("Channel", ""), row.get("Linkedid", ""), rung=True, answered=up)


def unknown(rows: Iterable[ami.Message], legs: Legs) -> list[Leg]:
    """Seats' channels that are there and that no record told us of; and the true names of those we know. What has ended
    since the switch was asked (`legs.over`) is not there any more."""
    found = []
    for row in rows:
        leg = channel_leg(row)
        known = legs.legs.get(leg.uniqueid)
        if known is not None:
            known.channel = leg.channel
        elif leg.extension and leg.uniqueid not in (legs.over or ()):
            found.append(leg)
    return found


def settle(talking: set[str], ringing: set[str], among: set[str] | None = None) -> set[str]:
    """Seats that the database believes in a call of this node, without a channel: the call is over. Only those `among`, if
    told; returns the extensions of all."""
    seats = SeatSession.objects.filter(in_own_hands(), ended_at=None, state__in=IN_A_CALL).select_related("phone")
    silent = set()
    for seat in seats:
        extension = seat.phone.extension
        if extension in talking or (extension in ringing and seat.state != AgentState.TALKING):
            continue
        silent.add(extension)
        if among is not None and extension not in among:
            continue
        if seat.state == AgentState.TALKING:
            move_seat(seat.pk, "hung_up")
        else:
            move_seat(seat.pk, "cancelled")
    return silent


def put_right(events: Iterable[SeatEvent], talking: set[str], ringing: set[str], among: set[str] | None = None) -> set[str]:
    """What the comparison with the switch has shown, told to the seats; returns what `settle` does."""
    for event in events:
        move(event)
    return settle(talking, ringing, among)


async def started_at(link: ami.Link) -> datetime | None:
    """When the switch was started: it tells the second in its own local time, and how far that is from UTC."""
    status = await link.action("CoreStatus")
    zone = (await link.action("Getvar", Variable="STRFTIME(,,%z)")).get("Value", "")
    text = f"{status.get('CoreStartupDate', '')} {status.get('CoreStartupTime', '')} {zone}"
    try:
        return datetime.strptime(text, "%Y-%m-%d %H:%M:%S %z") + BOOT
    except ValueError:
        return None


def note_start(at: datetime | None, lost: datetime | None) -> tuple[bool, dict[str, Any]]:
    """Whether the switch was started since we last saw it, and what a record of that says: when it was gone, which we
    know if we had been connected (`lost`); else it was there when it was last seen."""
    row, _ = SwitchState.objects.get_or_create(node=own_node())
    before, seen = row.switch_up_since, row.gateway_seen_at
    if at is None or before == at:
        return False, {}
    SwitchState.objects.filter(pk=row.pk).update(switch_up_since=at)
    if before is None:
        return False, {}
    down = lost or seen
    return True, {"down_at": min(down, at).isoformat()} if down else {}


def restart_record(at: datetime, extra: dict[str, Any]) -> Record:
    name = f"{own_node()}-{int(at.timestamp())}.0"
    return Record(at=at, linkedid=name, uniqueid=name, kind=RESTART, channel="", extra=extra)
