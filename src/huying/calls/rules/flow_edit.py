"""Steps of editing a flow's graph; each returns a new graph and leaves the old one alone."""

from collections.abc import Mapping
from itertools import count
from typing import Any

from huying.calls.rules.flow_check import Known, exits_of, name_of
from huying.calls.rules.flow_kinds import KINDS

Graph = dict[str, Any]
Nodes = Mapping[str, dict[str, Any]]


def first_draft() -> Graph:
    """The default of R204: whoever calls goes straight to a person."""
    return {"start": "n1", "nodes": [{"id": "n1", "kind": "queue", "name": "人工服务", "options": {}, "exits": {}}]}


def read(graph: Any) -> Graph:
    """Whatever stands in the database as a graph that can be shown; nodes nobody knows are left out."""
    rows = graph.get("nodes") if isinstance(graph, Mapping) else None
    nodes = [
        {**row, "options": dict(row.get("options") or {}), "exits": dict(row.get("exits") or {})}
        for row in (rows if isinstance(rows, list) else [])
        if isinstance(row, Mapping) and row.get("kind") in KINDS and isinstance(row.get("id"), str)
    ]
    return {"start": str(graph.get("start", "")) if isinstance(graph, Mapping) else "", "nodes": nodes}


def node_of(graph: Graph, node: str) -> dict[str, Any] | None:
    return next((row for row in graph["nodes"] if row["id"] == node), None)


def added(graph: Graph, kind: str, name: str = "") -> tuple[Graph, str]:
    """With a new node behind the others, and its id."""
    used = {row["id"] for row in graph["nodes"]}
    fresh = next(word for number in count(1) if (word := f"n{number}") not in used)
    row = {"id": fresh, "kind": kind, "name": name, "options": {}, "exits": {}}
    return {"start": graph["start"] or fresh, "nodes": [*graph["nodes"], row]}, fresh


def changed(graph: Graph, node: str, *, name: str, options: dict[str, str], exits: dict[str, str]) -> Graph:
    known = {row["id"] for row in graph["nodes"]}
    values = {
        "name": name, "options": {key: value for key, value in options.items() if value},
        "exits": {key: target for key, target in exits.items() if target in known},
    }
    return {**graph, "nodes": [{**row, **values} if row["id"] == node else row for row in graph["nodes"]]}


def removed(graph: Graph, node: str) -> Graph:
    """Exits that led to it lead to a person from now on; a flow that began with it begins with the one after it."""
    gone = node_of(graph, node)
    rest = [
        {**row, "exits": {key: target for key, target in row["exits"].items() if target != node}}
        for row in graph["nodes"] if row["id"] != node
    ]
    start = graph["start"]
    if start == node and gone is not None:
        onward = exits_of(gone).get(KINDS[gone["kind"]].silent, "")
        start = onward if onward and onward != node else next((row["id"] for row in rest), "")
    return {"start": start, "nodes": rest}


def moved(graph: Graph, node: str, by: int) -> Graph:
    """One place up (-1) or down (1) in the list; the order means nothing to callers."""
    rows = list(graph["nodes"])
    at = next((place for place, row in enumerate(rows) if row["id"] == node), -1)
    if at >= 0 and 0 <= at + by < len(rows):
        rows[at], rows[at + by] = rows[at + by], rows[at]
    return {**graph, "nodes": rows}


def started(graph: Graph, node: str) -> Graph:
    return {**graph, "start": node} if node_of(graph, node) else graph


def differences(old: Graph, new: Graph, known: Known) -> list[tuple[str, str]]:
    """What changed from one version to another: (step, words), names as the screen has them."""
    before, after = ({row["id"]: row for row in graph["nodes"]} for graph in (old, new))
    found = [(name_of(row), f"新增（{KINDS[row['kind']].label}）") for each, row in after.items() if each not in before]
    found += [(name_of(row), "删除") for each, row in before.items() if each not in after]
    for each, row in after.items():
        if each in before:
            found += [(name_of(row), words) for words in _node_differences(before, after, each, known)]
    if old["start"] != new["start"]:
        found.append(("整个流程", f"开始于 {_called(before, old['start'], '—')} → {_called(after, new['start'], '—')}"))
    return found


def _node_differences(before: Nodes, after: Nodes, node: str, known: Known) -> list[str]:
    old, new = before[node], after[node]
    kind = KINDS[new["kind"]]
    found = [f"类型 {KINDS[old['kind']].label} → {kind.label}"] if old["kind"] != new["kind"] else []
    if (old.get("name") or "") != (new.get("name") or ""):
        found.append(f"名称 {old.get('name') or '—'} → {new.get('name') or '—'}")
    for option in kind.options:
        values = (str(row["options"].get(option.name) or "") for row in (old, new))
        was, now = (known.of(option.sort).get(value, value) or "—" for value in values)
        if was != now:
            found.append(f"{option.label} {was} → {now}")
    for key, label in kind.exits.items():
        was, now = (_called(rows, rows[node]["exits"].get(key, ""), "人工") for rows in (before, after))
        if was != now:
            found.append(f"{label} {was} → {now}")
    return found


def _called(nodes: Nodes, node: str, otherwise: str) -> str:
    return name_of(nodes[node]) if node in nodes else otherwise
