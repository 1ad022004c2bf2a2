"""A row of the role x URL table; how rows are written is told at the head of permission_rows.py."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from cast import Cast

EVERYBODY = (
    "agent1 leader1 dispatcher1 reviewer1 followup1 quality1 liaison1 unitleader1 supervisor1 director1 buyer1 operator1"
)
MANAGERS = "director1 operator1"
LET_IN = 0
Argument = Callable[[Cast], Any] | Any


@dataclass(frozen=True)
class Row:
    """`who` gets `status`, the rest `refused`; see the head of this file."""

    who: frozenset[str]
    status: int = 200
    method: str = "GET"
    args: dict[str, Argument] = field(default_factory=dict)
    data: dict[str, Any] = field(default_factory=dict)
    anonymous: int = 302
    refused: int = 404
    shared: bool = False
    recorded: bool = True


def row(who: str, method: str, options: dict[str, Any]) -> Row:
    known = {name: options.pop(name) for name in list(options) if name in Row.__dataclass_fields__}
    return Row(frozenset(who.split()), method=method, args=options, **known)


def page(who: str, /, **options: Any) -> Row:
    return row(who, "GET", options)


def send(who: str, /, **options: Any) -> Row:
    return row(who, "POST", {"status": 302, **options})


def public(**options: Any) -> Row:
    return row(EVERYBODY, options.pop("method", "GET"), {"anonymous": options.get("status", 200), "shared": True, **options})


def rest(who: str, /, **options: Any) -> Row:
    """Let in means any answer but 401, 403, 404 and 5xx."""
    return row(who, "", {"status": LET_IN, "anonymous": 401, **options})
