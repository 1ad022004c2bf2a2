"""Rights this room knows, and the fixed lists of its life."""

from enum import StrEnum

PERMISSIONS = {
    "messaging.send": "在工单中发送短信",
    "messaging.view": "查看短信记录与统计",
    "messaging.manage": "维护短信模板、开关与频次",
}


class State(StrEnum):
    """How far a message has come. `skipped` and `opted_out` were never handed to a gateway, and say why."""

    QUEUED = "queued"
    SENT = "sent"
    DELIVERED = "delivered"
    FAILED = "failed"
    OPTED_OUT = "opted_out"
    SKIPPED = "skipped"


STATE_LABELS = {
    State.QUEUED: "待发送", State.SENT: "已提交", State.DELIVERED: "已送达", State.FAILED: "发送失败",
    State.OPTED_OUT: "已退订", State.SKIPPED: "未发送",
}
STATE_TONES = {State.QUEUED: "", State.SENT: "blue", State.DELIVERED: "green", State.FAILED: "red", State.OPTED_OUT: "amber",
               State.SKIPPED: "amber"}


class Carrier(StrEnum):
    """Whose number it was given out as; a number taken along to another carrier keeps its prefix."""

    MOBILE = "mobile"
    UNICOM = "unicom"
    TELECOM = "telecom"
    BROADNET = "broadnet"
    OTHER = "other"


CARRIER_LABELS = {
    Carrier.MOBILE: "中国移动", Carrier.UNICOM: "中国联通", Carrier.TELECOM: "中国电信", Carrier.BROADNET: "中国广电",
    Carrier.OTHER: "其他",
}
