"""What may be said with an action: one row per field name, used by forms, the API's schema and the checks alike."""

from dataclasses import dataclass
from typing import Literal

from huying.kernel.errors import Refusal
from huying.workorders.catalog import (
    DECLINE_CODES,
    Blame,
    CallResult,
    Exempt,
    Finding,
    Ground,
    Kind,
    Outcome,
    Satisfaction,
    Solved,
    Special,
    Unhappy,
    Urgency,
    Way,
)

InputKind = Literal["text", "longtext", "choice", "unit", "units", "moment", "whole", "files", "number", "points"]


class BadInput(Refusal):
    code = "bad_input"
    message = "请检查标出的内容"


@dataclass(frozen=True, slots=True)
class Input:
    """`longest` in characters; `whole` inputs lie between `low` and `high`, both included."""

    label: str
    kind: InputKind = "text"
    choices: tuple[tuple[str, str], ...] = ()
    shortest: int = 1
    longest: int = 200
    low: int = 0
    high: int = 0
    help: str = ""


def _long(label: str, help: str = "", *, shortest: int = 2) -> Input:
    return Input(label, "longtext", shortest=shortest, longest=5000, help=help)


def _pick(label: str, choices: list[tuple[str, str]], help: str = "") -> Input:
    return Input(label, "choice", tuple(choices), help=help)


PLATFORMS = [("110", "110 报警服务台"), ("119", "119 消防"), ("120", "120 急救"), ("122", "122 交通事故"),
             ("12315", "12315 市场监管"), ("12328", "12328 交通运输"), ("12366", "12366 税务"),
             ("upper", "上级 12345 平台"), ("peer", "其他地区 12345 平台")]
REOPEN_KINDS = [("mis_close", "误办结"), ("new_fact", "出现新情况"), ("citizen", "诉求人要求"), ("inspection", "抽查发现问题")]
BACK_TO = [("follow_up", "退回回访"), ("handle", "退回承办单位重办")]

INPUTS: dict[str, Input] = {
    "reason": _long("理由"),
    "note": _long("说明"),
    "opinion": _long("交办意见", "写明需要核实和答复的要点"),
    "answer": _long("答复内容", "将告知诉求人"),
    "code": _pick("不予受理情形", [(code, f"{code} {row[0]}") for code, row in DECLINE_CODES.items()]),
    "script": _long("告知话术", "已对诉求人说的话，可在标准话术上修改"),
    "platform": _pick("转往", PLATFORMS),
    "unit": Input("承办单位", "unit"),
    "assistants": Input("协办单位", "units"),
    "clause": Input("依据条款", longest=300, help="职责清单或文件的条款"),
    "proposed_unit": Input("建议承办单位", "unit"),
    "way": _pick("方式", Way.choices()),
    "who": Input("何人核实", longest=80),
    "when": Input("何时核实", "moment"),
    "due": Input("反馈期限", "moment", help="不得晚于本单位的办理期限"),
    "until": Input("挂起至", "moment", help="到期自动恢复计时"),
    "finding": _pick("事实认定", Finding.choices()),
    "outcome": _pick("办理结果", Outcome.choices()),
    "reply": _long("答复内容", "逐条回应每个诉求点，写明依据、时间、地点、人员", shortest=10),
    "public_reply": _long("公开答复", "可以向社会公开的版本，不含个人信息"),
    "force_reason": _long("协办未完成的说明"),
    "proof": Input("证明材料", "files", help="照片、录音或文件，至少一份"),
    "files": Input("附件", "files"),
    "workdays": Input("延期工作日", "whole", low=1, high=60),
    "ground": _pick("挂起事由", Ground.choices()),
    "blame": _pick("责任判定", Blame.choices()),
    "amount": Input("金额（元）", longest=12),
    "into": Input("目标工单号", "number", longest=40),
    "points": Input("拆出的诉求点", "points", help="勾选要另立一单的诉求点"),
    "urgency": _pick("紧急程度", Urgency.choices()),
    "special": _pick("特殊类型", Special.choices()),
    "kind": _pick("诉求类型", Kind.choices()),
    "title": Input("标题", longest=100, shortest=2),
    "content": _long("诉求内容", shortest=5),
    "back_to": _pick("退回到", BACK_TO),
    "reopen_kind": _pick("重开原因", REOPEN_KINDS),
    "text": Input("短信内容", "longtext", shortest=2, longest=300, help="发到诉求人的手机，工单号自动附在后面"),
    "contacted": _pick("单位是否联系过您", [("yes", "联系过"), ("no", "没有联系")]),
    "solved": _pick("问题是否解决", Solved.choices()),
    "satisfaction": _pick("是否满意", Satisfaction.choices()),
    "unhappy": _pick("不满意原因", Unhappy.choices(), "不满意时必选"),
    "result": _pick("拨打结果", CallResult.choices()),
    "exempt": _pick("免回访理由", Exempt.choices()),
}
