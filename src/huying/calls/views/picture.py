"""A flow's drawing with its words, ready for the template."""

from dataclasses import dataclass
from typing import Any

from huying.calls.rules.flow_check import Known, name_of
from huying.calls.rules.flow_edit import Graph
from huying.calls.rules.flow_kinds import KINDS
from huying.calls.rules.flow_layout import PERSON, Box, Drawing, drawing

MOST_SIGNS = 10  # Chinese signs that fit on a line of a box


@dataclass(frozen=True)
class Shown:
    """A box, two lines of words and their heights, and how it looks."""

    box: Box
    first: str
    second: str
    tone: str
    full: str

    @property
    def first_y(self) -> int:
        return round(self.box.middle) - 4

    @property
    def second_y(self) -> int:
        return round(self.box.middle) + 14

    @property
    def text_x(self) -> int:
        return self.box.x + 10


@dataclass(frozen=True)
class Picture:
    drawing: Drawing
    boxes: list[Shown]


def draw(graph: Graph, wrong: set[str], known: Known) -> Picture:
    drawn = drawing(graph)
    nodes = {node["id"]: node for node in graph["nodes"]}
    shown = []
    for box in drawn.boxes:
        if box.id == PERSON:
            shown.append(Shown(box, "人工", "默认技能组", "end", "人工：来电号码的默认技能组"))
            continue
        node = nodes[box.id]
        first, second = name_of(node), picture_of(node, known) or KINDS[node["kind"]].label
        kind = KINDS[node["kind"]]
        end = "end" if kind.reaches_person or not kind.exits else ""
        tone = "wrong" if box.id in wrong else "start" if box.id == graph["start"] else end
        shown.append(Shown(box, short(first), short(second), tone, f"{first}：{kind.label} {second}"))
    return Picture(drawn, shown)


def picture_of(node: dict[str, Any], known: Known) -> str:
    """What the step does, in a few words: its prompt, group, calendar, number."""
    for option in KINDS[node["kind"]].options:
        value = str(node["options"].get(option.name, ""))
        if value and option.sort in {"sound", "queue", "hours", "desk", "service"}:
            return known.of(option.sort).get(value, value).partition("（")[0]
        if value and option.sort == "number":
            return value
    return ""


def short(words: str) -> str:
    """At most a line; letters and digits take half the room of a Chinese sign."""
    room, found = MOST_SIGNS * 2, ""
    for sign in words:
        room -= 1 if sign.isascii() else 2
        if room < 0:
            return found[:-1] + "…"
        found += sign
    return found
