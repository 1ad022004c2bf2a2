"""Hide one person's names in free text: the name itself and what politeness makes of it, 王先生, 老王 (R167, R253)."""

import re
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache

from huying.kernel.masking import COMPOUND_SURNAMES, mask_name

Words = Callable[[str], str]
HIDDEN = "***"
_POLITE = (
    "先生|女士|小姐|太太|夫人|同志|老师|师傅|阿姨|叔叔|大叔|大爷|大妈|大姐|大哥|大嫂|大娘|大伯|伯伯|奶奶|爷爷|老伯|老太|老汉|某某|某人|XX|××"
)
_SHORT = "某|姐|哥|嫂|叔|婶|伯|姨|总"
_NOT_PERSONS = set("区时路车师康门花水毛米包商东计钱党于高方常安成平万白明文金石")
"""Surnames that make everyday words with 小, 老, 某 and the like (小区, 老师, 位于某处): with these only clear forms count."""
_NOBODY = {
    "匿名", "无名", "未知", "不详",
    "市民", "群众", "居民", "业主", "诉求人", "来电人", "热心市民", "匿名市民", "先生", "女士", "本人", "无",
}
_GAP = r"[\s·•.　]{0,2}"
_JOINTS = re.compile(r"[\s·•.]")
_CHINESE = re.compile(r"[\u3400-\u9fff]+")
_LATIN = re.compile(r"[^\W\d_]{3,}")
_SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林罗郑梁谢宋唐许韩邓冯曹彭曾肖田董潘袁蔡蒋余于杜叶程魏苏吕丁任卢姚沈钟姜崔谭陆范汪廖石金韦贾夏付方邹熊"
    "白孟秦邱侯江尹薛闫段雷龙黎史陶贺毛郝顾龚邵万覃武钱戴严莫孔向常汤农甘岑容凌苗蓝施牙黑卜宁裴包兰班庞覃温芦庄古柳翟"
)
_OWN_WORDS = re.compile(
    rf"(?P<lead>(?:我|本人|名字?)叫{_GAP}|姓名{_GAP}[是为:：]?{_GAP}|联系人{_GAP}[是为:：]{_GAP})[{_SURNAMES}][\u3400-\u9fff]{{1,2}}"
    rf"|(?P<am>我是)[{_SURNAMES}][\u3400-\u9fff]{{1,2}}(?![\u3400-\u9fff])"
    rf"|(?P<named>(?:我|本人|免贵)姓){_GAP}[\u3400-\u9fff]"
)


def name_hider(names: Iterable[str], *, wholly: bool) -> Words:
    """What takes the names out of a text, however spaced: the name as `mask_name` has it, 王先生 as *先生, 老王 as 老*.

    `wholly`, for who must stay unknown: every form becomes `HIDDEN`, the given name alone too, and so does the name in
    "我叫…", whoever it is of.
    """
    known = tuple(sorted({name.strip() for name in names if name.strip() and name.strip() not in _NOBODY}))
    firsts = {part[0].lower() for name in known for part in (name, *_LATIN.findall(name), *([_given(name)] if wholly else [])) if part}

    def hide(text: str) -> str:
        if known and any(first in text.lower() for first in firsts):
            for name in known:
                text = _pattern(name, wholly).sub(lambda found: _hidden(found, wholly), text)
        return _OWN_WORDS.sub(_own_words, text) if wholly else text

    return hide


@lru_cache(maxsize=2000)
def _pattern(name: str, wholly: bool) -> re.Pattern[str]:
    return re.compile("|".join(_forms(name, wholly)), re.IGNORECASE)


def _forms(name: str, wholly: bool) -> Iterator[str]:
    """Alternatives for one name, the longest first."""
    if not _CHINESE.fullmatch(name) or len(name) > 4:
        if _CHINESE.search(name):
            yield _spaced(_JOINTS.sub("", name))
            return
        for part in (name, *_LATIN.findall(name)):
            yield rf"\b{re.escape(part)}\b"
        return
    surname = name[:2] if name.startswith(COMPOUND_SURNAMES) and len(name) > 2 else name[:1]
    if len(name) > len(surname) and not re.fullmatch(_POLITE, name[len(surname) :]):
        yield _spaced(name)
    yield f"(?P<called>{_spaced(surname)}{_GAP})(?P<polite>{_POLITE})"
    if surname not in _NOT_PERSONS:
        yield f"(?P<briefly>{_spaced(surname)})(?P<short>{_SHORT})"
        yield f"(?P<familiar>[老小阿]){_spaced(surname)}"
    if wholly and len(given := _given(name)) > 1:
        yield _spaced(given)


def _given(name: str) -> str:
    rest = name[2:] if name.startswith(COMPOUND_SURNAMES) and len(name) > 2 else name[1:]
    return "" if re.fullmatch(_POLITE, rest) else rest


def _spaced(text: str) -> str:
    return _GAP.join(map(re.escape, text))


def _hidden(found: re.Match[str], wholly: bool) -> str:
    said = found.groupdict()
    if wholly or not (said.get("polite") or said.get("short") or said.get("familiar")):
        return HIDDEN if wholly else mask_name(re.sub(r"\s", "", found[0]))
    if said.get("familiar"):
        return f"{said['familiar']}*"
    return f"*{said.get('polite') or said.get('short')}"


def _own_words(found: re.Match[str]) -> str:
    return f"{found['lead'] or found['am'] or found['named']}{HIDDEN}"
