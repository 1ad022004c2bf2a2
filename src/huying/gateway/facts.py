"""From the record file to calls and agents' states: each portion is one transaction, the place in the file with it.

Whatever dies in between, the file is read on from the last place that was kept: nothing is lost, nothing is done twice.
"""

import asyncio
from collections.abc import Callable, Sequence
from pathlib import Path

import structlog

from huying.calls.models import Call, SeatSession, SwitchState
from huying.calls.operations import move_seat, take_in
from huying.calls.operations.save_call import Surroundings
from huying.calls.queries.switch import own_node
from huying.gateway import recordfile
from huying.gateway.database import Database
from huying.gateway.legs import Legs, SeatEvent
from huying.gateway.recordfile import Place
from huying.switch.records import Record

log = structlog.get_logger("huying.gateway")
LOOK_EVERY = 0.2
SETTLE = 0.004  # the manager's event is sent while the line is being written
REREAD = 500  # records of our own, after a start


class Facts:
    """`told` hears what happens at the seats' telephones at once, before the database does."""

    def __init__(self, folder: Path, database: Database, legs: Legs, told: Callable[[Sequence[SeatEvent]], None]) -> None:
        self.folder, self.database, self.legs, self._told = folder, database, legs, told
        self.wake, self.caught_up = asyncio.Event(), asyncio.Event()
        self._own: list[Record] = []
        self._around = Surroundings()

    def add(self, record: Record) -> None:
        """One that Asterisk does not write into its file."""
        recordfile.keep(self.folder, record)
        self._own.append(record)
        self.wake.set()

    async def run(self) -> None:
        place = await self.database.do(last_place)
        self._own += recordfile.kept(self.folder)[-REREAD:]
        while True:
            portion = await asyncio.to_thread(recordfile.read, self.folder, place)
            own, self._own = self._own, []
            if portion.damaged:
                log.warning("records_damaged", lines=portion.damaged)
            if portion.records or own or portion.place != place:
                await self._take([*portion.records, *own], portion.place)
                place = portion.place
            if not portion.more and not self._own:
                self.caught_up.set()
                await self._rest()

    async def _rest(self) -> None:
        try:
            await asyncio.wait_for(self.wake.wait(), LOOK_EVERY)
        except TimeoutError:
            return
        await asyncio.sleep(SETTLE)
        self.wake.clear()

    async def _take(self, records: list[Record], place: Place) -> None:
        events = self.legs.take(records)
        self._told(events)
        try:
            await self.database.do(lambda: keep(records, events, place, self._around))
        except Exception:
            log.exception("records_refused", records=len(records))
            await self._one_call_at_a_time(records, events, place)

    async def _one_call_at_a_time(self, records: list[Record], events: list[SeatEvent], place: Place) -> None:
        """A call whose records cannot be understood must not stand in the way of others; the file still has it."""
        for call in dict.fromkeys(record.linkedid for record in records):
            mine = [record for record in records if record.linkedid == call]
            done = [event for event in events if event.linkedid == call]
            try:
                await self.database.do(lambda mine=mine, done=done: keep(mine, done, None, self._around))  # type: ignore[misc]
            except Exception:
                log.exception("call_refused", call=call, records=len(mine))
        await self.database.do(lambda: keep([], [], place, self._around))


def last_place() -> Place:
    row = SwitchState.objects.filter(node=own_node()).first()
    return Place(row.file_id, row.file_offset) if row else Place()


def keep(records: list[Record], events: Sequence[SeatEvent], place: Place | None, around: Surroundings) -> None:
    """Calls, agents' states and the place in the file."""
    if records:
        take_in(records, around=around)
    for event in events:
        move(event)
    if place is not None:
        SwitchState.objects.update_or_create(node=own_node(), defaults={"file_id": place.id, "file_offset": place.offset})


def move(event: SeatEvent) -> None:
    """What happened at a telephone, to the person who sits there and sat there then."""
    seat = SeatSession.objects.filter(phone__extension=event.extension, ended_at=None, started_at__lte=event.at).first()
    if seat is None:
        return
    call = Call.objects.filter(linkedid=event.linkedid).values_list("pk", flat=True).first()
    move_seat(seat.pk, event.event, at=event.at, call_id=call)
