"""Rights this room knows, and its own fixed lists."""

from enum import StrEnum

PERMISSIONS = {
    "followup.call": "回访诉求人",
    "followup.rehandle": "发起重办、转督办、认定客观不能解决",
    "followup.view": "查看评价与回访统计",
    "followup.manage": "维护满意度指标方案",
}


class Progress(StrEnum):
    """Where one round of following up stands."""

    WAITING = "waiting"
    CALLING = "calling"
    DONE = "done"
    CANCELLED = "cancelled"


class Result(StrEnum):
    """How a round ended. All but `exempt` count as executed (K2-08), `unreached` with its three attempts."""

    REACHED = "reached"
    UNREACHED = "unreached"
    EXEMPT = "exempt"


RESULT_LABELS = {Result.REACHED: "已接通", Result.UNREACHED: "未能接通", Result.EXEMPT: "免回访"}


class Medium(StrEnum):
    """How a citizen gave a rating (R054)."""

    WEB = "web"
    SMS = "sms"
    KEY = "key"


MEDIUM_LABELS = {Medium.WEB: "网页", Medium.SMS: "短信链接", Medium.KEY: "通话后按键"}
