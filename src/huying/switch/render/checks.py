"""What a value must look like before it may stand in a line of Asterisk's configuration.

Asterisk's files have no quoting that holds everywhere, so nothing is escaped that could be refused: every value is of
a narrow alphabet. The one free text, a person's name, never gets into a file.
"""

import ipaddress
import re
from collections import Counter
from collections.abc import Iterable
from urllib.parse import urlsplit

from huying.kernel.errors import Refusal
from huying.switch.plan import Flow, Plan

SHAPES = {
    "分机号": r"[0-9]{3,8}",
    "话机口令": r"[A-Za-z0-9_-]{8,64}",
    "节点名称": r"[a-z][a-z0-9]{0,15}",
    "线路名称": r"[a-z][a-z0-9-]{0,30}",
    "队列名称": r"[A-Za-z][A-Za-z0-9_-]{0,39}",
    "振铃方式": r"ringall|leastrecent|fewestcalls|random|rrmemory|rrordered|linear|wrandom",
    "时间表名称": r"[A-Za-z0-9_]{1,40}",
    "流程名称": r"f[0-9]{1,9}v[0-9]{1,9}",
    "流程节点编号": r"[A-Za-z0-9_]{1,32}",
    "被叫号码": r"[0-9]{3,20}",
    "电话号码": r"[0-9]{3,20}",
    "主叫显示号码": r"[0-9]{0,20}",
    "机构编码": r"[A-Za-z0-9][A-Za-z0-9_.-]{0,39}",
    "语音名称": r"(?!/)(?!.*\.\.)(?!.*//)[A-Za-z0-9_/-]{1,120}",
    "专席代码": r"[A-Za-z0-9]{1,20}",
    "编码格式": r"alaw|ulaw|g722|opus",
    "按键": r"[0-9]",
    "接口口令": r"[A-Za-z0-9_.~-]{16,128}",
    "自助服务名称": r"[a-z][a-z0-9_]{0,39}",
    "数字": r"[0-9]{1,6}",
    "存放位置": r"/[^\x00-\x1f\x7f-\x9f;,\"'\\${}\[\]()|&^%*?<>`!#\u2028\u2029]{1,200}",
    "地址": r"[a-z0-9.:-]{1,253}",
}
_COMPILED = {name: re.compile(pattern) for name, pattern in SHAPES.items()}


class BadPlan(Refusal):
    """A value that must not get into the switch's configuration."""

    code = "bad_switch_setting"


def fit(kind: str, value: object) -> str:
    """Return the value as text, or raise BadPlan naming it."""
    text = str(value)
    if not _COMPILED[kind].fullmatch(text):
        raise BadPlan(f"{kind}“{text[:40]!a}”不能用于电话配置，请改正后重新发布")
    return text


def whole(kind: str, value: object, low: int, high: int) -> int:
    """Return a whole number within low..high, or raise BadPlan."""
    text = str(value)
    if not re.fullmatch(r"[0-9]{1,6}", text) or not low <= int(text) <= high:
        raise BadPlan(f"{kind}应为 {low} 至 {high} 的整数，不能是“{text[:40]!a}”")
    return int(text)


def network(value: str) -> str:
    try:
        return str(ipaddress.ip_network(value, strict=False))
    except ValueError as error:
        raise BadPlan(f"线路对端地址“{value[:60]!a}”不是 IP 地址或网段") from error


def address(value: str) -> str:
    try:
        return str(ipaddress.ip_address(value))
    except ValueError as error:
        raise BadPlan(f"“{value[:60]!a}”不是 IP 地址") from error


def peer(value: str) -> str:
    """A "host:port" that calls are sent to."""
    host, _, port = value.rpartition(":")
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9.-]{0,252}|\[[0-9A-Fa-f:]{2,45}\]", host):
        raise BadPlan(f"线路对端“{value[:60]!a}”应写作“主机:端口”")
    return f"{host}:{whole('端口', port, 1, 65535)}"


def web(value: str) -> str:
    """The address of our web process, or ""."""
    if not value:
        return ""
    parts = urlsplit(value)
    if parts.scheme not in {"http", "https"} or not re.fullmatch(r"[a-z]+://[A-Za-z0-9.:/_\[\]-]{1,200}", value):
        raise BadPlan(f"网页服务地址“{value[:60]!a}”无法使用")
    return value.rstrip("/")


def no_doubles(plan: Plan) -> None:
    """Two of one name would make one of them silently win."""
    _once("分机号", (phone.extension for phone in plan.phones))
    _once("线路名称", (trunk.name for trunk in plan.trunks))
    _once("队列名称", (queue.name for queue in plan.queues))
    _once("时间表名称", (hours.name for hours in plan.hours))
    _once("流程名称", (flow.name for flow in plan.flows))
    _once("被叫号码", (number.called for number in plan.numbers))
    _once("专席代码", (desk.code for desk in plan.desks))
    for flow in plan.flows:
        _once("流程节点编号", (node.id for node in flow.nodes))


def known(plan: Plan) -> None:
    """What is referred to has to be there."""
    queues = {queue.name for queue in plan.queues}
    flows, trunks = {flow.name for flow in plan.flows}, {trunk.name for trunk in plan.trunks}
    for number in plan.numbers:
        _there("队列", number.queue, queues)
        if number.flow:
            _there("流程", number.flow, flows)
    for queue in plan.queues:
        if queue.overflow:
            _there("队列", queue.overflow, queues - {queue.name})
    for desk in plan.desks:
        _there("线路", desk.trunk, trunks)
    for flow in plan.flows:
        _known_in_flow(plan, flow, queues)


def _known_in_flow(plan: Plan, flow: Flow, queues: set[str]) -> None:
    nodes, hours = {node.id for node in flow.nodes}, {hours.name for hours in plan.hours}
    desks = {desk.code for desk in plan.desks}
    _there("流程节点", flow.start, nodes)
    for node in flow.nodes:
        for target in node.exits.values():
            _there("流程节点", target, nodes)
        for option in ("queue", "overflow"):
            if name := node.options.get(option):
                _there("队列", name, queues)
        if node.kind == "hours":
            _there("时间表", node.options.get("name", ""), hours)
        if desk := node.options.get("desk"):
            _there("专席", desk, desks)


def _there(kind: str, name: str, names: set[str]) -> None:
    if name not in names:
        raise BadPlan(f"{kind}“{name[:40]!a}”不存在，请先建立或改用别的{kind}")


def _once(kind: str, names: Iterable[str]) -> None:
    for name, count in Counter(names).items():
        if count > 1:
            raise BadPlan(f"{kind}“{name[:40]!a}”重复，请改正后重新发布")
