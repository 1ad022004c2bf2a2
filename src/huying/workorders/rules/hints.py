"""What an appeal seems to lack or to contradict (R104). Hints never stop anybody: a reason goes on record instead.

Plain word lists, not a model: an agent must see at once why a hint stands there, and a town edits the lists by hand.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from huying.kernel.phones import is_phone, normalise_phone


@dataclass(frozen=True, slots=True)
class Hint:
    """`field` is where to put it right; `code` stands in the order's history beside the reason for passing it over."""

    code: str
    field: str
    text: str


@dataclass(frozen=True)
class Facts:
    """What has been typed. `elsewhere`: names of districts other than the chosen one."""

    kind: str = ""
    title: str = ""
    content: str = ""
    points: Sequence[str] = ()
    urgency: str = "normal"
    phone: str = ""
    anonymous: bool = False
    region_level: int = 0
    place: str = ""
    address: str = ""
    address_way: str = ""
    has_event_time: bool = False
    is_group: bool = False
    confidential: bool = False
    name: str = ""
    party: str = ""
    elsewhere: Sequence[str] = field(default_factory=tuple)

    @property
    def words(self) -> str:
        return "\n".join((self.title, self.content, *self.points))


_ON_SITE = {"help", "complaint", "report"}
_TIME = re.compile(
    r"[今昨前明当][天日晚早]|[上这本下]个?[周月]|[去今前]年|\d+\s*[月日号点时]|[一二三四五六七八九十]+[月日号点]|"
    r"\d+\s*(?:天|周|个月|年|小时)|[一二三四五六七八九十两半几]+(?:天|周|个月|年|小时)|每[天日晚周月]|刚[才刚]|最近|近期|近日|长期|一直|"
    r"凌晨|早上|上午|中午|下午|晚上|夜间|半夜|周[一二三四五六日末]|目前|现在|经常"
)
_PARTY = re.compile(
    r"公司|店|厂|局|委|所|院|校|园|站|中心|物业|开发商|工地|施工|商[家场铺]|超市|酒店|饭|餐|摊|司机|车|邻居|住户|业主|房东|老板|"
    r"老师|医生|人员|员工|工作者|村|居|单位|机构|平台|学校|有人|楼上|楼下|对方|商户|小贩|水|电|气|路|灯|管道"
)
_NUMBER = re.compile(r"\d+\s*[号栋幢座弄室单楼]|[一二三四五六七八九十]+[号栋幢座楼]|路口|交叉口|桥|公园|广场|站|大门|对面|附近|旁|公里|K\d")
_WISH = re.compile(
    r"希望|要求|请|望|想|能否|能不能|是否|如何|怎么|怎样|什么|多少|哪|吗|？|"
    r"咨询|反映|投诉|举报|建议|感谢|表扬|求助|诉求|解决|处理|核实"
)
_ANGRY = re.compile(r"投诉|举报|违法|违规|不满|拖欠|欺骗|乱收费|扰民|太差|恶劣|推诿|不作为")
_PLEASED = re.compile(r"感谢|表扬|点赞|致谢|锦旗|谢谢")
_DANGER = re.compile(
    r"着火|起火|火灾|冒烟|煤气泄漏|燃气泄漏|漏气|触电|坍塌|塌方|倒塌|爆炸|溺水|落水|跳楼|轻生|自杀|持刀|中毒|被困|昏迷|大出血"
)
_MANY = re.compile(
    r"(?:多名|多位|众多|几十|上百|数十|数百|\d{2,})\s*(?:名|位|户|人|个)?(?:业主|居民|村民|工人|住户|家长|农民工)|"
    r"集体|联名|我们小区"
)
_SECRET = re.compile(r"不要透露|不想让.{0,6}知道|保密|怕.{0,4}报复|匿名")
_MISSPELT = {
    "帐单": "账单", "登陆网": "登录网", "按装": "安装", "座落": "坐落", "既使": "即使", "必竟": "毕竟", "水笼头": "水龙头", "赔尝": "赔偿",
    "工姿": "工资", "燥音": "噪音", "燥声": "噪声", "扰名": "扰民", "违张": "违章", "布署": "部署", "松驰": "松弛", "幅射": "辐射",
    "垃级": "垃圾", "拉圾": "垃圾", "施功": "施工", "扬沉": "扬尘", "占到经营": "占道经营",
    "消妨": "消防", "报消": "报销", "下水到": "下水道",
}


SHORT = {
    "danger": "紧急程度", "contact": "联系电话", "phone_shape": "联系电话", "what": "内容", "wish": "诉求", "time": "时间", "whom": "对象",
    "place": "地点", "street": "街道", "house_number": "门牌", "confirmed": "地址核对", "kind_praise": "类型", "kind_complaint": "类型",
    "kind_consultation": "类型", "group": "群体诉求", "confidential": "保密", "named": "姓名", "elsewhere": "区划", "spelling": "错别字",
}
"""What each is about, in the order's history."""


def hints(facts: Facts) -> list[Hint]:
    """Everything worth a second look, the weightiest first."""
    return [*_danger(facts), *_contact(facts), *_what(facts), *_when(facts), *_whom(facts), *_where(facts),
            *_contradictions(facts), *_spelling(facts)]


def _danger(facts: Facts) -> Iterator[Hint]:
    if facts.urgency not in {"critical", "urgent"} and (found := _DANGER.search(facts.words)):
        yield Hint("danger", "urgency", f"提到“{found[0]}”，紧急程度是否应为特急？正在发生的请先转 110/119/120")


def _contact(facts: Facts) -> Iterator[Hint]:
    if facts.anonymous:
        return
    if not facts.phone:
        yield Hint("contact", "phone", "没有联系电话，办理结果无法告知和回访")
    elif not is_phone(normalise_phone(facts.phone)):
        yield Hint("phone_shape", "phone", "联系电话位数不对，请复述核对")


def _what(facts: Facts) -> Iterator[Hint]:
    if len(facts.content.strip()) < 12 or facts.content.strip() == facts.title.strip():
        yield Hint("what", "content", "诉求太简略，请写明发生了什么")
    elif facts.kind != "praise" and not _WISH.search(facts.words):
        yield Hint("wish", "content", "没有写明诉求人希望怎样解决")


def _when(facts: Facts) -> Iterator[Hint]:
    if facts.kind in _ON_SITE and not facts.has_event_time and not _TIME.search(facts.words):
        yield Hint("time", "event_at", "没有说明什么时候发生的")


def _whom(facts: Facts) -> Iterator[Hint]:
    if facts.kind in {"complaint", "report"} and not facts.party and not _PARTY.search(facts.words):
        yield Hint("whom", "content", "没有写明反映的是谁（单位、商户或人）")


def _where(facts: Facts) -> Iterator[Hint]:
    if facts.kind not in _ON_SITE:
        return
    where = facts.place + facts.address
    if not facts.region_level and not where:
        yield Hint("place", "place", "没有地点")
        return
    if facts.region_level < 3:
        yield Hint("street", "region", "地点没有到街道、镇，派单难以定界")
    if not _NUMBER.search(where) and not re.search(r"\d", facts.address):
        yield Hint("house_number", "address", "地址缺门牌号或明显参照物")
    if not facts.address_way:
        yield Hint("confirmed", "address_way", "地址还没有与来电人核对")


def _contradictions(facts: Facts) -> Iterator[Hint]:
    angry, pleased = _ANGRY.search(facts.words), _PLEASED.search(facts.words)
    if facts.kind == "praise" and angry:
        yield Hint("kind_praise", "kind", f"类型是表扬，内容却有“{angry[0]}”")
    if facts.kind in {"complaint", "report"} and pleased and not angry:
        yield Hint("kind_complaint", "kind", f"类型是投诉举报，内容却是“{pleased[0]}”")
    if facts.kind == "consultation" and angry:
        yield Hint("kind_consultation", "kind", f"类型是咨询，内容却有“{angry[0]}”，是否应为投诉或举报？")
    if not facts.is_group and (many := _MANY.search(facts.words)):
        yield Hint("group", "is_group", f"提到“{many[0]}”，是否为群体诉求？")
    if not facts.confidential and (secret := _SECRET.search(facts.words)):
        yield Hint("confidential", "confidential", f"提到“{secret[0]}”，是否应对承办单位保密？")
    if facts.confidential and len(facts.name) > 1 and facts.name in facts.words:
        yield Hint("named", "content", "内容里写有诉求人的姓名，承办单位会看到；保密诉求请改写")
    for name in facts.elsewhere:
        if name in facts.words + facts.place:
            yield Hint("elsewhere", "region", f"内容提到“{name}”，与所选区划不一致")
            break


def _spelling(facts: Facts) -> Iterator[Hint]:
    wrong = [f"“{word}”应为“{right}”" for word, right in _MISSPELT.items() if word in facts.words]
    if wrong:
        yield Hint("spelling", "content", f"可能的错别字：{'、'.join(wrong[:4])}")
