"""Whether a flow may be published: every caller comes to an end of it, and who presses nothing comes to a person.

Automatic exits are those taken without a key (flow_kinds). They must not form a circle; then a caller who stops
pressing keys comes to an end within as many steps as there are nodes, from wherever he is: no dead end, and no loop
without a way out. Circles by a key ("back: press 0") are allowed.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from huying.calls.rules.flow_kinds import KINDS, SERVICES, Kind, Option
from huying.calls.rules.said import plain, words_at

MOST_NODES = 60
MOST_WORDS = 300
_ID = re.compile(r"[A-Za-z0-9_]{1,32}")
_NUMBER = re.compile(r"[0-9]{3,20}")
_COUNT = re.compile(r"[0-9]{1,6}")
Graph = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Problem:
    """`node` "" is the flow as a whole; `at` an option, "exit-KEY", or ""."""

    node: str
    at: str
    text: str


@dataclass(frozen=True)
class Known:
    """What nodes may name: name in the switch -> words on the screen. `silent`: prompts with neither text nor recording."""

    sounds: Mapping[str, str] = field(default_factory=dict)
    queues: Mapping[str, str] = field(default_factory=dict)
    hours: Mapping[str, str] = field(default_factory=dict)
    desks: Mapping[str, str] = field(default_factory=dict)
    services: Mapping[str, str] = field(default_factory=lambda: SERVICES)
    silent: frozenset[str] = frozenset()
    hears: bool = True  # there is a service that recognises speech

    def of(self, sort: str) -> Mapping[str, str]:
        tables = {"sound": self.sounds, "queue": self.queues, "hours": self.hours, "desk": self.desks, "service": self.services}
        return tables.get(sort, {})


def problems(graph: object, known: Known) -> list[Problem]:
    """All that is wrong; none means that it may be published."""
    if found := list(_shape(graph)):
        return found
    assert isinstance(graph, Mapping)
    nodes = {node["id"]: node for node in graph["nodes"]}
    found = [problem for node in nodes.values() for problem in _node(node, known, nodes)]
    reached = reachable(graph)
    found += [Problem(each, "", "没有任何一步通到这里，请让某一步的出口指向它，或删除它") for each in nodes if each not in reached]
    circles = list(_circles(nodes, reached))
    found += circles
    if not circles:
        found += _person(graph, nodes)
    return found


def exits_of(node: Mapping[str, Any]) -> dict[str, str]:
    """The exits that the node's kind has and that lead somewhere."""
    kind = KINDS[node["kind"]]
    return {key: str(target) for key, target in (node.get("exits") or {}).items() if key in kind.exits and target}


def reachable(graph: Graph) -> set[str]:
    nodes = {node["id"]: node for node in graph["nodes"]}
    seen, todo = set(), [graph["start"]]
    while todo:
        at = todo.pop()
        if at in nodes and at not in seen:
            seen.add(at)
            todo += exits_of(nodes[at]).values()
    return seen


def _shape(graph: object) -> Iterator[Problem]:
    nodes = graph.get("nodes") if isinstance(graph, Mapping) else None
    if not isinstance(nodes, list) or not nodes:
        yield Problem("", "", "流程里还没有任何一步，请先添加")
        return
    if len(nodes) > MOST_NODES:
        yield Problem("", "", f"流程最多 {MOST_NODES} 步，请拆成几个流程")
    seen: set[str] = set()
    for node in nodes:
        if not isinstance(node, Mapping) or node.get("kind") not in KINDS or not isinstance(node.get("id"), str):
            yield Problem("", "", "流程中有无法识别的一步，请从历史版本恢复")
        elif not _ID.fullmatch(node["id"]) or node["id"] in seen:
            yield Problem("", "", f"步骤编号“{node['id'][:40]}”重复或无法使用，请删除后重新添加")
        elif not all(isinstance(node.get(part) or {}, Mapping) for part in ("options", "exits")):
            yield Problem(node["id"], "", "内容不完整，请重新填写")
        else:
            seen.add(node["id"])
    if isinstance(graph, Mapping) and graph.get("start") not in seen:
        yield Problem("", "start", "请选择从哪一步开始")


def _node(node: Mapping[str, Any], known: Known, nodes: Mapping[str, Any]) -> Iterator[Problem]:
    kind, said = KINDS[node["kind"]], node.get("options") or {}
    for option in kind.options:
        if text := _option(option, said.get(option.name), known):
            yield Problem(node["id"], option.name, text)
    if node["kind"] == "transfer" and bool(said.get("desk")) == bool(said.get("number")):
        yield Problem(node["id"], "desk", "请在其他热线和电话号码中选填一项")
    for key, target in exits_of(node).items():
        if target not in nodes:
            yield Problem(node["id"], f"exit-{key}", f"“{kind.exits[key]}”通向已删除的一步，请重新选择")
    if node["kind"] == "speech":
        yield from _speech(node, known)
    if node["kind"] == "menu" and not set(exits_of(node)) - {"timeout", "invalid"}:
        yield Problem(node["id"], "", "菜单还没有设置任何按键")


def _speech(node: Mapping[str, Any], known: Known) -> Iterator[Problem]:
    """Words lead somewhere, and no word to two places."""
    words, exits, seen = words_at(node), exits_of(node), dict[str, str]()
    if not known.hears:
        yield Problem(node["id"], "", "本系统还没有配置语音识别服务（HUYING_SPEECH），请先由系统运维配置，或改用按键菜单")
    if not words:
        yield Problem(node["id"], "", "还没有写任何出口的说法")
    for key, every in words.items():
        if key not in exits:
            yield Problem(node["id"], f"exit-{key}", f"出口 {key} 写了说法，还没有选择通到哪一步")
        for word in map(plain, every):
            if seen.setdefault(word, key) != key:
                yield Problem(node["id"], f"words{key}", f"说法“{word}”同时写在出口 {seen[word]} 和出口 {key}")


def _option(option: Option, given: Any, known: Known) -> str:
    """What is wrong with the value, "" for nothing."""
    value = "" if given is None else str(given)
    if not value:
        return f"请选择{option.label}" if option.required else ""
    if option.sort == "count":
        fits = _COUNT.fullmatch(value) and option.low <= int(value) <= option.high
        return "" if fits else f"{option.label}应为 {option.low} 到 {option.high} 的整数"
    if option.sort == "number":
        return "" if _NUMBER.fullmatch(value) and not value.startswith("00") else "电话号码应为 3 到 20 位数字，不能是境外号码"
    if option.sort == "flag":
        return "" if value == "1" else "内容无法识别，请重新选择"
    if option.sort == "words":
        return "" if len(value) <= MOST_WORDS else f"{option.label}最多 {MOST_WORDS} 个字"
    if value not in known.of(option.sort):
        return f"{option.label}已不存在或已停用，请重新选择"
    return "这条语音还没有文字或录音，请先补上" if value in known.silent else ""


def _circles(nodes: Mapping[str, Mapping[str, Any]], reached: set[str]) -> Iterator[Problem]:
    """One for each circle of automatic exits, at the node where it closes."""
    path: list[str] = []
    done: set[str] = set()

    def visit(at: str) -> Iterator[Problem]:
        path.append(at)
        for target in _automatic(nodes[at]):
            if target in path:
                way = " → ".join(name_of(nodes[each]) for each in [*path[path.index(target) :], target])
                yield Problem(at, "", f"没有人按键时会一直循环（{way}），请让其中一步通向人工、留言或结束")
            elif target in nodes and target not in done:
                yield from visit(target)
        done.add(path.pop())

    for first in nodes:
        if first in reached and first not in done:
            yield from visit(first)


def _automatic(node: Mapping[str, Any]) -> list[str]:
    exits = exits_of(node)
    return [exits[key] for key in KINDS[node["kind"]].automatic if key in exits]


def _person(graph: Graph, nodes: Mapping[str, Mapping[str, Any]]) -> Iterator[Problem]:
    """Follow a caller who does nothing in working hours; an exit that is not set leads to a person."""
    at = graph["start"]
    while at in nodes:
        kind: Kind = KINDS[nodes[at]["kind"]]
        if kind.reaches_person:
            return
        if not kind.silent:
            yield Problem(at, "", "不按任何键的来电在这里就结束了，到不了人工；请让默认的出口最终通向人工")
            return
        at = exits_of(nodes[at]).get(kind.silent, "")


def name_of(node: Mapping[str, Any]) -> str:
    """What the node is called on the screen."""
    return str(node.get("name") or "") or f"{KINDS[node['kind']].label} {node['id']}"
