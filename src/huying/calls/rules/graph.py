"""A flow as it stands in the database, read into what the switch is told."""

from collections.abc import Mapping
from typing import Any, get_args

from huying.kernel.errors import Refusal
from huying.switch.plan import Flow, Node, NodeKind

KINDS = frozenset(get_args(NodeKind))


class BadGraph(Refusal):
    code = "bad_graph"
    message = "语音流程的内容不完整，请重新编辑后发布"


def read_graph(name: str, graph: object) -> Flow:
    """The flow `name` of `graph`: {"start", "nodes": [{"id", "kind", "options", "exits", …}]}. Raises BadGraph.

    Only the shape is read here; whether what a node names exists is for `plan_check`.
    """
    if not isinstance(graph, Mapping) or not isinstance(graph.get("nodes"), list):
        raise BadGraph
    nodes = tuple(_node(row) for row in graph["nodes"])
    ids = {node.id for node in nodes}
    start = str(graph.get("start", ""))
    if start not in ids or len(ids) != len(nodes):
        raise BadGraph("语音流程没有起点，或有两个编号相同的节点")
    for node in nodes:
        if lost := sorted(set(node.exits.values()) - ids):
            raise BadGraph(f"节点“{node.id}”通向不存在的节点“{lost[0]}”")
    return Flow(name, start, nodes)


def _node(row: Any) -> Node:
    if not isinstance(row, Mapping) or row.get("kind") not in KINDS or not row.get("id"):
        raise BadGraph("语音流程中有无法识别的节点")
    return Node(str(row["id"]), row["kind"], _texts(row.get("options")), _texts(row.get("exits")))


def _texts(given: Any) -> dict[str, str]:
    if given is None:
        return {}
    if not isinstance(given, Mapping):
        raise BadGraph
    return {str(key): str(value) for key, value in given.items() if value not in (None, "")}
