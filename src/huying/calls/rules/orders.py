"""What may be asked of the switch, by whom, and what has to be said with it."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Order:
    """`on_call`: needs a call in hand. `others`: about somebody else's seat. `target`: where to, in `about` or `secret`."""

    label: str
    right: str = "calls.answer"
    on_call: bool = True
    others: bool = False
    target: bool = False


ORDERS: Mapping[str, Order] = {
    "answer": Order("接听", on_call=False),
    "hangup": Order("挂断"),
    "hold": Order("保持"),
    "resume": Order("取回"),
    "blind": Order("直接转接", target=True),
    "consult": Order("咨询转接", target=True),
    "complete": Order("完成转接"),
    "cancel": Order("取消咨询"),
    "conference": Order("三方通话"),  # with a target, unless somebody is being asked already
    "dial": Order("外呼", on_call=False, target=True),
    "spy": Order("监听", "calls.supervise", on_call=False, others=True),
    "whisper": Order("耳语", "calls.supervise", on_call=False, others=True),
    "barge": Order("插话", "calls.supervise", on_call=False, others=True),
    "force_hangup": Order("强拆", "calls.supervise", on_call=False, others=True),
}
"""`about` of those with a target: {"to": "agent", "extension": …} | {"to": "group", "group": pk} | {"to": "desk", "code": …} |
{"to": "number"} with the number in `secret`. Of those about others: {"seat": session pk}."""

LISTENS = frozenset({"spy", "whisper", "barge"})
"""With one's own telephone on somebody else's call."""

TARGETS = frozenset({"agent", "group", "desk", "number"})
