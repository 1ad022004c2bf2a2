"""Leave out of a plan what cannot work, and say why: one bad row never stops the node.

What is left over holds together: every number has its queue, every flow finds what its nodes name.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from ipaddress import ip_network
from typing import Any, TypeVar

from huying.switch.plan import Desk, Flow, Node, Number, Phone, Plan, Queue, Trunk
from huying.switch.render import files
from huying.switch.render.checks import BadPlan

CODECS = frozenset({"alaw", "ulaw", "g722", "opus"})
_EXTENSION = re.compile(r"[1-9]\d{2,7}")
_PASSWORD = re.compile(r"[A-Za-z0-9_-]{8,64}")
_CALLED = re.compile(r"[0-9]{3,20}")
_TRUNK = re.compile(r"[a-z][a-z0-9-]{0,30}")
_DESK = re.compile(r"[A-Za-z0-9]{1,20}")
_NODE = re.compile(r"[A-Za-z0-9_]{1,32}")
_PEER = re.compile(r"[A-Za-z0-9][A-Za-z0-9.-]{0,80}:(\d{1,5})")
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that was left out: what, and why, in Chinese."""

    what: str
    why: str

    def __str__(self) -> str:
        return f"{self.what}：{self.why}"


def checked(plan: Plan, sounds: frozenset[str]) -> tuple[Plan, list[Fault]]:
    """`plan` without what cannot work. `sounds` are the names of all prompts there are."""
    faults: list[Fault] = []
    queues = _without_circles(_once(plan.queues, lambda row: row.name, "队列", faults), faults)
    trunks = _good(_once(plan.trunks, lambda row: row.name, "中继", faults), trunk_faults, "中继", lambda row: row.name, faults)
    desks = tuple(desk for desk in plan.desks if desk.trunk in {trunk.name for trunk in trunks})
    faults += [Fault(f"热线 {desk.name}", "没有可以外呼的中继") for desk in plan.desks if desk not in desks]
    desks = _good(desks, desk_faults, "热线", lambda row: row.name, faults)
    plan = replace(plan, queues=queues, trunks=trunks, desks=desks)
    phones = _good(_once(plan.phones, lambda row: row.extension, "话机", faults), _phone, "话机", lambda row: row.extension, faults)
    names = _Names(plan, sounds)
    flows = _good(plan.flows, lambda row: list(names.lacks(row)), "语音流程", lambda row: row.name, faults)
    plan = replace(plan, phones=phones, flows=flows)
    wanted, plan = plan.numbers, _rendered(replace(plan, numbers=()), faults)
    return _rendered(replace(plan, numbers=_numbers(replace(plan, numbers=wanted), sounds, faults)), faults), faults


KINDS = (
    ("trunks", "中继"), ("queues", "队列"), ("hours", "时间表"), ("desks", "热线"), ("phones", "话机"), ("flows", "语音流程"),
    ("numbers", "被叫号码"),
)
"""Parts of a plan, each after those it refers to."""


def _rendered(plan: Plan, faults: list[Fault]) -> Plan:
    """The renderer has the last word: what it refuses is taken out, row by row where a whole kind does not pass."""
    if not _refusal(plan):
        return plan
    good = plan
    for part, _ in KINDS:
        good = _with(good, part, ())
    for part, what in KINDS:
        rows: tuple[Any, ...] = getattr(plan, part)
        if not _refusal(whole := _with(good, part, rows)):
            good = whole
            continue
        kept: list[Any] = []
        for row in rows:
            alone = replace(row, overflow="") if part == "queues" else row  # who helps out may come later
            if why := _refusal(_with(good, part, (alone,))):
                faults.append(Fault(what, why))
            else:
                kept.append(row)
        rows = _without_circles(tuple(kept), faults) if part == "queues" else tuple(kept)
        good = _with(good, part, rows)
    return good


def _with(plan: Plan, part: str, rows: tuple[Any, ...]) -> Plan:
    change: dict[str, Any] = {part: rows}
    return replace(plan, **change)


def _refusal(plan: Plan) -> str:
    try:
        files(plan)
    except BadPlan as refusal:
        return refusal.message
    return ""


class _Names:
    """What nodes may name."""

    def __init__(self, plan: Plan, sounds: frozenset[str]) -> None:
        self.sounds = sounds
        self.queues = {row.name for row in plan.queues}
        self.hours = {row.name for row in plan.hours}
        self.desks = {row.code for row in plan.desks}

    def lacks(self, flow: Flow) -> Iterator[str]:
        for node in flow.nodes:
            if why := self.lack(node):
                yield f"节点“{node.id}”{why}"

    def lack(self, node: Node) -> str:
        said = node.options
        if not _NODE.fullmatch(node.id):
            return "的编号应由字母、数字、下划线组成"
        if "sound" in said and said["sound"] not in self.sounds:
            return f"要播放的语音“{said['sound']}”不存在"
        if not {said.get("queue"), said.get("overflow")} <= {None, *self.queues}:
            return "要进入的技能组不存在或已停用"
        if node.kind == "hours" and said.get("name") not in self.hours:
            return "引用的工作日历不存在"
        if node.kind == "robot" and said.get("desk") not in self.desks:
            return "要交给的语音机器人不存在或已停用"
        if node.kind == "transfer" and said.get("desk") not in {None, *self.desks}:
            return "要转接的热线不存在或已停用"
        if node.kind == "transfer" and not said.get("desk") and not _CALLED.fullmatch(said.get("number", "")):
            return "没有写明转接到哪里"
        return ""


def _phone(row: Phone) -> list[str]:
    wrong = [] if _EXTENSION.fullmatch(row.extension) else ["分机号应为 3 到 8 位数字，不以 0 开头"]
    return wrong if _PASSWORD.fullmatch(row.password) else [*wrong, "没有话机口令，请重新生成"]


def desk_faults(row: Desk) -> list[str]:
    wrong = [] if _DESK.fullmatch(row.code) else ["代码应由字母和数字组成"]
    return wrong if _CALLED.fullmatch(row.number) else [*wrong, "号码应为 3 到 20 位数字"]


def trunk_faults(row: Trunk) -> list[str]:
    wrong = [] if _TRUNK.fullmatch(row.name) else ["名称应以小写字母开头，由小写字母、数字、连字符组成"]
    for address in row.match:
        try:
            ip_network(address, strict=False)
        except ValueError:
            wrong.append(f"对端地址“{address}”应为 IP 地址或网段")
    if not row.match:
        wrong.append("没有填写对端地址")
    found = _PEER.fullmatch(row.contact)
    if not (found and 0 < int(found[1]) < 65536):
        wrong.append("外呼地址应形如 10.0.0.1:5060")
    return wrong if set(row.codecs) <= CODECS and row.codecs else [*wrong, f"编解码应为 {'、'.join(sorted(CODECS))} 中的几种"]


def _numbers(plan: Plan, sounds: frozenset[str], faults: list[Fault]) -> tuple[Number, ...]:
    queues, flows = {row.name for row in plan.queues}, {row.name for row in plan.flows}
    kept = []
    for row in _once(plan.numbers, lambda row: row.called, "被叫号码", faults):
        what = f"被叫号码 {row.called}"
        if not _CALLED.fullmatch(row.called):
            faults.append(Fault(what, "应为 3 到 20 位数字"))
        elif row.queue not in queues:
            faults.append(Fault(what, "默认技能组已停用，来电无处可去"))
        else:
            if row.flow and row.flow not in flows:
                faults.append(Fault(what, "语音流程不可用，来电直接转人工"))
            if row.greeting and row.greeting not in sounds:
                faults.append(Fault(what, "专用问候语不存在，不播放"))
            kept.append(replace(
                row, flow=row.flow if row.flow in flows else "", greeting=row.greeting if row.greeting in sounds else ""
            ))
    return tuple(kept)


def _without_circles(queues: tuple[Queue, ...], faults: list[Fault]) -> tuple[Queue, ...]:
    """Overflow that leads nowhere or back to where it came from is cut."""
    after = {row.name: row.overflow for row in queues}
    kept = []
    for row in queues:
        seen, at = {row.name}, after.get(row.name, "")
        while at and at not in seen:
            seen.add(at)
            at = after.get(at, "")
        good = row.overflow in {"", *after} and not at
        if not good:
            faults.append(Fault(f"队列 {row.name}", "溢出去向不存在或转了一圈，已不再溢出"))
            after[row.name] = ""
        kept.append(row if good else replace(row, overflow=""))
    return tuple(kept)


def _once(rows: Iterable[T], key: Callable[[T], str], what: str, faults: list[Fault]) -> tuple[T, ...]:
    found: dict[str, T] = {}
    for row in rows:
        if key(row) in found:
            faults.append(Fault(f"{what} {key(row)}", "重复，只用第一个"))
        else:
            found[key(row)] = row
    return tuple(found.values())


def _good(
    rows: Iterable[T], wrong: Callable[[T], list[str]], what: str, key: Callable[[T], str], faults: list[Fault]
) -> tuple[T, ...]:
    kept = []
    for row in rows:
        if why := wrong(row):
            faults.append(Fault(f"{what} {key(row)}", "；".join(why)))
        else:
            kept.append(row)
    return tuple(kept)
