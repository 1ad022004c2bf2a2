"""Pages of the organisation's own lists, which hold hundreds of rows, seldom thousands."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.core.paginator import Paginator
from django.db.models import Model, QuerySet

M = TypeVar("M", bound=Model)
SIZE = 50


@dataclass
class ListPage(Generic[M]):
    """`count` is exact; `next_url` and `first_url` are bare queries ("?page=2&q=…"), "" where there is none."""

    rows: list[M]
    count: int
    next_url: str
    first_url: str


def page_of(rows: QuerySet[M], asked: Mapping[str, Any], size: int = SIZE) -> ListPage[M]:
    """The page named by `asked["page"]`; a number out of range gives the nearest one."""
    page = Paginator(rows, size).get_page(asked.get("page"))
    query = asked.copy() if hasattr(asked, "copy") else dict(asked)

    def url(number: int) -> str:
        query["page"] = str(number)
        return f"?{query.urlencode()}" if hasattr(query, "urlencode") else f"?page={number}"

    return ListPage(
        rows=list(page.object_list),
        count=page.paginator.count,
        next_url=url(page.next_page_number()) if page.has_next() else "",
        first_url=url(1) if page.has_previous() else "",
    )
