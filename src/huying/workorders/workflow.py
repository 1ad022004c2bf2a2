"""The life of a work order, on one page: which action leads from which state to which (rules.md 3.4).

    draft -> to_review -> to_dispatch -> to_sign -> handling -> (to_sign_off) -> to_check
          -> to_follow_up -> following_up -> to_close -> closed

Beside it: a direct answer closes at once; decline, withdraw, merge and refer end the order; reopen brings it back.
`on` says whose state an action looks at: the order's, one assignment's (子单), or one application's (申请).
"""

from dataclasses import dataclass
from typing import Literal

from huying.workorders.catalog import Labelled


class State(Labelled):
    DRAFT = "draft", "草稿"
    TO_REVIEW = "to_review", "待审核"
    TO_DISPATCH = "to_dispatch", "待派单"
    TO_SIGN = "to_sign", "待签收"
    HANDLING = "handling", "办理中"
    TO_SIGN_OFF = "to_sign_off", "待签发"
    TO_CHECK = "to_check", "待结果审核"
    TO_FOLLOW_UP = "to_follow_up", "待回访"
    FOLLOWING_UP = "following_up", "回访中"
    TO_CLOSE = "to_close", "待办结审核"
    CLOSED = "closed", "已办结"
    DECLINED = "declined", "不予受理"
    WITHDRAWN = "withdrawn", "已撤单"
    MERGED = "merged", "已并单"
    REFERRED = "referred", "已转其他平台"


class Task(Labelled):
    """States of an assignment: what one unit has to do."""

    TO_SIGN = "to_sign", "待签收"
    HANDLING = "handling", "办理中"
    SUSPENDED = "suspended", "已挂起"
    REPLIED = "replied", "已反馈"
    RETURNED = "returned", "已退回"
    CANCELLED = "cancelled", "已撤回"


class Plea(Labelled):
    """States of an application for return, extension or suspension."""

    PENDING = "pending", "待审核"
    ARBITRATING = "arbitrating", "仲裁中"
    APPROVED = "approved", "已同意"
    REJECTED = "rejected", "未同意"
    LAPSED = "lapsed", "已失效"


S, T, P = State, Task, Plea
FINAL = frozenset({S.CLOSED, S.DECLINED, S.WITHDRAWN, S.MERGED, S.REFERRED})
OPEN = frozenset(S) - FINAL
BEFORE_DISPATCH = frozenset({S.DRAFT, S.TO_REVIEW, S.TO_DISPATCH})
WITH_UNIT = frozenset({S.TO_SIGN, S.HANDLING, S.TO_SIGN_OFF})
AFTER_REPLY = frozenset({S.TO_CHECK, S.TO_FOLLOW_UP, S.FOLLOWING_UP, S.TO_CLOSE, S.CLOSED})
UNFINISHED = frozenset({T.TO_SIGN, T.HANDLING, T.SUSPENDED})

Subject = Literal["order", "assignment", "application"]
Side = Literal["centre", "unit", "citizen", "system"]


@dataclass(frozen=True, slots=True)
class Action:
    """One thing that can be done: from where, to where, with which right, and what must be said with it.

    `to` empty: the state stays. Several `to`: the operation decides among them. `needs` are required fields.
    """

    code: str
    label: str
    permission: str
    frm: frozenset[Labelled]
    to: tuple[State, ...] = ()
    on: Subject = "order"
    side: Side = "centre"
    needs: tuple[str, ...] = ()
    takes: tuple[str, ...] = ()
    danger: bool = False


def _row(code: str, label: str, permission: str, frm: object, *to: State, on: Subject = "order",
         side: Side = "centre", needs: str = "", takes: str = "", danger: bool = False) -> Action:
    states = frozenset(frm) if isinstance(frm, set | frozenset) else frozenset({frm})
    right = permission if "." in permission else f"workorders.{permission}"
    return Action(code, label, right, states, to, on, side,  # type: ignore[arg-type]
                  tuple(needs.split()), tuple(takes.split()), danger)


TABLE: tuple[Action, ...] = (
    # intake
    _row("submit", "送审", "intake", S.DRAFT, S.TO_REVIEW, takes="note"),
    _row("edit", "修改内容", "edit", BEFORE_DISPATCH, takes="title content kind urgency", needs="reason"),
    _row("direct_answer", "直接答复", "answer", BEFORE_DISPATCH, S.CLOSED, needs="answer"),
    _row("decline", "不予受理", "decline", BEFORE_DISPATCH, S.DECLINED, needs="code script", danger=True),
    _row("refer", "转其他平台", "dispatch", BEFORE_DISPATCH, S.REFERRED, needs="platform reason"),
    _row("pass_review", "审核通过", "review", S.TO_REVIEW, S.TO_DISPATCH, takes="note"),
    _row("reject_review", "审核退回", "review", S.TO_REVIEW, S.DRAFT, needs="reason"),
    # dispatch
    _row("dispatch", "派单", "dispatch", BEFORE_DISPATCH, S.TO_SIGN, needs="unit opinion", takes="assistants clause"),
    _row("redispatch", "误派改派", "dispatch", {S.TO_SIGN, S.HANDLING}, S.TO_SIGN, needs="unit reason", takes="opinion clause"),
    _row("recall", "撤回派单", "dispatch", {S.TO_SIGN, S.HANDLING, S.TO_SIGN_OFF}, S.TO_DISPATCH, needs="reason"),
    _row("add_assistant", "增加协办", "dispatch", {S.TO_SIGN, S.HANDLING}, needs="unit opinion"),
    # the unit
    _row("sign", "签收", "sign", T.TO_SIGN, S.HANDLING, on="assignment", side="unit"),
    _row("contact", "登记联系", "handle", T.HANDLING, on="assignment", side="unit", needs="way note"),
    _row("delegate", "二级交办", "delegate", T.HANDLING, on="assignment", side="unit", needs="unit due opinion"),
    _row("verify", "登记核实", "handle", T.HANDLING, on="assignment", side="unit", needs="who when way finding proof", takes="note"),
    _row("assist_reply", "协办反馈", "handle", T.HANDLING, on="assignment", side="unit", needs="reply", takes="files"),
    _row("reply", "答复", "handle", T.HANDLING, S.TO_CHECK, S.TO_SIGN_OFF, on="assignment", side="unit",
         needs="reply finding outcome", takes="public_reply force_reason files"),
    _row("sign_off", "签发", "sign_off", S.TO_SIGN_OFF, S.TO_CHECK, side="unit", takes="note"),
    _row("reject_sign_off", "签发退回", "sign_off", S.TO_SIGN_OFF, S.HANDLING, side="unit", needs="reason"),
    # applications: the clock does not stop while one is under review
    _row("request_return", "申请退回", "request", {T.TO_SIGN, T.HANDLING}, on="assignment", side="unit",
         needs="clause proposed_unit reason", takes="files"),
    _row("request_extension", "申请延期", "request", T.HANDLING, on="assignment", side="unit", needs="workdays reason proof"),
    _row("request_suspension", "申请挂起", "request", T.HANDLING, on="assignment", side="unit",
         needs="ground until reason proof"),
    _row("approve_return", "同意退回", "decide_return", P.PENDING, S.TO_DISPATCH, on="application", needs="blame", takes="note"),
    _row("reject_return", "不同意退回", "decide_return", P.PENDING, on="application", needs="reason"),
    _row("arbitrate", "仲裁定责", "arbitrate", P.ARBITRATING, S.TO_SIGN, on="application", needs="unit reason blame"),
    _row("approve_extension", "同意延期", "decide_extension", P.PENDING, on="application", takes="workdays note"),
    _row("reject_extension", "不同意延期", "decide_extension", P.PENDING, on="application", needs="reason"),
    _row("approve_suspension", "同意挂起", "decide_suspension", P.PENDING, on="application", takes="until note"),
    _row("reject_suspension", "不同意挂起", "decide_suspension", P.PENDING, on="application", needs="reason"),
    _row("resume", "恢复办理", "handle", T.SUSPENDED, on="assignment", side="unit", needs="reason"),
    # check, follow-up, closing
    _row("pass_check", "结果审核通过", "check", S.TO_CHECK, S.TO_FOLLOW_UP, S.TO_CLOSE, takes="note"),
    _row("reject_check", "结果审核退回", "check", S.TO_CHECK, S.HANDLING, needs="reason"),
    _row("close", "同意办结", "close", S.TO_CLOSE, S.CLOSED, takes="note"),
    _row("reject_close", "办结退回", "close", S.TO_CLOSE, S.TO_FOLLOW_UP, S.HANDLING, needs="reason back_to"),
    _row("reopen", "重开", "reopen", FINAL - {S.MERGED}, S.TO_DISPATCH, needs="reopen_kind reason", danger=True),
    # at any time while open
    _row("withdraw", "撤单", "withdraw", OPEN, S.WITHDRAWN, needs="reason", danger=True),
    _row("merge", "并入其他工单", "merge", OPEN, S.MERGED, needs="into reason", takes="public_reply", danger=True),
    _row("split", "拆分", "merge", BEFORE_DISPATCH, needs="points reason"),
    _row("set_urgency", "调整紧急程度", "dispatch", OPEN, needs="urgency reason"),
    _row("mark_special", "标记特殊单", "review_special", OPEN, needs="special reason"),
    _row("supervise", "督办", "supervise", OPEN, needs="reason"),
    _row("urge", "催办", "comment", OPEN, needs="note"),
    _row("comment", "备注", "comment", frozenset(S), needs="note"),
    _row("grant_reward", "核定举报奖励", "reward", frozenset(S), needs="amount reason"),
    _row("pay_reward", "登记奖励兑付", "reward", frozenset(S), needs="note"),
    _row("send_message", "发送短信", "messaging.send", frozenset(S), needs="text"),
    _row("supplement", "补充材料", "comment", OPEN, needs="note", takes="files"),
)
"""Follow-up's own actions stand in `FOLLOW_UP`: that room carries them out."""

FOLLOW_UP: tuple[Action, ...] = (
    _row("start_follow_up", "开始回访", "followup.call", {S.TO_FOLLOW_UP, S.FOLLOWING_UP}, S.FOLLOWING_UP),
    _row("attempt", "登记拨打", "followup.call", S.FOLLOWING_UP, needs="way result", takes="note"),
    _row("finish_follow_up", "完成回访", "followup.call", S.FOLLOWING_UP, S.TO_CLOSE,
         needs="contacted solved satisfaction", takes="unhappy note way"),
    _row("give_up_follow_up", "未能接通，结束回访", "followup.call", S.FOLLOWING_UP, S.TO_CLOSE, takes="note"),
    _row("exempt_follow_up", "免回访", "followup.call", {S.TO_FOLLOW_UP, S.FOLLOWING_UP}, S.TO_CLOSE,
         needs="exempt reason"),
    _row("rehandle", "重办", "followup.rehandle", {S.FOLLOWING_UP, S.TO_CLOSE}, S.HANDLING, needs="reason",
         takes="contacted solved satisfaction unhappy note way"),
    _row("press", "仍不满意，转督办", "followup.rehandle", S.FOLLOWING_UP, S.HANDLING,
         needs="contacted solved satisfaction unhappy reason", takes="note way"),
    _row("find_impossible", "认定客观不能解决", "followup.rehandle", S.FOLLOWING_UP, S.TO_CLOSE,
         needs="contacted solved satisfaction unhappy reason proof", takes="note way"),
    _row("rate", "诉求人评价", "followup.rate", {S.TO_CLOSE, S.CLOSED, S.MERGED}, side="citizen",
         needs="satisfaction", takes="unhappy note"),
)

SYSTEM: tuple[Action, ...] = (
    _row("remind", "到期提醒", "system", OPEN, side="system"),
    _row("overdue", "超期", "system", OPEN, side="system"),
    _row("escalate", "超期升级", "system", OPEN, side="system"),
    _row("recount", "重新计算时限", "system", OPEN, side="system"),
    _row("hand_over", "移交", "system", OPEN, side="system"),
)
"""What clocks, calendars and a leaver's hand-over do; nobody holds the right to it as such."""

ACTIONS: dict[str, Action] = {action.code: action for action in (*TABLE, *FOLLOW_UP, *SYSTEM)}

STAGES: tuple[tuple[str, frozenset[State]], ...] = (
    ("受理", frozenset({S.DRAFT, S.TO_REVIEW})),
    ("派单", frozenset({S.TO_DISPATCH})),
    ("签收", frozenset({S.TO_SIGN})),
    ("办理", frozenset({S.HANDLING, S.TO_SIGN_OFF})),
    ("审核", frozenset({S.TO_CHECK})),
    ("回访", frozenset({S.TO_FOLLOW_UP, S.FOLLOWING_UP})),
    ("办结", frozenset({S.TO_CLOSE, S.CLOSED})),
)


def leads(action: Action, frm: State, to: State) -> bool:
    """Whether `action`, which looks at the order, may lead from `frm` to `to`."""
    return to in action.to and (action.on != "order" or frm in action.frm)
