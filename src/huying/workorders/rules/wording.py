"""How the steps of an order's life are shown: title, sign, tone and group of each action. Pure data."""

TITLES = {"create": "受理", "resume": "恢复办理", "rate": "诉求人评价"}

MARKS = {
    "create": "受", "submit": "送", "edit": "改", "direct_answer": "答", "decline": "拒", "refer": "转", "pass_review": "审",
    "reject_review": "退", "dispatch": "派", "redispatch": "改", "recall": "撤", "add_assistant": "协", "sign": "签",
    "contact": "联", "delegate": "交", "verify": "核", "assist_reply": "协", "reply": "复", "sign_off": "发",
    "reject_sign_off": "退", "request_return": "申", "request_extension": "申", "request_suspension": "申",
    "approve_return": "准", "reject_return": "否", "arbitrate": "裁", "approve_extension": "准", "reject_extension": "否",
    "approve_suspension": "准", "reject_suspension": "否", "resume": "续", "pass_check": "审", "reject_check": "退",
    "close": "结", "reject_close": "退", "reopen": "重", "withdraw": "撤", "merge": "并", "split": "拆",
    "mark_special": "特", "set_urgency": "急", "supervise": "督", "urge": "催", "comment": "记", "supplement": "补",
    "start_follow_up": "访", "attempt": "拨", "finish_follow_up": "访", "give_up_follow_up": "访", "exempt_follow_up": "免",
    "rehandle": "重", "press": "督", "find_impossible": "认", "rate": "评", "remind": "提", "overdue": "超", "escalate": "升",
    "recount": "算", "hand_over": "交", "send_message": "信", "grant_reward": "奖", "pay_reward": "奖",
}

TONES = {
    **dict.fromkeys(("create", "dispatch", "redispatch", "delegate", "add_assistant"), "blue"),
    **dict.fromkeys(("reply", "assist_reply", "pass_review", "pass_check", "sign_off", "close", "direct_answer",
                     "finish_follow_up", "verify"), "green"),
    **dict.fromkeys(("request_return", "request_extension", "request_suspension", "reject_review", "reject_check",
                     "reject_sign_off", "reject_close", "urge", "remind", "recall", "approve_return"), "amber"),
    **dict.fromkeys(("overdue", "escalate", "supervise", "rehandle", "press", "reopen", "decline", "withdraw"), "red"),
}

GROUPS: dict[str, tuple[str, frozenset[str]]] = {
    "steps": ("流转", frozenset()),
    "replies": ("核实与答复", frozenset({"contact", "verify", "assist_reply", "reply", "direct_answer", "sign_off",
                                     "reject_sign_off"})),
    "pleas": ("申请", frozenset({
        "request_return", "approve_return", "reject_return", "arbitrate", "request_extension", "approve_extension",
        "reject_extension", "request_suspension", "approve_suspension", "reject_suspension", "resume",
    })),
    "follow_up": ("回访", frozenset({
        "start_follow_up", "attempt", "finish_follow_up", "give_up_follow_up", "exempt_follow_up", "rehandle", "press",
        "find_impossible", "rate",
    })),
    "notes": ("备注催办", frozenset({"comment", "urge", "supplement", "supervise", "edit", "set_urgency", "mark_special"})),
    "clocks": ("时限", frozenset({"remind", "overdue", "escalate", "recount"})),
    "calls": ("通话", frozenset()),
    "messages": ("短信", frozenset({"send_message"})),
    "files": ("附件", frozenset()),
}
"""Groups of the time line, in the order of their tabs; what is in none of them is a step."""
