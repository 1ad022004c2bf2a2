"""What every refusal of the API looks like (RFC 9457), in Chinese, and how an answer is written."""

import json
from collections.abc import Mapping
from datetime import datetime
from http import HTTPStatus
from typing import Any

from django.http import HttpResponse
from pydantic import BaseModel, Field

from huying.kernel.clock import SHANGHAI

PROBLEM = "application/problem+json"
TITLES = {
    400: "请求格式错误", 401: "需要有效的访问令牌", 403: "没有权限", 404: "没有找到", 405: "不支持的请求方法", 409: "与当前状态冲突",
    413: "请求内容过大", 415: "不支持的内容类型", 422: "填写有误", 429: "请求过于频繁", 500: "系统内部错误", 503: "服务暂时不可用",
}


class FieldFault(BaseModel):
    field: str = Field(description="出错的字段，嵌套字段用点号连接，如 caller.phone")
    message: str = Field(description="中文说明，可直接显示在字段旁")


class Problem(BaseModel):
    """错误说明（application/problem+json，RFC 9457）。"""

    type: str = Field(description="错误类型的标识，形如 urn:huying:problem:bad_input")
    title: str = Field(description="错误类别")
    status: int = Field(description="HTTP 状态码")
    detail: str = Field(description="中文说明：出了什么问题，怎么办")
    code: str = Field(description="稳定的机器可读代码，如 bad_input、already_done")
    errors: list[FieldFault] = Field(description="逐个字段的问题；与字段无关时为空")


def problem(
    status: int, code: str, detail: str, fields: Mapping[str, str] | None = None, headers: Mapping[str, str] | None = None
) -> HttpResponse:
    """The answer to a request that was refused."""
    body = {
        "type": f"urn:huying:problem:{code}", "title": TITLES.get(status) or HTTPStatus(status).phrase, "status": status,
        "detail": detail, "code": code,
        "errors": [{"field": name, "message": text} for name, text in (fields or {}).items()],
    }
    return write(body, status=status, headers=headers, media_type=PROBLEM)


def write(
    data: Any, *, status: int = 200, headers: Mapping[str, str] | None = None, media_type: str = "application/json"
) -> HttpResponse:
    """An answer in JSON; times in Asia/Shanghai with their offset."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"), default=_plain)
    return HttpResponse(text.encode(), status=status, content_type=media_type, headers=headers)


def _plain(value: object) -> str:
    if isinstance(value, datetime):
        return value.astimezone(SHANGHAI).isoformat(timespec="milliseconds")
    raise TypeError(f"{type(value).__name__} has no JSON form")


def refusals(*more: int) -> dict[int, type[Problem]]:
    """The refusals every operation may give, and some `more`; for the OpenAPI document."""
    return dict.fromkeys(sorted({400, 401, 403, 404, 422, 429, *more}), Problem)
