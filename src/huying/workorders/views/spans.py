"""How far back a search looks: ninety days unless somebody asks for more."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode


@dataclass(frozen=True, slots=True)
class Span:
    code: str
    label: str
    length: timedelta


SPANS = (
    Span("90", "近 90 天", timedelta(days=90)), Span("365", "近一年", timedelta(days=366)),
    Span("all", "全部", timedelta(days=366 * 20)),
)


def span_of(code: str) -> Span:
    return next((span for span in SPANS if span.code == code), SPANS[0])


def spans(query: Mapping[str, Any], current: Span) -> list[dict[str, Any]]:
    """Links to the same search over another length of time."""
    kept = {key: value for key, value in query.items() if key not in {"span", "page", "open"} and value}
    return [
        {"url": "?" + urlencode({**kept, "span": span.code}), "label": span.label, "active": span == current}
        for span in SPANS
    ]
