"""Rights this room knows, and what the rooms above enter with it: their rights and their place in the main menu.

Pure data, no Django. A room registers its menu in `AppConfig.ready()`:

    from huying.org.catalog import register_nav

    register_nav("派单", "workorders:to-dispatch", "workorders.dispatch", order=30, count=to_dispatch_count)

Its PERMISSIONS need no line of code: config reads the `catalog` of every installed room.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

PERMISSIONS = {
    "org.manage_centres": "维护运营中心",
    "org.manage_units": "维护承办单位",
    "org.manage_staff": "维护人员与账号",
    "org.manage_roles": "维护角色与权限",
    "org.manage_calendars": "维护工作日历",
    "org.end_sessions": "查看并结束他人登录",
}

Side = Literal["", "centre", "unit"]
Home = Literal["", "first", "else"]


@dataclass(frozen=True, slots=True)
class NavEntry:
    """One entry of the main menu; see `register_nav`."""

    label: str
    url_name: str
    permissions: tuple[str, ...]
    order: int
    side: Side
    key: str
    query: str
    count: Callable[[Any], int | None] | None
    home: Home = ""


NAV: list[NavEntry] = []
ROOMS: dict[str, dict[str, str]] = {}
"""Room title -> permission code -> Chinese label, in the order of INSTALLED_APPS."""


def register_nav(
    label: str, url_name: str, *permissions: str, order: int = 500, side: Side = "", key: str = "", query: str = "",
    count: Callable[[Any], int | None] | None = None, home: Home = "",
) -> None:
    """Enter a page in the main menu; call it in `AppConfig.ready()`. Entering the same place again replaces it.

    `label`        at most four characters; what does not fit on one line at 1366 px lies under 更多
    `url_name`     as for `reverse`, without arguments; an entry whose name cannot be reversed is left out
    `permissions`  who holds any one of them sees the entry; none named: everybody who is signed in
    `order`        small first; 10-99 intake and dispatch, 100-199 handling, 200-299 follow-up, 300-499 finding and
                   lists, 900 and up administration
    `side`         "centre": only for people without a unit, "unit": only for a handling unit's people
    `key`          "alt+1"; left out, the first nine entries that a person sees get alt+1 … alt+9
    `query`        what stands behind the question mark ("state=to_review"), for several entries of one list
    `count`        called with the Actor when the menu is drawn, and only for those who see the entry; must be quick and
                   capped (an indexed count of at most 1000); 0 and None show nothing
    `home`         where the day begins, if not at the first entry. "first": for all who see it (a dispatcher also takes
                   appeals in now and then); "else": for those before whom nothing stands but what everybody sees
    """
    entry = NavEntry(label, url_name, permissions, order, side, key, query, count, home)
    NAV[:] = [old for old in NAV if (old.url_name, old.query) != (url_name, query)]
    NAV.append(entry)
    NAV.sort(key=lambda each: each.order)


@dataclass(frozen=True, slots=True)
class Bar:
    """A strip that stands on every staff page of those who hold a permission; see `register_bar`."""

    template: str
    context: Callable[[Any], Any]
    permissions: tuple[str, ...]


BARS: list[Bar] = []


def register_bar(template: str, context: Callable[[Any], Any], *permissions: str) -> None:
    """Put a strip under the main menu; call it in `AppConfig.ready()`.

    `context` is called with the Actor when the page is drawn, must be quick, and is `bar` in `template`; None leaves the
    strip out.
    """
    BARS[:] = [old for old in BARS if old.template != template]
    BARS.append(Bar(template, context, permissions))


def register_permissions(room: str, permissions: dict[str, str]) -> None:
    """Make a room's rights known to the roles' screen; `room` is its Chinese title."""
    ROOMS[room] = permissions


def permission_label(code: str) -> str:
    """The Chinese words of a permission code; the code itself when no room knows it."""
    return next((labels[code] for labels in ROOMS.values() if code in labels), code)


def known_permissions() -> frozenset[str]:
    """Every permission code that some room declares."""
    return frozenset(code for labels in ROOMS.values() for code in labels)
