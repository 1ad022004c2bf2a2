"""A flow as a drawing: from left to right in layers, few crossings, no line through a box."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from huying.calls.rules.flow_check import exits_of
from huying.calls.rules.flow_kinds import KINDS

WIDE, TALL, PORT = 150, 50, 17
GAP_X, GAP_Y, MARGIN = 84, 16, 28
PERSON = ""
"""The id of the box that exits without a target lead to."""

SHORT = {
    "next": "完", "timeout": "不按", "invalid": "按错", "open": "时间内", "closed": "时间外", "failed": "不成", "silent": "不说",
    "unclear": "不懂",
}


@dataclass
class Box:
    """A node; or (`is_bend`) the place where a long line passes a layer. Whole units of the drawing."""

    id: str
    layer: int = 0
    x: int = 0
    y: int = 0
    height: int = TALL
    is_bend: bool = False

    @property
    def middle(self) -> float:
        return self.y + self.height / 2


@dataclass(frozen=True)
class Wire:
    """One line from node to node; several exits with one target share it. `back`: it leads to an earlier layer."""

    source: str
    target: str
    label: str
    path: str
    x: int
    y: int
    back: bool = False


@dataclass
class Drawing:
    width: int = 0
    height: int = 0
    boxes: list[Box] = field(default_factory=list)
    wires: list[Wire] = field(default_factory=list)


Lines = dict[tuple[str, str], list[str]]


def lines_of(graph: Mapping[str, Any]) -> Lines:
    """(from, to) -> words of the exits; an exit that is not set leads to PERSON, save those that follow another."""
    known = {node["id"] for node in graph["nodes"]}
    found: Lines = {}
    for node in graph["nodes"]:
        kind, exits = KINDS[node["kind"]], exits_of(node)
        for key in kind.exits:
            target = exits.get(key, PERSON)
            if target not in known:
                if key not in kind.automatic and not (node["kind"] == "collect" and key == "next"):
                    continue
                target = PERSON
            found.setdefault((node["id"], target), []).append(SHORT.get(key, key))
    return {line: _few(words) for line, words in found.items()}


def _few(words: list[str]) -> list[str]:
    """The usual case in few words."""
    for usual in ({"不按", "按错"}, {"不说", "不懂", "不成"}):
        if usual <= set(words):
            return [word for word in words if word not in usual] + ["其他"]
    return words


def drawing(graph: Mapping[str, Any]) -> Drawing:
    lines = lines_of(graph)
    ids = [node["id"] for node in graph["nodes"]] + ([PERSON] if any(target == PERSON for _, target in lines) else [])
    back = _backward(ids, graph.get("start", ""), lines)
    boxes = {each: Box(each) for each in ids}
    _set_layers(boxes, [line for line in lines if line not in back], graph.get("start", ""))
    for each, box in boxes.items():
        ports = sum(source == each for source, _ in lines)
        box.height = max(TALL, PORT * ports + 8)
    chains = {line: _chain(boxes, *line) for line in lines if line not in back}
    layers = _ordered(boxes, chains)
    _place(layers)
    out = Drawing(boxes=[box for box in boxes.values() if not box.is_bend])
    _wire(out, boxes, lines, chains)
    lowest = max((box.y + box.height for box in boxes.values()), default=0)
    out.width = max((box.x for box in out.boxes), default=0) + WIDE + MARGIN
    out.height = lowest + MARGIN + (12 * len(back) + 16 if back else 0)
    return out


def _backward(ids: list[str], start: str, lines: Lines) -> set[tuple[str, str]]:
    """The lines that close a circle, seen from the start: without them the rest has layers."""
    onward: dict[str, list[str]] = {each: [] for each in ids}
    for source, target in lines:
        onward[source].append(target)
    back: set[tuple[str, str]] = set()
    done: set[str] = set()
    for first in [start, *ids]:
        if first not in onward or first in done:
            continue
        path, todo = [first], [iter(onward[first])]
        while todo:
            target = next(todo[-1], "-")
            if target == "-":  # no id of a node
                done.add(path.pop())
                todo.pop()
            elif target in path:
                back.add((path[-1], target))
            elif target not in done:
                path.append(target)
                todo.append(iter(onward[target]))
    return back


def _set_layers(boxes: dict[str, Box], lines: list[tuple[str, str]], start: str) -> None:
    """Each box behind all that lead to it; there is no circle left, so this comes to an end."""
    moving = True
    while moving:
        moving = False
        for source, target in lines:
            if boxes[target].layer <= boxes[source].layer:
                boxes[target].layer, moving = boxes[source].layer + 1, True


def _chain(boxes: dict[str, Box], source: str, target: str) -> list[str]:
    """The line by way of a bend in each layer it passes; the bends are added to `boxes`."""
    chain = [source]
    for layer in range(boxes[source].layer + 1, boxes[target].layer):
        name = f"{source}>{target}>{layer}"
        boxes[name] = Box(name, layer=layer, height=10, is_bend=True)
        chain.append(name)
    return [*chain, target]


def _ordered(boxes: dict[str, Box], chains: Mapping[tuple[str, str], list[str]]) -> list[list[Box]]:
    """The boxes of each layer from top to bottom: a few sweeps, each box towards the middle of its neighbours."""
    count = max((box.layer for box in boxes.values()), default=0) + 1
    layers: list[list[Box]] = [[box for box in boxes.values() if box.layer == layer] for layer in range(count)]
    before: dict[str, list[str]] = {}
    after: dict[str, list[str]] = {}
    for chain in chains.values():
        for one, other in pairwise(chain):
            after.setdefault(one, []).append(other)
            before.setdefault(other, []).append(one)
    for sweep in range(6):
        near, order = (before, range(1, count)) if sweep % 2 == 0 else (after, range(count - 2, -1, -1))
        for layer in order:
            rank = {box.id: place for row in layers for place, box in enumerate(row)}
            middles = {
                box.id: sum(rank[each] for each in near[box.id]) / len(near[box.id]) if box.id in near else float(rank[box.id])
                for box in layers[layer]
            }
            layers[layer].sort(key=lambda box: middles[box.id])
    return layers


def _place(layers: list[list[Box]]) -> None:
    heights = [sum(box.height + GAP_Y for box in row) for row in layers]
    tallest = max(heights, default=0)
    for at, row in enumerate(layers):
        y = MARGIN + (tallest - heights[at]) // 2
        for box in row:
            box.x, box.y = MARGIN + at * (WIDE + GAP_X), y
            y += box.height + GAP_Y


def _wire(out: Drawing, boxes: dict[str, Box], lines: Lines, chains: Mapping[tuple[str, str], list[str]]) -> None:
    lowest = max((box.y + box.height for box in boxes.values()), default=0) + 12
    for each in [box.id for box in out.boxes]:
        own = sorted((line for line in lines if line[0] == each), key=lambda line: _height(boxes, chains, line))
        for place, line in enumerate(own):
            box = boxes[each]
            x, y = box.x + WIDE, round(box.middle + PORT * (place - (len(own) - 1) / 2))
            label = "、".join(lines[line])
            if line in chains:
                path = _forward(x, y, [boxes[name] for name in chains[line][1:]])
            else:
                path = _around(x, y, boxes[line[1]], lowest)
                lowest += 12
            out.wires.append(Wire(*line, label, path, x + 5, y - 4, line not in chains))


def _height(boxes: dict[str, Box], chains: Mapping[tuple[str, str], list[str]], line: tuple[str, str]) -> float:
    """Where the line goes on: lines leave a box in the order in which they go on, those that go back below all."""
    return boxes[chains[line][1]].middle if line in chains else float("inf")


def _forward(x: int, y: int, through: list[Box]) -> str:
    path = f"M{x} {y}"
    for box in through:
        path += _bow(x, y, box.x, round(box.middle))
        x, y = box.x, round(box.middle)
        if box.is_bend:
            path += f"H{box.x + WIDE}"
            x = box.x + WIDE
    return path


def _bow(x: int, y: int, to_x: int, to_y: int) -> str:
    half = (to_x - x) // 2
    return f"C{x + half} {y} {to_x - half} {to_y} {to_x} {to_y}"


def _around(x: int, y: int, target: Box, lowest: int) -> str:
    """Out to the right, below everything, and up again before the target, so that it crosses no box."""
    end, middle = target.x - 16, round(target.middle)
    return f"M{x} {y}h10q8 0 8 8V{lowest - 8}q0 8 -8 8H{end + 8}q-8 0 -8 -8V{middle + 8}q0 -8 8 -8H{target.x}"
