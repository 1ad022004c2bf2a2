"""What every page shows of the person signed in: the main menu, the account's own menu, the centre's name."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import parse_qsl

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse

from huying.audit.models import Event
from huying.org.catalog import BARS, NAV, NavEntry
from huying.org.policies import Actor
from huying.ui.queries import live_url

AUTOMATIC_KEYS = 9
ROOM = 920
"""Pixels the menu's entries may take on one line of a window 1366 wide, beside the centre's name, 更多 and the account."""
LETTER, PADDING, BADGE = 14, 21, 30


@dataclass
class NavItem:
    """One entry as the template draws it; `count` is asked for only when it is drawn."""

    entry: NavEntry
    actor: Actor
    path: str
    key: str = ""
    active: bool = False
    folded: bool = False

    @property
    def width(self) -> int:
        """About so many pixels, with room for a number where there may be one."""
        return len(self.label) * LETTER + PADDING + (BADGE if self.entry.count else 0)

    @property
    def label(self) -> str:
        return self.entry.label

    @property
    def url(self) -> str:
        return f"{self.path}?{self.entry.query}" if self.entry.query else self.path

    @cached_property
    def count(self) -> int | None:
        return self.entry.count(self.actor) if self.entry.count else None


def page_context(request: HttpRequest) -> dict[str, Any]:
    """The context of every page. `nav` and `account` are built when a template first draws them."""
    actor: Actor | None = getattr(request, "actor", None)
    if actor is None or actor.staff is None:
        return {"actor": actor, "centre": None, "nav": [], "account": []}
    known = actor
    return {
        "actor": actor,
        "centre": actor.staff.centre,
        "nav": lambda: main_menu(known, request),
        "account": account_menu,
        "bars": lambda: bars(known),
        "live_url": live_url(request),
        "live_last": newest_event,
    }


def newest_event() -> int:
    """The last event this person's tenant had when the page was made: the stream begins behind it."""
    return Event.objects.order_by("-pk").values_list("pk", flat=True).first() or 0


def main_menu(actor: Actor, request: HttpRequest) -> list[NavItem]:
    """The entries this person may use, each with a key, the one that is open marked."""
    items = [NavItem(entry, actor, path) for entry in NAV if _for(actor, entry) and (path := _path(entry))]
    for place, item in enumerate(items, start=1):
        item.key = item.entry.key or (f"alt+{place}" if place <= AUTOMATIC_KEYS else "")
    if open_one := _open(items, request):
        open_one.active = True
    fold(items)
    return items


def fold(items: list[NavItem]) -> None:
    """What does not fit on one line lies under 更多, the last entries first."""
    taken = 0
    for item in items:
        taken += item.width
        item.folded = taken > ROOM
    if sum(item.folded for item in items) == 1:  # as wide as the word 更多
        items[-1].folded = items[-1].width > PADDING + 3 * LETTER


def bars(actor: Actor) -> list[tuple[str, Any]]:
    """Template and context of each strip that this person's pages carry."""
    drawn = [(bar.template, bar.context(actor)) for bar in BARS if actor.may_any(bar.permissions)]
    return [(template, context) for template, context in drawn if context is not None]


def account_menu() -> list[dict[str, Any]]:
    return [
        {"label": "我的账号与登录", "url": reverse("org:account")},
        {"label": "修改密码", "url": reverse("org:password")},
        {"label": "退出", "url": reverse("org:sign-out"), "post": True},
    ]


def _for(actor: Actor, entry: NavEntry) -> bool:
    if entry.side and (entry.side == "unit") != (actor.unit_id is not None):
        return False
    return not entry.permissions or actor.may_any(entry.permissions)


def _path(entry: NavEntry) -> str:
    try:
        return reverse(entry.url_name)
    except NoReverseMatch:
        return ""


def _open(items: Iterable[NavItem], request: HttpRequest) -> NavItem | None:
    """The entry whose address is the longest beginning of this page's; a query must be there as well."""
    asked = set(request.GET.items())

    def fit(item: NavItem) -> tuple[int, int]:
        wanted = set(parse_qsl(item.entry.query))
        inside = request.path.startswith(item.path) and (item.path != "/" or request.path == "/")
        return (len(item.path), len(wanted)) if inside and wanted <= asked else (0, 0)

    best = max(items, key=fit, default=None)
    return best if best is not None and fit(best) > (0, 0) else None
