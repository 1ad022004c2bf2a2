"""From the record file to calls and agents' states: each portion is one transaction, the place in the file with it.

Whatever dies in between, the file is read on from the last place that was kept: nothing is lost, nothing is done twice.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from time import monotonic

import structlog

from huying.calls import operations
from huying.calls.models import Call, SwitchState
from huying.calls.operations.call_back import own_telephone_failed
from huying.calls.operations.save_call import Surroundings
from huying.calls.queries.records import families, newest_calls
from huying.calls.queries.switch import own_node
from huying.gateway import recordfile
from huying.gateway.database import Database
from huying.gateway.legs import Legs, SeatEvent
from huying.gateway.recordfile import Place
from huying.switch.records import Record

log = structlog.get_logger("huying.gateway")
LOOK_EVERY = 0.2
RANG_IN_VAIN = frozenset({"missed", "refused", "cancelled"})
SETTLE = 0.004  # the manager's event is sent while the line is being written
REREAD = 500  # records of our own, after a start
REFOLDED = 1000  # records whose calls are folded after a start: somebody before us may have left them unfolded
PATIENCE = 4.0  # times what the last portion took: the records that follow each other closely are worked in together
LONGEST_WAIT = 1.0
MOST = 1000
AT_ONCE = 8  # calls folded in one transaction when nothing is urgent, so that what then comes need not wait long


class Facts:
    """`told` hears what happens at the seats' telephones at once, before the database does.

    A call is folded anew with each portion that tells of it, so under load records wait a moment for those that follow
    them. What concerns somebody's telephone (it rings, is answered, hung up) does not wait, nor does a citizen's end: all
    records are kept at once then, their calls are folded, and the others are left unfolded (`_stale`, the first first) until
    their moment comes.
    """

    def __init__(self, folder: Path, database: Database, legs: Legs, told: Callable[[Sequence[SeatEvent]], None]) -> None:
        self.folder, self.database, self.legs, self._told = folder, database, legs, told
        self.wake, self.caught_up = asyncio.Event(), asyncio.Event()
        self._own: list[Record] = []
        self._waiting: list[Record] = []
        self._stale: list[str] = []
        self._next = 0.0  # when what waits is worked in
        self._around = Surroundings()

    def add(self, record: Record) -> None:
        """One that Asterisk does not write into its file."""
        recordfile.keep(self.folder, record)
        self._own.append(record)
        self.wake.set()

    async def run(self) -> None:
        place = kept = await self.database.do(last_place)
        self._stale = sorted(await self.database.do(lambda: newest_calls(REFOLDED)))
        self._own += recordfile.kept(self.folder)[-REREAD:]
        while True:
            portion = await asyncio.to_thread(recordfile.read, self.folder, place)
            own, self._own = self._own, []
            if portion.damaged:
                log.warning("records_damaged", lines=portion.damaged)
            place = portion.place
            self._waiting += (fresh := [*portion.records, *own])
            self._told(events := self.legs.take(fresh))
            if events or ended(fresh) or self._due(place != kept):
                await self._take(events, place)
                kept = place
            if not portion.more and not self._own:
                if not self._waiting and not self._stale:
                    self.caught_up.set()
                await self._rest()

    def _due(self, moved: bool) -> bool:
        """Whether what waits is to be worked in now: its moment has come, it is too much, or somebody waits for it."""
        hurry = monotonic() >= self._next or len(self._waiting) > MOST or not self.caught_up.is_set()
        return hurry and bool(self._waiting or self._stale or moved)

    async def _take(self, events: list[SeatEvent], place: Place) -> None:
        records, self._waiting, begun = self._waiting, [], monotonic()
        most, stale = AT_ONCE if self._due(moved=True) else 0, self._stale
        if (events or ended(records)) and begun < self._next + LONGEST_WAIT:
            most = 0
        try:
            self._stale = await self.database.do(lambda: keep(records, events, place, self._around, stale, most))
        except Exception:
            log.exception("records_refused", records=len(records))
            await self._one_call_at_a_time(records, events, place)
        if most:
            now = monotonic()
            self._next = now if self._stale else now + min(PATIENCE * (now - begun), LONGEST_WAIT)

    async def _rest(self) -> None:
        waits = self._waiting or self._stale
        try:
            async with asyncio.timeout(min(LOOK_EVERY, max(self._next - monotonic(), SETTLE)) if waits else LOOK_EVERY):
                await self.wake.wait()
        except TimeoutError:
            return
        await asyncio.sleep(SETTLE)
        self.wake.clear()

    async def _one_call_at_a_time(self, records: list[Record], events: list[SeatEvent], place: Place) -> None:
        """A call whose records cannot be understood must not stand in the way of others; the file still has it."""
        left, self._stale = self._stale, []
        for call in dict.fromkeys([*left, *(record.linkedid for record in records)]):
            mine = [record for record in records if record.linkedid == call]
            done = [event for event in events if event.linkedid == call]
            try:
                await self.database.do(partial(keep, mine, done, None, self._around, [call], guarded=True))
            except Exception:
                log.exception("call_refused", call=call, records=len(mine))
        await self.database.do(lambda: keep([], [], place, self._around))


def last_place() -> Place:
    row = SwitchState.objects.filter(node=own_node()).first()
    return Place(row.file_id, row.file_offset) if row else Place()


def keep(
    records: list[Record], events: Sequence[SeatEvent], place: Place | None, around: Surroundings,
    stale: Sequence[str] = (), most: int = AT_ONCE, *, guarded: bool = False,
) -> list[str]:
    """Records, calls, agents' states and the place in the file. Of the calls touched and `stale` those of `events` and those
    that have ended are folded, and `most` others; the names of the rest. `guarded` as in `refold`."""
    touched = dict.fromkeys([*stale, *(operations.keep(records, around=around) if records else ())])
    first = dict.fromkeys([*(event.linkedid for event in events), *ended(records)])
    urgent = [name for name in first if touched.pop(name, "") is None]
    others = list(touched)
    calls = operations.refold([*urgent, *others[:most]], around=around, guarded=guarded)
    for event in events:
        move(event, calls)
    if place is not None:
        keep_place(place)
    return others[most:]


def keep_place(place: Place) -> None:
    known = {"file_id": place.id, "file_offset": place.offset}
    if not SwitchState.objects.filter(node=own_node()).update(**known):
        SwitchState.objects.update_or_create(node=own_node(), defaults=known)


def ended(records: Sequence[Record]) -> list[str]:
    """The calls whose first channel, most often the citizen's, is gone."""
    return [record.linkedid for record in records if record.kind == "HANGUP" and record.uniqueid == record.linkedid]


def move(event: SeatEvent, calls: Mapping[str, Call] | None = None) -> None:
    """What happened at a telephone, to the person who sits there and sat there then. `calls`: by name, as far as known."""
    known = (calls or {}).get(event.linkedid)
    call = known.pk if known else call_of(event.linkedid)
    moved = operations.move_seat_at(event.extension, event.event, at=event.at, call_id=call)
    if moved is not None and event.event in RANG_IN_VAIN:
        own_telephone_failed(moved)


def call_of(name: str) -> int | None:
    """The id of the call of this name, or of the one of which it has become a part."""
    ids = Call.objects.order_by("entered_at").values_list("pk", flat=True)
    found = ids.filter(linkedid=name).first()
    return found or next((pk for family in families([name]) for pk in ids.filter(linkedid__in=family)[:1]), None)
