"""The pool of callers to be called back: filled by the facts, never by hand, one open entry per number (R042, R223)."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q

from huying.calls.catalog import Outcome
from huying.calls.models import Call, CallBack, Recording
from huying.calls.operations.tell import tell
from huying.calls.queries.numbers import hash_of
from huying.calls.queries.records import records_of
from huying.calls.rules.call_back import next_try, stronger, wanted
from huying.citizens.fields import blind_index
from huying.kernel import clock
from huying.kernel.phones import normalise_phone

State, Kind = CallBack.State, CallBack.Kind
OPEN = (State.WAITING, State.DIALLING)


@transaction.atomic
def note_ended(call: Call) -> CallBack | None:
    """What the end of `call` means for the pool; the entry it made or changed. The same call noted again changes nothing."""
    if call.direction == Call.Direction.OUT:
        return _called_out(call)
    if call.direction != Call.Direction.IN:
        return None
    if call.outcome == Outcome.ANSWERED:
        return _came_again(call)
    kind = wanted(call.outcome)
    missed_test = call.is_test and kind == Kind.MISSED  # what a test asks for by key or message is wanted, and tested
    return _enter(call, kind) if kind and not missed_test else None


def _enter(call: Call, kind: str) -> CallBack | None:
    number = _number_wanted(call)
    if not number and kind == Kind.MISSED:  # nobody could call them
        return None
    since = call.queued_at or call.human_at or call.entered_at
    digest = hash_of(number) or blind_index(call.linkedid, purpose="phone")  # a hidden number's message: an entry of its own
    if _settled_since(call, digest):
        return None
    row, made = CallBack.objects.get_or_create(
        centre_id=call.centre_id, number_hash=digest, state__in=OPEN,
        defaults={
            "state": State.WAITING, "kind": kind, "call": call, "group_id": call.group_id, "number": number,
            "place_at": since, "created_at": clock.now(),
        },
    )
    if not made:
        row = CallBack.objects.select_for_update().get(pk=row.pk)
        row.kind, row.place_at = stronger(row.kind, kind), min(row.place_at, since)
        row.group_id = row.group_id or call.group_id
        row.next_at = None if _called_since_try(row, call) else row.next_at
    else:
        _replace_unreached(row, call)
    row.times = max(1, _unanswered_since(row))
    row.voicemail = _voicemail(call) or row.voicemail
    later = Call.objects.filter(centre_id=call.centre_id, number_hash=digest, entered_at__gt=call.entered_at)
    if served := later.filter(outcome=Outcome.ANSWERED).order_by("entered_at").first():
        _settle(row, State.NOT_NEEDED if served.direction == Call.Direction.IN else State.DONE, served)
    row.save()
    tell("pool", row.centre_id)
    return row


def _settled_since(call: Call, digest: bytes) -> bool:
    """Whether an entry that this call belongs to was closed after it: heard late or twice, it opens nothing anew."""
    rows = CallBack.objects.filter(centre_id=call.centre_id, number_hash=digest).exclude(state__in=OPEN)
    return rows.filter(call__entered_at__lte=call.entered_at, done_at__gte=call.ended_at or call.entered_at).exists()


def _called_since_try(row: CallBack, call: Call) -> bool:
    """Whoever calls after a try in vain is at the telephone now: their turn need not wait for another hour."""
    return bool(row.tries) and call.entered_at > datetime.fromisoformat(row.tries[-1]["at"])


def _replace_unreached(row: CallBack, call: Call) -> None:
    """An older entry of that number, out of reach, is not to be called beside the new one."""
    rows = CallBack.objects.filter(centre_id=row.centre_id, number_hash=row.number_hash, state=State.UNREACHED)
    rows.filter(done_at__lte=call.ended_at or call.entered_at).update(state=State.NOT_NEEDED, result_call=call)


def _number_wanted(call: Call) -> str:
    """The number keyed in for the call back, else the one that called."""
    if call.outcome == Outcome.CALL_BACK:
        for record in records_of([call.linkedid]):
            if record.user_event == "CALLBACK" and normalise_phone(record.data):
                return normalise_phone(record.data)
    return normalise_phone(call.number)


def _unanswered_since(row: CallBack) -> int:
    first = row.call.entered_at
    rows = Call.objects.filter(centre_id=row.centre_id, number_hash=row.number_hash, entered_at__gte=first)
    return rows.filter(direction=Call.Direction.IN).exclude(outcome=Outcome.ANSWERED).count()


def _voicemail(call: Call) -> Recording | None:
    said = [line.get("name", "") for line in call.milestones if line.get("kind") == "voicemail"]
    names = [*said, *(f"voicemail/{name}" for name in said)]  # by which the spool tells it from what was recorded of a talk
    return Recording.objects.filter(call=call, name__in=names).order_by("-id").first() if names else None


def _open_of(call: Call) -> CallBack | None:
    if not call.number_hash:
        return None
    rows = CallBack.objects.select_for_update().filter(centre_id=call.centre_id, number_hash=call.number_hash)
    return rows.filter(Q(state__in=OPEN) | Q(state=State.UNREACHED)).order_by("-id").first()


def _came_again(call: Call) -> CallBack | None:
    """Whoever has called again and was served need not be called."""
    row = _open_of(call)
    if row is None or row.call.entered_at > call.entered_at:
        return None
    _settle(row, State.NOT_NEEDED, call)
    row.save()
    tell("pool", row.centre_id)
    return row


def _called_out(call: Call) -> CallBack | None:
    """Anybody's call out to that number counts, from the pool or not: reached, or one try more."""
    row = _open_of(call)
    if row is None or row.call.entered_at > call.entered_at:
        return None
    if call.outcome == Outcome.ANSWERED:
        mark_try(row, "answered", call.entered_at, call)
        _settle(row, State.DONE, call)
    elif row.state != State.UNREACHED:
        mark_try(row, "no_answer", call.entered_at, call)
        go_on(row)
    row.save()
    tell("pool", row.centre_id)
    return row


def mark_try(row: CallBack, result: str, at: datetime, call: Call) -> None:
    """Write what became of a try into the one begun for it, or as a new one. The same call counts once."""
    tries: list[dict[str, Any]] = list(row.tries)
    if any(each.get("call") == call.pk for each in tries):
        return
    if tries and not tries[-1]["result"]:
        tries[-1] = {**tries[-1], "result": result, "call": call.pk}
    else:
        tries.append({"at": at.isoformat(), "staff": call.agent_id, "result": result, "call": call.pk})
    row.tries, row.attempts = tries, sum(each["result"] != "failed" for each in tries)


def go_on(row: CallBack) -> None:
    """Back into the pool until another time makes sense, or out of reach after the last try."""
    made = [datetime.fromisoformat(each["at"]) for each in row.tries if each["result"] != "failed"]
    row.next_at = next_try(made, clock.now())
    row.state = State.WAITING if row.next_at else State.UNREACHED
    row.done_at = None if row.next_at else clock.now()
    row.taken_by = None if row.next_at else row.taken_by


def _settle(row: CallBack, state: str, by: Call) -> None:
    row.state, row.result_call, row.done_at = state, by, clock.now()
