"""Pages by cursor: an opaque, signed position, so that a deep page costs what the first one does."""

from collections.abc import Callable
from typing import Any, TypeVar

from django.core import signing
from django.http import HttpRequest
from pydantic import BaseModel, Field

from huying.workorders.rules import BadInput

R = TypeVar("R")


class Paging(BaseModel):
    cursor: str = Field("", max_length=500, description="上一页返回的 next_cursor")
    limit: int = Field(50, ge=1, le=200, description="每页条数")


def signer(name: str) -> signing.Signer:
    return signing.Signer(salt=f"huying.api.cursor.{name}")


def beyond(paging: Paging, name: str) -> list[Any] | None:
    """The position after which the page begins, None for the first page. Raises BadInput for a cursor not ours."""
    if not paging.cursor:
        return None
    try:
        position: list[Any] = signer(name).unsign_object(paging.cursor)
    except (signing.BadSignature, ValueError):
        raise BadInput("游标无效，请从第一页重新取", fields={"cursor": "游标无效"}) from None
    return position


def cut(
    request: HttpRequest, rows: list[R], paging: Paging, name: str, position: Callable[[R], list[Any]]
) -> tuple[list[R], dict[str, Any]]:
    """The page itself out of `limit + 1` rows, and the two fields that lead to the next one."""
    page = rows[: paging.limit]
    if len(rows) <= paging.limit:
        return page, {"next_cursor": None, "next": None}
    cursor = signer(name).sign_object(position(page[-1]))
    query = request.GET.copy()
    query["cursor"] = cursor
    return page, {"next_cursor": cursor, "next": f"{request.path}?{query.urlencode()}"}
