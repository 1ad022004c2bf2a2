"""Recordings on their way from the switch's spool into the sealed store, and out of it when their time is over (R217)."""

from datetime import timedelta
from pathlib import Path

import structlog
from django.db import transaction
from django.db.models import Q

from huying.calls.models import PhoneSetting, Recording
from huying.calls.operations.tell import tell
from huying.calls.queries.sealed import folder, seal_file, spool
from huying.calls.queries.switch import of_own_node
from huying.calls.rules.fold.outcome import RESTARTED
from huying.calls.rules.sound import BadSound, SilentSound, finish_header, outline
from huying.kernel import clock

log = structlog.get_logger("huying.calls.recordings")
SETTLED = timedelta(seconds=2)
"""The switch closes a file within milliseconds of the call's end."""

LET_GO = timedelta(minutes=1)
"""So long after a call the switch writes nothing of it any more: what is no sound by then never will be."""

GIVEN_UP = timedelta(hours=24)
"""A file that is not there may be on its way (a disk not yet mounted); not so when the switch's restart ended the call."""

BATCH = 50


def seal_waiting() -> int:
    """Seal what is waiting of calls of this machine's switch that are over; how many were. Several workers share the work
    without doubling."""
    now, done, after = clock.now(), 0, 0
    over = of_own_node("call__node") & Q(call__ended_at__lt=now - SETTLED, state=Recording.State.WAITING)
    while pks := list(Recording.objects.filter(over, pk__gt=after).order_by("pk").values_list("pk", flat=True)[:BATCH]):
        done += sum(seal_one(pk) for pk in pks)
        after = pks[-1]
    return done


@transaction.atomic
def seal_one(pk: int) -> bool:
    """The file of one recording; what cannot be sealed is waited for, then counts as missing, with the reason.

    The sealed file is complete before the row says so, the wav goes only after the commit: a crash in between leaves
    something to do again, never nothing.
    """
    rows = Recording.objects.select_for_update(of=("self",), skip_locked=True).select_related("call")
    row = rows.filter(pk=pk, state=Recording.State.WAITING).first()
    if row is None:
        return False
    source = find(row.name)
    if source is None:
        _missing(row, Recording.Why.NO_FILE, after=LET_GO if row.call.cause_text == RESTARTED else GIVEN_UP)
        return False
    try:
        with source.open("r+b") as sound:
            if finish_header(sound):
                log.warning("recording_cut_off", recording=row.pk)
            about = outline(sound)
            row.path = f"{row.call.entered_at:%Y/%m/%d}/{row.pk}.sealed"
            row.digest, row.size = seal_file(sound, folder() / row.path, row.name)
    except SilentSound:
        if _missing(row, Recording.Why.EMPTY, after=LET_GO):
            transaction.on_commit(lambda: source.unlink(missing_ok=True))
        return False
    except BadSound:
        _missing(row, Recording.Why.DAMAGED, after=LET_GO)  # the file stays: somebody may still get something out of it
        return False
    except OSError as error:
        log.error("recording_not_sealed", recording=row.pk, error=type(error).__name__)
        return False
    row.duration_ms, row.peaks, row.state, row.sealed_at = about.duration_ms, about.peaks, Recording.State.SEALED, clock.now()
    row.kept_until = clock.now().date() + timedelta(days=kept_days(row.centre_id))
    row.save()
    tell("recording", row.centre_id, None, row.call_id)
    transaction.on_commit(lambda: source.unlink(missing_ok=True))
    return True


def _missing(row: Recording, why: Recording.Why, *, after: timedelta) -> bool:
    """Whether the call has been over for so long that the recording now counts as missing."""
    if row.call.ended_at is None or row.call.ended_at > clock.now() - after:
        return False
    row.state, row.why = Recording.State.MISSING, why
    row.save(update_fields=["state", "why"])
    log.error("recording_missing", recording=row.pk, why=str(why))
    tell("recording", row.centre_id, None, row.call_id)
    return True


def find(name: str) -> Path | None:
    """The wav of that name in the spool ("voicemail/…" is a message left); a name that leads out of it finds nothing."""
    part, wanted = ("voicemail" if name.startswith("voicemail/") else "recordings"), Path(name).name
    place = spool() / part / wanted
    return place if wanted and place.is_file() and not place.is_symlink() else None


def kept_days(centre_id: int) -> int:
    row = PhoneSetting.objects.filter(centre_id=centre_id).values_list("keep_recordings_days", flat=True).first()
    return row if row is not None else PhoneSetting._meta.get_field("keep_recordings_days").default


def expire() -> int:
    """Remove what has been kept as long as the rule says, but nothing held as evidence; the row stays and says so."""
    gone = 0
    over = Recording.objects.filter(state=Recording.State.SEALED, held_at=None, kept_until__lt=clock.now().date())
    for pk in over.values_list("pk", flat=True)[:1000]:
        with transaction.atomic():
            row = over.select_for_update().filter(pk=pk).first()
            if row is None:  # held this very moment
                continue
            path, row.state, row.path, row.peaks = folder() / row.path, Recording.State.EXPIRED, "", []
            row.save(update_fields=["state", "path", "peaks"])
            transaction.on_commit(lambda path=path: path.unlink(missing_ok=True))  # type: ignore[misc]
        gone += 1
    return gone
