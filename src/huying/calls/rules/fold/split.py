"""Citizens who came in separate calls and were brought together by an agent: still one row each (kpi.md C9)."""

from collections.abc import Iterable

from huying.calls.rules.fold.channels import in_order
from huying.switch.records import USER, Record


def apart(records: Iterable[Record]) -> list[tuple[str, list[Record]]]:
    """The records of each citizen of a family of calls, with the name of the row ("": that of the oldest channel).

    `records` are those of calls that share channels. Where one citizen entered, or none, they all belong together: an
    agent's own call to a colleague, once joined with the citizen's, is part of it.
    """
    rows = in_order(records)
    entered = list(dict.fromkeys(row.uniqueid for row in rows if row.kind == USER and row.user_event == "ENTER"))
    if len(entered) < 2:
        return [("", rows)]
    return [(name, _of(name, set(entered) - {name}, rows)) for name in entered]


def _of(name: str, others: set[str], rows: list[Record]) -> list[Record]:
    """From the moment they met, what happened to all is part of each call; before it, only what happened in this one."""
    moved = (row.at for row in rows if row.uniqueid == name and row.linkedid != name)
    met = min(moved, default=None)
    kept = []
    for row in rows:
        if row.uniqueid in others and row.kind == USER:
            continue
        if row.linkedid == name or row.linkedid not in {name, *others} or (met and row.at >= met):
            kept.append(row)
    return kept
