"""The switch's records become calls: kept as they came, folded, saved; told to the rooms above and to the screens.

Everything may be said twice, late and by several processes at once: a record is kept once, a call's row is always the
fold of all its records, and whoever works on a call holds its lock.
"""

from collections.abc import Iterable, Sequence
from typing import Any

import structlog
from django.db import DatabaseError, InterfaceError, OperationalError, connection, transaction
from django.db.models.fields.reverse_related import ManyToOneRel

from huying.audit.queries import ALL, quick, tenant_scope
from huying.calls.models import Call, Leg, SwitchRecord
from huying.calls.operations.known import Known
from huying.calls.operations.save_call import Saved, Surroundings, save_call
from huying.calls.operations.tell_call import tell_rooms, tell_screens
from huying.calls.queries.flows import graph_of
from huying.calls.queries.records import as_row, families, known_keys, name_of, records_by_family
from huying.calls.rules.fold import apart, fold
from huying.calls.rules.fold.channels import RESTART
from huying.calls.rules.nodes import kinds_of
from huying.switch.records import Record

log = structlog.get_logger("huying.calls.take_in")
BATCH = 1000
FAMILIES = 200  # folded in one transaction
FEW = 50  # are not asked for first: their key turns away what is kept already


def take_in(records: Iterable[Record], *, around: Surroundings | None = None) -> list[Call]:
    """Keep what is new and bring the calls touched up to date; returns them. Safe to repeat with the same records.

    A process that takes in all day passes the same `around` each time, so that numbers and groups are not asked for anew.

    A call that cannot be folded or saved is logged and left for `huying calls reconcile`; the others go on. Raises when
    the database is away: nothing is lost then, the records stand in the switch's file.
    """
    with tenant_scope(ALL):
        touched = keep(list(records), around=around)
        return list({call.pk: call for call in refold(touched, around=around).values()}.values()) if touched else []


def keep(records: Sequence[Record], *, around: Surroundings | None = None) -> list[str]:
    """Insert the records not known yet; the names (linkedid) of the calls of which they tell something, to be refolded."""
    if around and any(record.kind == RESTART for record in records):
        around.back = None  # the calls that it cut off are folded next
    for start in range(0, len(records), BATCH):
        part = records[start : start + BATCH]
        known = known_keys(part) if len(part) > FEW else ()
        made = [row for record in part if record.key not in known and (row := as_row(record))]
        SwitchRecord.objects.bulk_create(made, ignore_conflicts=True)
    names = {name_of(record) for record in records if tells(record)}
    for record in records:
        if record.kind == RESTART:  # rare
            names |= set(cut_off_by(record))
    return sorted(names - {""})


def cut_off_by(restart: Record) -> list[str]:
    """Calls that were going on at a node of the switch when it went; its return ends them, and no other node's."""
    rows = Call.objects.filter(ended_at=None, entered_at__lte=restart.at, source="switch")
    if restart.node:
        rows = rows.filter(node=restart.node)
    return list(rows.values_list("linkedid", flat=True))


def tells(record: Record) -> bool:
    """Whether a call's facts can depend on it: sounds played and the ends of applications are kept, but change nothing."""
    if record.kind in {RESTART, "APP_END", "LINKEDID_END"}:
        return False
    return not (record.kind in {"STREAM_BEGIN", "STREAM_END"} and record.user_event.startswith("FILE_"))


def refold(linkedids: Iterable[str], *, around: Surroundings | None = None, guarded: bool = True) -> dict[str, Call]:
    """Fold the calls of these names, and those they share channels with, from all their records; each by all its names.

    `guarded`: a call that cannot be folded, saved or told is left out, on record. Else it raises, for whoever begins the
    transaction again; without savepoints that is a third of the questions to the database saved.
    """
    around = (around or Surroundings()).fresh()
    found: dict[str, Call] = {}
    every = families(linkedids)
    for start in range(0, len(every), FAMILIES):
        part = every[start : start + FAMILIES]
        with transaction.atomic(savepoint=False):
            lock_calls(name for family in part for name in family)
            saved = fold_guarded(part, around) if guarded else fold_together(part, around)
            for each in saved:
                tell(each, guarded=guarded)
        for each in saved:
            found |= {name: each.call for name in each.family if name not in found}
        found |= {each.call.linkedid: each.call for each in saved}
    return found


def fold_together(part: Sequence[Sequence[str]], around: Surroundings) -> list[Saved]:
    """All of these families; raises what one of them raises."""
    known = Known.of(name for family in part for name in family)
    rows = records_by_family(part)
    return [each for family, records in zip(part, rows, strict=True) for each in fold_family(family, records, known, around)]


def fold_guarded(part: Sequence[Sequence[str]], around: Surroundings) -> list[Saved]:
    """All of these families; when one of them cannot be folded or saved, each by itself, and that one is left out."""
    try:
        with transaction.atomic():
            return fold_together(part, around)
    except (OperationalError, InterfaceError):
        raise
    except (DatabaseError, ValueError, LookupError, TypeError):
        if len(part) > 1:
            return [each for family in part for each in fold_guarded([family], around)]
        log.exception("call_not_saved", calls=part[0])
        around.failed += part[0]
        return []


def fold_family(family: Sequence[str], records: Sequence[Record], known: Known, around: Surroundings) -> list[Saved]:
    """One row for each citizen in it, and none for what has become part of another call."""
    if not records:
        return []
    back = around.restarts(min(record.at for record in records), {record.node for record in records})
    nodes = nodes_of(records)
    saved = []
    for name, rows in apart(records):
        facts = fold([*rows, *back], nodes, name=name)
        if facts is None:
            continue
        row = save_call(facts, around, known)
        if row:
            row.family = family
            saved.append(row)
    absorb([each.call for each in saved], [call for name in family if (call := known.call(name))])
    return saved


def lock_calls(names: Iterable[str]) -> None:
    """Until the end of the transaction nobody else writes these calls' rows."""
    quick("SELECT pg_advisory_xact_lock(hashtextextended(name, 7)) FROM unnest(%s::text[]) AS name", [sorted(names)])


def pointing() -> list[tuple[Any, str]]:
    """Every model and field that names a call; legs aside, which the fold makes anew."""
    return [
        (relation.related_model, relation.field.name) for relation in Call._meta.get_fields(include_hidden=True)
        if isinstance(relation, ManyToOneRel) and relation.related_model is not Leg
    ]


def absorb(kept: Sequence[Call], before: Iterable[Call]) -> None:
    """A colleague's consultation that joined the citizen's call is no call of its own any more: what pointed to it (orders,
    recordings, seats) points to the citizen's call."""
    names = {call.linkedid for call in kept}
    for call in (call for call in before if call.linkedid not in names):
        for model, name in pointing() if kept else ():
            model._default_manager.filter(**{name: call}).update(**{name: kept[0]})
        call.delete()


def nodes_of(records: Iterable[Record]) -> dict[str, str]:
    """What kind of step each "flow:node" named by the records is."""
    flows = {record.data.partition(":")[0] for record in records if record.user_event == "NODE"}
    found: dict[str, str] = {}
    for context in flows:
        if graph := graph_of(context):
            found |= kinds_of(context, graph)
    return found


def tell(saved: Saved, *, guarded: bool = True) -> None:
    """Rooms above first, then the screens. Nothing is said of a call in which nothing changed."""
    if saved.changed and guarded:
        tell_guarded(saved)
    elif saved.changed:
        tell_rooms(saved)
        tell_screens(saved)


def tell_guarded(saved: Saved) -> None:
    """A room that fails must not take the facts along."""
    try:
        if saved.news:
            with transaction.atomic():
                tell_rooms(saved)
        tell_screens(saved)
    except (OperationalError, InterfaceError):
        if connection.needs_rollback:
            raise
        log.exception("call_not_told", call=saved.call.pk)
    except Exception:
        log.exception("call_not_told", call=saved.call.pk)
