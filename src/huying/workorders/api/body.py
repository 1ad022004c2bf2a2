"""Read what was sent: JSON that is really JSON, checked against a schema, every fault named in Chinese."""

import json
import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any, NoReturn, TypeVar

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest
from django.http.request import UnreadablePostError
from pydantic import BaseModel, ValidationError

from huying.kernel.clock import SHANGHAI
from huying.kernel.errors import Refusal
from huying.workorders.rules import INPUTS, BadInput

M = TypeVar("M", bound=BaseModel)
DEEPEST = 20
UNWRITTEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]|[\ud800-\udfff]")
"""What no person types: control characters other than tab and line breaks, and halves of characters."""

LABELS = {
    "type": "诉求类型", "caller": "诉求人", "caller.name": "姓名", "caller.phone": "联系电话", "region": "区划代码", "address": "详细地址",
    "place": "地点", "points": "诉求点", "template": "专项模板", "fields": "专项字段",
    "confidential": "保密", "is_group": "群体", "is_sensitive": "敏感", "event_at": "事发时间",
    "external_number": "外部单号", "then": "后续环节", "field": "字段", "url": "接收地址", "events": "订阅的事件", "secret": "签名密钥",
}


class NotJson(Refusal):
    code = "bad_json"
    message = "请求正文不是有效的 JSON（UTF-8 编码）"


class TooLarge(Refusal):
    code = "too_large"
    message = "请求正文过大"


def read_json(request: HttpRequest) -> Any:
    """The body as JSON data without control characters, half surrogates, NaN or a depth that would hurt.

    Raises NotJson, TooLarge, BadInput.
    """
    raw = raw_body(request)
    if len(raw) > settings.API_LARGEST_BODY:
        raise TooLarge(f"请求正文不得超过 {settings.API_LARGEST_BODY // 1024} KB")
    if not raw.strip():
        raise NotJson("请求正文为空，应为 JSON 对象")
    try:
        data = json.loads(raw, parse_constant=_no_constant)
        wrong = dict(unwritten(data))
    except (ValueError, RecursionError):
        raise NotJson from None
    if wrong:
        raise bad_input(wrong)
    return data


def raw_body(request: HttpRequest) -> bytes:
    """The bytes sent. Django reads no body without a length; one sent in chunks is read here, as far as allowed.

    Raises TooLarge, NotJson.
    """
    try:
        if "chunked" in request.headers.get("Transfer-Encoding", "").lower() and not request.META.get("CONTENT_LENGTH"):
            read_all: bytes = request.META["wsgi.input"].read(settings.API_LARGEST_BODY + 1)
            return read_all
        return request.body
    except RequestDataTooBig:
        raise TooLarge from None
    except UnreadablePostError:
        raise NotJson("请求正文没有完整收到，请重试") from None


def sends_something(request: HttpRequest) -> bool:
    """Whether there is a body at all; an action without required fields may come without one."""
    return request.META.get("CONTENT_LENGTH") not in {None, "", "0"} or "Transfer-Encoding" in request.headers


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


def unwritten(data: Any, path: str = "", depth: int = 0) -> Iterator[tuple[str, str]]:
    """Field path and sentence of every text that JSON can write and no database, or no sheet, can keep.

    Raises ValueError for a number beyond exactness or too much depth.
    """
    if isinstance(data, str):
        if found := UNWRITTEN.search(data):
            yield path, f"含有不能使用的字符（U+{ord(found[0]):04X}），请删去后重试"
    elif isinstance(data, int | float) and abs(data) > 10**15:
        raise ValueError("a number beyond exactness")
    elif isinstance(data, dict | list):
        if depth > DEEPEST:
            raise ValueError("too deep")
        for name, part in data.items() if isinstance(data, dict) else enumerate(data):
            shown = UNWRITTEN.sub("�", str(name))[:60]
            within = f"{path}.{shown}" if path else shown
            if isinstance(name, str):
                yield from unwritten(name, within, depth)
            yield from unwritten(part, within, depth + 1)


def read(request: HttpRequest, model: type[M]) -> M:
    """The body as `model`. Raises NotJson, TooLarge, BadInput."""
    return shaped(read_json(request), model)


def shaped(data: Any, model: type[M]) -> M:
    """`data` as `model`. Raises BadInput with every field at fault."""
    if not isinstance(data, dict):
        raise BadInput("请求正文应为 JSON 对象")
    try:
        return model.model_validate(data)
    except ValidationError as wrong:
        raise bad_input(faults(wrong)) from None


def bad_input(fields: dict[str, str], *, bare: bool = False) -> BadInput:
    """The refusal whose sentence names the faults, for those who only read `detail`. `bare`: the names are those of
    parameters, which are no fields of a form."""
    words = "；".join(f"{name if bare else label(name)}：{text}" for name, text in list(fields.items())[:5])
    more = f"；等共 {len(fields)} 处" if len(fields) > 5 else ""
    return BadInput(f"请检查标出的内容：{words}{more}", fields=fields)


def label(name: str) -> str:
    """The Chinese name of a field as people know it, else the name itself."""
    known = LABELS.get(name) or (INPUTS[name].label if name in INPUTS else "")
    return f"{known}（{name}）" if known else name


def faults(wrong: ValidationError) -> dict[str, str]:
    """Field path -> Chinese sentence; the first fault of a field counts."""
    found: dict[str, str] = {}
    for row in wrong.errors(include_url=False, include_input=False):
        name = ".".join(str(part) for part in row["loc"])[:120]
        found.setdefault(name, sentence(row["type"], row.get("ctx", {})))
    return found


SENTENCES = {
    "missing": "缺少此项", "extra_forbidden": "没有这个字段", "string_type": "应为文字", "string_unicode": "含有无法识别的字符",
    "string_too_short": "至少 {min_length} 个字", "string_too_long": "最多 {max_length} 个字", "string_pattern_mismatch": "格式不对",
    "literal_error": "只能是 {expected} 之一", "bool_type": "应为 true 或 false", "bool_parsing": "应为 true 或 false",
    "int_type": "应为整数", "int_parsing": "应为整数", "int_from_float": "应为整数", "int_parsing_size": "数字过大",
    "greater_than_equal": "不能小于 {ge}", "less_than_equal": "不能大于 {le}", "list_type": "应为列表", "dict_type": "应为对象",
    "model_type": "应为对象", "model_attributes_type": "应为对象", "too_short": "至少 {min_length} 项", "too_long": "最多 {max_length} 项",
    "value_error": "{error}", "is_instance_of": "类型不对", "string_sub_type": "应为文字",
}


def sentence(kind: str, context: dict[str, Any]) -> str:
    context = {name: str(value).replace(" or ", "、").replace(", ", "、").replace("'", "").lstrip("、") for name, value in context.items()}
    return SENTENCES.get(kind, "填写有误").format_map(context | {"error": context.get("error", "填写有误")})


def moment(text: str) -> datetime:
    """ISO 8601; without a zone it is Shanghai time, as on screen. Raises ValueError with a Chinese sentence."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise ValueError("时间请写成 2026-11-20T09:05:00+08:00") from None
    if not 1990 <= at.year <= 2100:
        raise ValueError("时间的年份不对")
    return at if at.tzinfo else at.replace(tzinfo=SHANGHAI)
