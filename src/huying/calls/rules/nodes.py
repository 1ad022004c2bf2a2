"""What kind of step each node of a published flow is, for the outcome of a call that ended in the menus."""

from collections.abc import Mapping
from typing import Any

CLOSED = "closed"


def kinds_of(context: str, graph: Mapping[str, Any]) -> dict[str, str]:
    """"f1v3:n2" -> "menu"; "closed" for a node that only a closed door of opening hours leads to."""
    nodes = [node for node in graph.get("nodes", []) if isinstance(node, Mapping) and "id" in node]
    leads: dict[str, set[bool]] = {}
    for node in nodes:
        for key, target in dict(node.get("exits") or {}).items():
            leads.setdefault(str(target), set()).add(node.get("kind") == "hours" and key == CLOSED)
    return {
        f"{context}:{node['id']}": CLOSED if leads.get(str(node["id"])) == {True} else str(node.get("kind", ""))
        for node in nodes
    }
