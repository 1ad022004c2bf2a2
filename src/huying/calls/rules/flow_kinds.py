"""What a flow is built of: kinds of nodes with their options and exits, in the words of the screen.

An exit that is not set leads to a person; the renderer (`switch.render.flows`) holds to it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

KEYS = "1234567890*#"
SAID = "1234567890"  # exits of a step that listens; # ends what is said
ROBOT = "123456789"  # what a robot may name when it gives a caller back
Sort = Literal["sound", "count", "queue", "hours", "desk", "number", "service", "flag", "words"]


@dataclass(frozen=True, slots=True)
class Option:
    """`sort` says what may stand there; a count lies in low..high and is `usual` when left empty."""

    name: str
    label: str
    sort: Sort
    required: bool = False
    low: int = 0
    high: int = 0
    usual: int = 0


@dataclass(frozen=True, slots=True)
class Kind:
    """`exits`: key -> label. `automatic`: those taken without the caller doing anything. `silent`: the one of them that
    is taken on an ordinary working day; "" for a node that ends the flow."""

    label: str
    options: tuple[Option, ...] = ()
    exits: Mapping[str, str] = field(default_factory=dict)
    automatic: tuple[str, ...] = ()
    silent: str = ""
    reaches_person: bool = False


def _sound(label: str = "语音", required: bool = True) -> Option:
    return Option("sound", label, "sound", required)


KINDS: dict[str, Kind] = {
    "prompt": Kind("播放语音", (_sound(),), {"next": "播完后"}, ("next",), "next"),
    "menu": Kind(
        "按键菜单", (_sound(), Option("timeout", "等待按键（秒）", "count", low=1, high=60, usual=5),
                 Option("tries", "播放几遍", "count", low=1, high=9, usual=2)),
        {**{key: f"按 {key}" for key in KEYS}, "timeout": "不按键", "invalid": "按错"}, ("timeout",), "timeout",
    ),
    "speech": Kind(
        "说话导航", (_sound(), Option("tries", "问几遍", "count", low=1, high=5, usual=2),
                 Option("silence", "停顿几秒算说完", "count", low=1, high=10, usual=2),
                 Option("seconds", "最长说（秒）", "count", low=3, high=60, usual=10),
                 *(Option(f"words{key}", f"出口 {key} 的说法", "words") for key in SAID)),
        {**{key: f"说到 {key} 的说法或按 {key}" for key in SAID}, "silent": "不说话", "unclear": "没听懂", "failed": "识别服务不可用"},
        ("silent", "unclear", "failed"), "silent",
    ),
    "collect": Kind(
        "收集号码", (_sound(), Option("digits", "最多几位", "count", low=1, high=32, usual=12),
                 Option("timeout", "等待按键（秒）", "count", low=1, high=60, usual=8), Option("secret", "不记录按键（如验证码）", "flag")),
        {"next": "按完后", "timeout": "不按键"}, ("timeout",), "timeout",
    ),
    "hours": Kind(
        "工作时间", (Option("name", "工作日历", "hours", True),), {"open": "工作时间内", "closed": "工作时间外"}, ("open", "closed"), "open"
    ),
    "queue": Kind(
        "人工排队", (Option("queue", "技能组", "queue"), Option("wait", "最长等待（秒）", "count", low=5, high=7200),
                 Option("overflow", "溢出到", "queue")),
        {"timeout": "无人接听"}, reaches_person=True,
    ),
    "voicemail": Kind("留言", (_sound(required=False), Option("seconds", "最长（秒）", "count", low=5, high=600, usual=180)), {}),
    "transfer": Kind(
        "转接外线", (Option("desk", "其他热线", "desk"), Option("number", "或电话号码", "number")), {"failed": "没有接通"},
        ("failed",), "failed", reaches_person=True,
    ),
    "robot": Kind(
        "语音机器人", (Option("desk", "机器人（在其他热线中登记）", "desk", True),),
        {**{key: f"机器人转到 {key}" for key in ROBOT}, "next": "机器人挂断后", "failed": "没有接通"},
        ("next", "failed"), "next",
    ),
    "self_service": Kind(
        "自助查询", (Option("service", "查什么", "service", True),), {"next": "查到后", "failed": "没有查到"}, ("next", "failed"), "next"
    ),
    "callback": Kind("预约回拨", (_sound(required=False),), {}),
    "hangup": Kind("结束通话", (_sound(required=False),), {}),
}
SERVICES = {"progress": "工单办理进度（先收集单号、验证码）", "guide": "办事指南（先经按键菜单或收集一位按键）"}
