"""From a template to the words that go out. Placeholders are strict: an unknown one is refused when the text is saved."""

import re
from collections.abc import Mapping

from huying.kernel.errors import Refusal
from huying.messaging.rules.scenes import Scene

LONGEST_TEMPLATE = 300
ALWAYS = ("site",)
"""Known in every scene: the citizens' address."""

FIELD_LABELS = {
    "number": "工单号", "title": "标题", "answer": "答复", "platform": "转往平台", "target": "并入的工单号", "due": "期限",
    "unit": "承办单位", "note": "说明", "reason": "理由", "workdays": "工作日数", "link": "评价链接", "days": "有效天数",
    "code": "验证码", "text": "正文", "site": "网站地址",
}
_SAMPLES = {
    "number": "45060201202611200001713", "title": "海湾社区路灯不亮", "answer": "已于 11 月 20 日更换灯具，路灯恢复照明",
    "platform": "110 报警服务台", "target": "45060201202611190003424", "due": "11-27 18:00", "unit": "城市管理局",
    "note": "诉求人再次来电询问进展", "reason": "已两次延期", "workdays": "3", "link": "http://127.0.0.1/r/Ab3dE5", "days": "15",
    "code": "402917", "text": "您好，您补充的照片已转给承办单位。", "site": "http://127.0.0.1",
}
_CUT = {"title": 24, "answer": 120, "note": 60, "reason": 60, "unit": 20, "text": 500}
"""How much of a value goes into a short message; the whole stands in the order."""

_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
_CODES = {label: name for name, label in FIELD_LABELS.items()}


class BadTemplate(Refusal):
    code = "bad_template"
    message = "短信模板有误"


def in_chinese(text: str) -> str:
    """A template as people read and write it: {工单号} for {number}."""
    return _PLACEHOLDER.sub(lambda found: f"{{{FIELD_LABELS.get(found[1].strip(), found[1])}}}", text)


def in_code(text: str) -> str:
    """A template as it is kept: {number} for {工单号}; the old names go on being understood."""
    return _PLACEHOLDER.sub(lambda found: f"{{{_CODES.get(found[1].strip(), found[1].strip())}}}", text)


def check_text(scene: Scene, text: str) -> str:
    """The template as it is kept, trimmed. Raises BadTemplate naming what is wrong beside the field `text`."""
    text = in_code(text.strip())
    named = _PLACEHOLDER.findall(text)
    allowed = (*scene.fields, *ALWAYS)
    wrong = ""
    if not text:
        wrong = "请填写短信内容"
    elif len(text) > LONGEST_TEMPLATE:
        wrong = f"最多 {LONGEST_TEMPLATE} 个字，现有 {len(text)} 个"
    elif re.search(r"[{}]", _PLACEHOLDER.sub("", text)):
        wrong = "大括号没有成对"
    elif unknown := [name for name in named if name not in allowed]:
        listed = "、".join(f"{{{FIELD_LABELS[name]}}}" for name in allowed)
        wrong = f"{{{FIELD_LABELS.get(unknown[0], unknown[0])}}} 不能用在这个场景；可用：{listed}"
    elif missing := [name for name in scene.must if name not in named]:
        wrong = f"必须含 {{{FIELD_LABELS[missing[0]]}}}"
    if wrong:
        raise BadTemplate(fields={"text": wrong})
    return text


def render(scene: Scene, text: str, values: Mapping[str, str]) -> str:
    """The template with its values in place; long values are cut with an ellipsis, line breaks become blanks.

    Raises KeyError when a caller did not give what the scene promises.
    """
    for name in scene.fields:
        values[name]

    def fill(found: re.Match[str]) -> str:
        value = " ".join(str(values[found[1]]).split())
        longest = _CUT.get(found[1])
        return f"{value[: longest - 1]}…" if longest and len(value) > longest else value

    return _PLACEHOLDER.sub(fill, text)


def segments(text: str) -> int:
    """How many short messages a carrier bills: 70 letters in one, 67 in each part of a longer one."""
    return 1 if len(text) <= 70 else -(-len(text) // 67)


def sample_values(scene: Scene) -> dict[str, str]:
    """Invented values for a preview."""
    return {name: _SAMPLES[name] for name in (*scene.fields, *ALWAYS)}
