"""Calling back: by a person's one click, or by itself when a place kept in the queue has its turn."""

from datetime import datetime, timedelta

from django.db import transaction

from huying.calls.catalog import AgentState
from huying.calls.models import Call, CallBack, Command, SeatSession
from huying.calls.operations.commands import ask_switch
from huying.calls.operations.pool import OPEN
from huying.calls.operations.tell import tell, tell_gateway
from huying.calls.rules.call_back import STALE, Place, Seat, due
from huying.kernel import clock
from huying.kernel.errors import Refusal
from huying.org.models import Staff
from huying.org.policies import Actor

State, Kind = CallBack.State, CallBack.Kind
CALL_BACK = "calls.answer"
AGAIN = timedelta(seconds=30)
IN_NUMBER = {"to": "number"}


class AlreadyTaken(Refusal):
    code = "already_taken"
    message = "这条回拨已由其他人处理，请刷新列表"


class NoNumber(Refusal):
    code = "no_number"
    message = "来电没有显示号码，不能回拨，请听留言后写工单，或按“处理完毕”写明情况"


class NoteMissing(Refusal):
    code = "note_missing"
    message = "请写明如何处理的（至少 4 个字）"


def call_back(*, actor: Actor, row: CallBack) -> Command:
    """Take an entry and have the own telephone dial it. Raises NotAllowed, NoNumber, AlreadyTaken, SwitchAway, SwitchRefused.

    Not to be called inside a transaction. An entry whose call could not be begun goes back, with nothing counted.
    """
    actor.must(CALL_BACK)
    assert actor.staff is not None
    if not row.number:
        raise NoNumber
    row = begin(row.pk, actor.staff)
    try:
        command = ask_switch(actor=actor, kind="dial", about=dict(IN_NUMBER), secret=row.number, request_id=actor.request_id)
    except Refusal:
        give_back(row.pk)
        raise
    return command


@transaction.atomic
def begin(pk: int, staff: Staff) -> CallBack:
    """`staff` takes the entry and begins a try. Raises AlreadyTaken."""
    row = CallBack.objects.select_for_update().get(pk=pk)
    mine = row.state == State.DIALLING and row.taken_by_id == staff.pk
    if row.state not in {State.WAITING, State.UNREACHED} and not mine:
        raise AlreadyTaken
    rest = [each for each in row.tries if each["result"]]
    row.tries = [*rest, {"at": clock.now().isoformat(), "staff": staff.pk, "result": ""}]
    row.state, row.taken_by, row.done_at = State.DIALLING, staff, None
    row.save(update_fields=["tries", "state", "taken_by", "done_at"])
    tell("pool", row.centre_id)
    return row


@transaction.atomic
def give_back(pk: int, wait: timedelta | None = None) -> None:
    """A try that never became a call: the entry waits on as before."""
    row = CallBack.objects.select_for_update().get(pk=pk)
    if row.state != State.DIALLING:
        return
    row.tries = [each for each in row.tries if each["result"]]
    row.state, row.taken_by = State.WAITING, None
    row.next_at = clock.now() + wait if wait else row.next_at
    row.save(update_fields=["tries", "state", "taken_by", "next_at"])
    tell("pool", row.centre_id)


def own_telephone_failed(session: SeatSession) -> None:
    """The telephone of whoever was to call back rang in vain: the place goes to whoever is free, at once, or in a moment
    when that is the same person again."""
    rows = CallBack.objects.filter(state=State.DIALLING, taken_by=session.staff_id, centre_id=session.centre_id)
    for row in rows:
        if any(not each["result"] for each in row.tries):
            give_back(row.pk, wait=AGAIN if session.state == AgentState.READY else None)


@transaction.atomic
def finish(*, actor: Actor, row: CallBack, note: str) -> None:
    """Dealt with otherwise (by an order, by another call), in words. Raises NotAllowed, NoteMissing, AlreadyTaken."""
    actor.must(CALL_BACK)
    if len(note.strip()) < 4:
        raise NoteMissing(fields={"note": NoteMissing.message})
    row = CallBack.objects.select_for_update().get(pk=row.pk)
    if row.state not in {*OPEN, State.UNREACHED}:
        raise AlreadyTaken
    row.state, row.note, row.taken_by, row.done_at = State.DONE, note.strip()[:200], actor.staff, clock.now()
    row.save(update_fields=["state", "note", "taken_by", "done_at"])
    tell("pool", row.centre_id)


def call_backs_due(centre_id: int | None = None) -> list[Command]:
    """Begin the calls whose kept place has its turn, of one centre or of all; the commands, given to the gateway.

    The gateway asks every second, within the scope of the centres concerned. Two that ask at once begin nothing twice.
    """
    found = []
    _take_back_failed()
    rows = CallBack.objects.filter(kind=Kind.REQUESTED, state=State.WAITING, group__isnull=False)
    rows = rows.filter(centre_id=centre_id) if centre_id else rows
    for centre in list(rows.order_by("centre_id").values_list("centre_id", flat=True).distinct()):
        found += _begin_due(centre)
    return found


def _take_back_failed() -> None:
    """A call back that the switch could not begin waits on, half a minute longer."""
    dialling = CallBack.objects.filter(state=State.DIALLING, kind=Kind.REQUESTED)
    for row in dialling:
        begun = [each for each in row.tries if not each["result"] and each.get("command")]
        state = Command.objects.filter(pk=begun[-1]["command"]).values_list("state", flat=True).first() if begun else ""
        if state in {Command.State.FAILED, Command.State.EXPIRED}:
            give_back(row.pk, wait=AGAIN)


def _begin_due(centre_id: int) -> list[Command]:
    rows = CallBack.objects.filter(centre_id=centre_id, kind=Kind.REQUESTED, state=State.WAITING, group__isnull=False)
    places = [Place(pk, group, at, nxt) for pk, group, at, nxt in rows.values_list("pk", "group_id", "place_at", "next_at")]
    ready = SeatSession.objects.filter(ended_at=None, state=AgentState.READY).exclude(groups={})
    busy = Command.objects.filter(state__in=["waiting", "running"]).values_list("session_id", flat=True)
    seats = [
        Seat(row.pk, {int(group): level for group, level in row.groups.items()}, row.state_since)
        for row in ready.exclude(pk__in=[pk for pk in busy if pk])
    ]
    pairs = due(places, _waiting(), seats, clock.now()) if seats else []
    return [command for place, seat in pairs if (command := _dial(place, seat))]


def _waiting() -> dict[int, list[datetime]]:
    """Group -> when each caller now in its queue came in."""
    rows = Call.objects.filter(ended_at=None, answered_at=None, queued_at__isnull=False, group__isnull=False)
    found: dict[int, list[datetime]] = {}
    for group, at in rows.values_list("group_id", "queued_at"):
        if group is not None and at is not None:
            found.setdefault(group, []).append(at)
    return found


@transaction.atomic
def _dial(place: int, seat: int) -> Command | None:
    session = SeatSession.objects.select_for_update(of=("self",)).select_related("staff").get(pk=seat)
    if session.ended_at or session.state != AgentState.READY:
        return None
    try:
        row = begin(place, session.staff)
    except AlreadyTaken:
        return None
    command = Command.objects.create(
        centre_id=session.centre_id, staff=session.staff, session=session, kind="dial", about={**IN_NUMBER, "call_back": row.pk},
        secret=row.number, created_at=clock.now(),
    )
    row.tries = [*row.tries[:-1], {**row.tries[-1], "command": command.pk}]
    row.save(update_fields=["tries"])
    tell_gateway(str(command.pk))
    return command


def tidy_pool() -> int:
    """Entries whose call back never came about are taken up again; how many."""
    stale = clock.now() - STALE
    count = 0
    rows = CallBack.objects.filter(state=State.DIALLING)
    for row in rows:
        begun = [each["at"] for each in row.tries if not each["result"]]
        if begun and datetime.fromisoformat(begun[-1]) > stale:
            continue
        going = Call.objects.filter(number_hash=row.number_hash, ended_at=None, direction=Call.Direction.OUT)
        if not going.exists():
            give_back(row.pk)
            count += 1
    return count


