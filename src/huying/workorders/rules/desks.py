"""The lists people work from: who has which, what stands in it, in which order. Pure data.

`over` says what a row is: an order, a unit's task, or an application. Working lists begin with what is due first,
the others with the newest; lists of applications with the oldest.
"""

from dataclasses import dataclass
from typing import Literal

from huying.workorders.workflow import FINAL, OPEN, UNFINISHED, Plea, State, Task

Over = Literal["orders", "tasks", "pleas", "mine", "followed"]
Sort = Literal["due", "new", "old"]
Side = Literal["centre", "unit"]


@dataclass(frozen=True, slots=True)
class Desk:
    """One list. `menu` is its place in the main menu (0: none, it stands in the tabs of "工单")."""

    code: str
    label: str
    permissions: tuple[str, ...] = ()
    side: Side = "centre"
    over: Over = "orders"
    states: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    sort: Sort = "new"
    split: bool = False
    menu: int = 0
    short: str = ""
    overdue: bool = False
    special: bool = False
    empty: str = "这里没有工单"

    @property
    def key(self) -> tuple[str, str]:
        return (self.side, self.code)


def _in_order(states: frozenset[State] | frozenset[Task]) -> tuple[str, ...]:
    return tuple(str(state) for state in type(next(iter(states))) if state in states)


_SEE = ("workorders.view_centre",)
UNIT_RIGHTS = ("workorders.sign", "workorders.handle", "workorders.sign_off", "workorders.delegate")

CENTRE: tuple[Desk, ...] = (
    Desk("drafts", "草稿与审核退回", ("workorders.intake",), over="mine", states=(State.DRAFT,), sort="new",
         empty="没有退回给您或未送出的草稿"),
    Desk("to_review", "待审核", ("workorders.review", "workorders.review_special"), states=(State.TO_REVIEW,),
         sort="due", split=True, menu=30, empty="待审核的工单都处理完了"),
    Desk("to_dispatch", "待派单", ("workorders.dispatch",), states=(State.TO_DISPATCH,), sort="due", split=True,
         menu=40, empty="待派的工单都派出去了"),
    Desk("returns", "退单与仲裁", ("workorders.decide_return", "workorders.arbitrate"), over="pleas", kinds=("return",),
         states=(Plea.PENDING, Plea.ARBITRATING), sort="old", split=True, menu=50, short="退单",
         empty="没有待审的退回申请"),
    Desk("extensions", "延期与挂起审核", ("workorders.decide_extension", "workorders.decide_suspension"), over="pleas",
         kinds=("extension", "suspension"), states=(Plea.PENDING,), sort="old", split=True, menu=60, short="延期挂起",
         empty="没有待审的延期或挂起申请"),
    Desk("to_sign_off", "待签发", ("workorders.sign_off",), states=(State.TO_SIGN_OFF,), sort="due", split=True, menu=65,
         empty="没有待您签发的答复"),
    Desk("to_check", "待结果审核", ("workorders.check",), states=(State.TO_CHECK,), sort="due", split=True, menu=70,
         short="结果审核", empty="没有待审核的办理结果"),
    Desk("to_close", "待办结审核", ("workorders.close",), states=(State.TO_CLOSE,), sort="due", split=True, menu=80,
         short="办结审核", empty="没有待办结的工单"),
    Desk("to_sign", "待签收", _SEE, states=(State.TO_SIGN,), sort="due", empty="派出的工单都已签收"),
    Desk("handling", "办理中", _SEE, states=(State.HANDLING, State.TO_SIGN_OFF), sort="due", empty="没有办理中的工单"),
    Desk("follow_up", "回访", _SEE, states=(State.TO_FOLLOW_UP, State.FOLLOWING_UP), sort="due", empty="没有待回访的工单"),
    Desk("overdue", "已超期", _SEE, states=_in_order(OPEN), sort="due", overdue=True, empty="没有超期的工单"),
    Desk("special", "特殊单", ("workorders.review_special", "workorders.view_sensitive"), states=_in_order(OPEN), sort="due",
         special=True, empty="没有保密、敏感、群体或领导批示的在办工单"),
    Desk("mine", "我经手的", over="mine", sort="new", empty="您还没有经手过工单"),
    Desk("followed", "我关注的", over="followed", sort="new", empty="您还没有关注工单；在工单页点“关注”即可"),
    Desk("all", "全部", _SEE, sort="new", empty="没有符合条件的工单"),
    Desk("closed", "结单库", _SEE, states=_in_order(FINAL), sort="new", empty="没有符合条件的已结工单"),
)

UNIT: tuple[Desk, ...] = (
    Desk("to_sign", "待签收", UNIT_RIGHTS, "unit", "tasks", (Task.TO_SIGN,), sort="due", menu=100, empty="没有待签收的工单"),
    Desk("handling", "办理中", UNIT_RIGHTS, "unit", "tasks", (Task.HANDLING, Task.SUSPENDED), sort="due", menu=110,
         empty="没有办理中的工单"),
    Desk("delegated", "下派跟踪", ("workorders.delegate",), "unit", "tasks", _in_order(UNFINISHED), sort="due", menu=115,
         empty="没有交给下级单位办理的工单"),
    Desk("to_sign_off", "待签发", ("workorders.sign_off",), "unit", "orders", (State.TO_SIGN_OFF,), sort="due", menu=120,
         empty="没有待您签发的答复"),
    Desk("overdue", "已超期", UNIT_RIGHTS, "unit", "tasks", _in_order(UNFINISHED), sort="due", overdue=True,
         empty="没有超期的工单"),
    Desk("replied", "已反馈", UNIT_RIGHTS, "unit", "tasks", (Task.REPLIED,), sort="new", empty="还没有反馈过的工单"),
    Desk("followed", "我关注的", (), "unit", "followed", sort="new", empty="您还没有关注工单；在工单页点“关注”即可"),
    Desk("all", "全部", UNIT_RIGHTS, "unit", "tasks", tuple(str(task) for task in Task if task != Task.CANCELLED), sort="new",
         empty="没有派给本单位的工单"),
)

DESKS: dict[tuple[str, str], Desk] = {desk.key: desk for desk in (*CENTRE, *UNIT)}
CODES: tuple[str, ...] = tuple(dict.fromkeys(desk.code for desk in (*CENTRE, *UNIT)))

_TOPICS_OF_ACTION = {
    "request_return": ("returns",), "request_extension": ("extensions",), "request_suspension": ("extensions",),
    "add_assistant": ("to_sign",), "delegate": ("to_sign", "delegated"), "redispatch": ("to_sign",),
    "arbitrate": ("to_sign",), "assist_reply": ("replied",), "reply": ("replied",),
}
"""Actions that put a row on a list though the order's state stays, or beside the list of its state."""


def topics(action: str, after: str) -> list[str]:
    """The lists that may have gained a row by a step: as the live stream names them."""
    entered = [desk.code for desk in CENTRE if desk.over == "orders" and after in desk.states and not (desk.overdue or desk.special)]
    return list(dict.fromkeys([*entered, *_TOPICS_OF_ACTION.get(action, ()), "all"]))
