"""From a citizen's own words to what an order needs: a title, a type, what of a place may be read by the unit."""

import re
import unicodedata

TITLE = 30
VOICE_ONLY = "诉求人以录音反映，内容见所附录音。"
_GREETING = re.compile(r"^(?:(?:您好|你好|尊敬的[^，,。！!\s]{1,10}|12345|工作人员|领导|同志)[，,。！!：:\s]*)+")
_END = re.compile(r"[。！？!?；;\n\r]")


def title_of(text: str) -> str:
    """The first sentence without the greeting, at most 30 letters; never shorter than two."""
    words = _GREETING.sub("", " ".join(text.split(" ")).strip()) or text.strip()
    first = next((part.strip(" ，,、\t") for part in _END.split(words) if len(part.strip()) >= 4), words.strip())
    first = " ".join(first.split())
    if len(first) > TITLE:
        cut = max(first.rfind(sign, 8, TITLE) for sign in "，,、 ")
        first = first[:cut] if cut > 0 else f"{first[: TITLE - 1]}…"
    return first if len(first) >= 2 else "网上诉求"


_KINDS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("report", re.compile(r"举报|检举")),
    ("complaint", re.compile(r"投诉")),
    ("praise", re.compile(r"表扬|(?:特别|非常|十分|衷心)?感谢.{0,12}(?:同志|师傅|医生|老师|人员|民警|帮助)|点赞")),
    ("suggestion", re.compile(r"^.{0,12}建议|提(?:个|一个|点|一点)?建议")),
    ("consultation", re.compile(r"咨询|请问|问一下|想(?:问|了解|知道)|(?:怎么|如何|怎样|哪里|在哪).{0,12}(?:办|申请|领|交|查|开)")),
)
DEFAULT_KIND = "help"


def guess_kind(text: str, allowed: tuple[str, ...]) -> str:
    """The type by the words somebody used, help when they say nothing; whoever reviews the order sees to the rest."""
    for kind, words in _KINDS:
        if kind in allowed and words.search(text):
            return kind
    return DEFAULT_KIND if DEFAULT_KIND in allowed else allowed[0]


_NUMERAL = r"[A-Za-z]?[0-9０-９一二三四五六七八九十百]+"
_ROOM = re.compile(
    rf"(?:{_NUMERAL}|[A-Za-z])\s*[-－—]?\s*(?:栋|幢|座|单元|室|房|楼|层|户)"
    r"|(?<![0-9])[0-9]{1,3}[-－—][0-9]{1,3}[-－—][0-9]{2,4}"
)


def split_place(text: str) -> tuple[str, str]:
    """Where it is (whoever handles it must find it) and the private rest: building, unit, room.

    "海湾花园3栋2单元501" -> ("海湾花园", "3栋2单元501"); "兴港大道88号门口" -> all of it, "".
    """
    text = " ".join(text.split())
    found = _ROOM.search(text)
    if not found:
        return text, ""
    return text[: found.start()].rstrip("，,、 "), text[found.start() :].strip()


def plain(text: str) -> str:
    """What somebody types of a number or code: full-width letters, blanks and dashes do not matter."""
    return "".join(sign for sign in unicodedata.normalize("NFKC", text).upper() if sign.isalnum())


def numbers_meant(text: str) -> list[str]:
    """The order numbers somebody may mean who typed this: with or without blanks, dashes and capitals."""
    bare = "".join(unicodedata.normalize("NFKC", text).split())[:60]
    return list(dict.fromkeys([bare, bare.upper(), plain(bare)]))


def digits(text: str) -> str:
    return "".join(sign for sign in unicodedata.normalize("NFKC", text) if sign.isdigit())


_DANGER = re.compile(r"着火|起火|失火|火灾|爆炸|煤气泄漏|燃气泄漏|天然气泄漏|溺水|跳楼|轻生|持刀|打架|触电|塌方|坍塌|昏迷|中毒")


def is_emergency(text: str) -> bool:
    """Whether somebody seems to be in danger right now: the page then names 110, 119 and 120 first."""
    return bool(_DANGER.search(text))
