"""The fixed lists of an order's life and the rights over it. Pure data; sources stand beside each list."""

from enum import StrEnum


class Labelled(StrEnum):
    """A string enumeration whose members carry a Chinese label."""

    label: str

    def __new__(cls, value: str, label: str = "") -> "Labelled":
        member = str.__new__(cls, value)
        member._value_ = value
        member.label = label
        return member

    @classmethod
    def choices(cls) -> list[tuple[str, str]]:
        return [(member.value, member.label) for member in cls]


class Kind(Labelled):
    """Types of appeal (rules.md 3.4)."""

    CONSULTATION = "consultation", "咨询"
    HELP = "help", "求助"
    COMPLAINT = "complaint", "投诉"
    REPORT = "report", "举报"
    SUGGESTION = "suggestion", "建议"
    PRAISE = "praise", "表扬"


class Urgency(Labelled):
    """Degrees of urgency (rules.md 3.3, default pack)."""

    CRITICAL = "critical", "特急"
    URGENT = "urgent", "紧急"
    NORMAL = "normal", "一般"
    COMPLEX = "complex", "复杂"


class Channel(Labelled):
    """Where an appeal came in; `CHANNEL_DIGITS` is its part of the number."""

    PHONE = "phone", "电话"
    WEB = "web", "网站"
    APP = "app", "手机"
    API = "api", "接口"
    MAIL = "mail", "信箱"
    MEDIA = "media", "网媒留言"
    VISIT = "visit", "来访"
    IMPORT = "import", "历史导入"
    PEER = "peer", "平台转派"


CHANNEL_DIGITS = {
    Channel.PHONE: "01", Channel.WEB: "02", Channel.APP: "03", Channel.API: "04", Channel.MAIL: "05",
    Channel.MEDIA: "06", Channel.VISIT: "07", Channel.PEER: "08", Channel.IMPORT: "09",
}


class Finding(Labelled):
    """What the unit found of the appeal (诉求认定, rules.md 3.4)."""

    TRUE = "true", "属实"
    PARTLY = "partly", "部分属实"
    UNTRUE = "untrue", "不属实"
    BEYOND = "beyond", "超出职责"


class Outcome(Labelled):
    """What came of it (办理结果, rules.md 3.4)."""

    SOLVED = "solved", "已解决"
    EXPLAINED = "explained", "已解释"
    PLANNED = "planned", "已列入计划"
    IMPOSSIBLE = "impossible", "客观不能解决"


class Blame(Labelled):
    """Who caused a return (责任判定; K1-06, K5-08)."""

    DISPATCHER = "dispatcher", "派单错误"
    MANY_UNITS = "many_units", "涉及多部门"
    UNCLEAR = "unclear", "权责未明"
    UNIT = "unit", "承办单位原因"


class Special(Labelled):
    """What makes an order a special one (特殊单, R282); NONE takes the mark away."""

    SENSITIVE = "sensitive", "敏感（只限授权人可见）"
    INSTRUCTED = "instructed", "领导批示"
    GROUP = "group", "群体诉求"
    NONE = "none", "取消特殊标记"


class Ground(Labelled):
    """Legal waits, the only grounds of a suspension (rules.md 3.3)."""

    TESTING = "testing", "检测检验"
    APPRAISAL = "appraisal", "鉴定"
    LITIGATION = "litigation", "诉讼或仲裁"


class Satisfaction(Labelled):
    """Answers to "are you satisfied"."""

    VERY = "very", "非常满意"
    YES = "yes", "满意"
    FAIR = "fair", "基本满意"
    NO = "no", "不满意"


class Way(Labelled):
    """How somebody was spoken to or an address was confirmed."""

    PHONE = "phone", "电话"
    VISIT = "visit", "上门或现场"
    MESSAGE = "message", "短信"
    ONLINE = "online", "线上"


class Unhappy(Labelled):
    """Why a citizen is not satisfied (不满意原因, R107)."""

    NOT_CONTACTED = "not_contacted", "单位未联系"
    NOT_SOLVED = "not_solved", "问题未解决"
    SLOW = "slow", "办理太慢"
    ATTITUDE = "attitude", "态度不好"
    UNTRUE_REPLY = "untrue_reply", "答复与事实不符"
    POLICY = "policy", "对政策不认可"
    HALF_SOLVED = "half_solved", "只解决了一部分"
    NOT_KEPT = "not_kept", "承诺的没有做到"
    PASSED_ON = "passed_on", "互相推诿"
    BEYOND = "beyond", "诉求超出政策范围"
    OTHER = "other", "其他原因"


UNHAPPY_TREE: tuple[tuple[str, str, tuple[Unhappy, ...]], ...] = (
    ("办理过程", "核实后可以重办",
     (Unhappy.NOT_CONTACTED, Unhappy.SLOW, Unhappy.ATTITUDE, Unhappy.PASSED_ON)),
    ("办理结果", "理由成立的应当重办",
     (Unhappy.NOT_SOLVED, Unhappy.HALF_SOLVED, Unhappy.UNTRUE_REPLY, Unhappy.NOT_KEPT)),
    ("诉求本身", "解释政策后可以办结", (Unhappy.POLICY, Unhappy.BEYOND, Unhappy.OTHER)),
)
"""The reasons as a follow-up caller walks through them: branch, what it usually leads to, its reasons (roles.md 5.5)."""


class Solved(Labelled):
    """Answers to "is it solved"."""

    YES = "yes", "已解决"
    PARTLY = "partly", "部分解决"
    NO = "no", "未解决"


class CallResult(Labelled):
    """What came of one attempt to follow up."""

    REACHED = "reached", "已接通"
    NO_ANSWER = "no_answer", "无人接听"
    BUSY = "busy", "占线"
    OFF = "off", "关机或停机"
    REFUSED = "refused", "拒接或挂断"
    WRONG_NUMBER = "wrong_number", "号码错误"
    LATER = "later", "约定改时间"


class Exempt(Labelled):
    """The only grounds on which nobody is called; they leave the indicator's count (K2-08)."""

    ANONYMOUS = "anonymous", "匿名诉求"
    NO_PHONE = "no_phone", "没有有效联系方式"
    DECLINED = "declined", "诉求人明确不要回访"


DECLINE_CODES = {
    "N01": ("110、119、120、122 等紧急事项", "您反映的是紧急事项，我马上为您转接对应的紧急热线，请不要挂机。", "110 / 119 / 120 / 122"),
    "N02": ("不属本行政区域或本级管辖", "您反映的事项由其他地区管辖，请拨打当地区号加 12345，我们也可以为您转交。", "管辖地 12345"),
    "N03": ("属党委、人大、政协、法院、检察院、社会团体等职责", "您反映的事项不属于政府热线受理范围，请向对应机关反映，我告诉您联系方式。", "对应机关"),
    "N04": ("须经诉讼、仲裁、纪检监察、复议、信息公开等程序或已进入信访", "您反映的事项依法须经专门程序办理，我告诉您办理途径和所需材料。", "12368 / 12388 / 信访窗口"),
    "N05": ("涉国家秘密、商业秘密、个人隐私或违反公序良俗", "您反映的内容不宜通过热线办理，请通过保密渠道向有权机关反映。", "有权机关"),
    "N06": ("已办结且无新情况的重复诉求", "您反映的事项此前已经办结，答复内容我再为您说明一次；有新的情况随时可以来电。", "原工单答复"),
    "N07": ("未经授权查询他人诉求", "为保护诉求人隐私，查询进度请由本人来电，或提供工单号和手机验证码。", "诉求人本人"),
    "N08": ("无实质诉求、骚扰、辱骂或长时间占线", "本次通话没有具体诉求，为不影响其他市民使用热线，将结束通话。", "—"),
    "N09": ("事实不清且无法联系", "您反映的情况还缺少关键信息，请补充后再次提交，我们会接着办理。", "补充材料"),
}
"""Refusal codes with situation, script and channel (rules.md 3.3b). A site edits its own copy in the rule pack."""

PERMISSIONS = {
    "workorders.intake": "受理登记",
    "workorders.view_centre": "查看本中心全部工单",
    "workorders.answer": "直接答复",
    "workorders.decline": "不予受理",
    "workorders.edit": "修改未派工单",
    "workorders.review": "受理审核",
    "workorders.review_special": "特殊单审核",
    "workorders.view_sensitive": "查看敏感与保密工单",
    "workorders.dispatch": "派单",
    "workorders.decide_return": "退单审核",
    "workorders.arbitrate": "退单仲裁定责",
    "workorders.decide_extension": "延期审核",
    "workorders.decide_suspension": "挂起审批",
    "workorders.sign": "签收",
    "workorders.handle": "办理与答复",
    "workorders.delegate": "二级交办",
    "workorders.request": "申请退回、延期、挂起",
    "workorders.sign_off": "领导签发",
    "workorders.check": "结果审核",
    "workorders.close": "办结审核",
    "workorders.reopen": "重开已办结工单",
    "workorders.merge": "并单与拆单",
    "workorders.withdraw": "撤单",
    "workorders.supervise": "督办",
    "workorders.comment": "备注与催办",
    "workorders.reward": "核定与兑付举报奖励",
    "workorders.export": "申请导出",
    "workorders.approve_export": "审批导出",
    "workorders.import": "导入历史工单",
    "workorders.manage_templates": "维护专项模板与规则包",
    "workorders.webhooks": "管理事件订阅",
}
