"""The call's course in its own order: one line per milestone, with nothing secret in it (kpi.md 2.8)."""

import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from huying.calls.rules.fold.channels import HOLD, JOINED, MOVES, UNHOLD, Said, Stream
from huying.calls.rules.fold.facts import LegFacts

Milestone = dict[str, Any]
INSIDE = re.compile(r"\d{1,6}|[qp]-?\d+|room-\w+|desk-\w+")
LONGEST = 60
WORDS = {"timeout", "invalid", ""}
SIMPLE = {
    "ENTER": ("entered", "called"), "BLOCKED": ("blocked", "verdict"), "QUEUE": ("queued", "queue"), "HUMAN": ("human", ""),
    "MAIL": ("voicemail", "name"), "RECORD": ("recorded", "name"), "INVITE": ("invited", "by"), "ROOM": ("conference", "room"),
    JOINED: ("conference", ""),
    "DESK": ("desk", "desk"), "CALLBACK": ("call_back", ""),
    "ASK": ("asked", "queue"), "INVAIN": ("asked_in_vain", "queue"), "OUT": ("dialled", ""), HOLD: ("held", ""),
    UNHOLD: ("retrieved", ""), "PAUSED": ("recording_paused", ""), "RESUMED": ("recording_resumed", ""),
}
"""User event -> kind of milestone, and under which name its text is kept ("" keeps none: it is somebody's number)."""


def milestones(stream: Stream, legs: Iterable[LegFacts]) -> list[tuple[datetime, Milestone]]:
    """What the dialplan told and what became of every telephone that rang."""
    legs = list(legs)
    found = [(said.at, line) for said in stream.said if (line := _line(stream, said, legs))]
    for leg in legs:
        found += _of_leg(leg)
    return found


def written(lines: Iterable[tuple[datetime, Milestone]]) -> tuple[Milestone, ...]:
    """Sorted by time and put into the form that is stored."""
    rows = sorted(lines, key=lambda row: row[0])  # stable: what happened at one moment keeps its order
    return tuple({"at": at.isoformat(timespec="milliseconds"), **line} for at, line in rows)


def _line(stream: Stream, said: Said, legs: list[LegFacts]) -> Milestone | None:
    if said.event in SIMPLE:
        kind, name = SIMPLE[said.event]
        line: Milestone = {"kind": kind, name: said.text[:LONGEST]} if name else {"kind": kind}
        return {**line, **_who(stream, said)} if said.event in {HOLD, UNHOLD, JOINED} else line
    if said.event in MOVES:
        to = inside(said.text) or _asked(said, legs)
        return {"kind": "transferred", "how": MOVES[said.event], "to": to, **_who(stream, said)}
    told = {"ROUTE": _route, "NODE": _node, "KEY": _key, "SAID": _said, "QUEUEEND": _left, "RATE": _rated}.get(said.event)
    return told(said.text) if told else None


def _who(stream: Stream, said: Said) -> Milestone:
    channel = stream.channels.get(said.uniqueid)
    return {"extension": channel.extension} if channel and channel.extension else {}


def _asked(said: Said, legs: list[LegFacts]) -> str:
    """Who was asked for advice and is now left with the citizen."""
    there = [leg for leg in legs if leg.offered_at and leg.offered_at <= said.at and leg.uniqueid != said.uniqueid]
    leg = next((leg for leg in reversed(there) if leg.ended_at is None or leg.ended_at >= said.at), None)
    return "" if leg is None else leg.extension or (f"desk-{leg.desk}" if leg.desk else "outside")


def inside(text: str) -> str:
    """A target of ours or a service number; any other number is not written down. A queue goes by its own name."""
    text = text.removeprefix("q-")
    return text if INSIDE.fullmatch(text) else "outside" if text else ""


def route_of(text: str) -> Mapping[str, str]:
    """The way chosen: "flow=f1v3 queue= priority=5 last=p12 blocked="; empty for the fallback."""
    return dict(part.split("=", 1) for part in text.split() if "=" in part)


def _route(text: str) -> Milestone:
    found = route_of(text)
    kept = {name: found[name][:20] for name in ("flow", "queue", "last") if found.get(name)}
    return {"kind": "routed", **kept} if found else {"kind": "routed", "fallback": True}


def _node(text: str) -> Milestone:
    flow, _, node = text.partition(":")
    return {"kind": "node", "flow": flow[:20], "node": node[:20]}


def _key(text: str) -> Milestone:
    """One key is a choice and is kept; more may be an order's number or its code, so only how many there were."""
    flow, node, keys = ([*text.split(":", 2), "", ""])[:3]
    said = keys if keys in WORDS or len(keys) == 1 else "*" * min(len(keys), 20)
    return {"kind": "key", "flow": flow[:20], "node": node[:20], "keys": said}


def _said(text: str) -> Milestone:
    """The exit that was understood; the words are elsewhere, sealed."""
    flow, node, way = ([*text.split(":", 2), "", ""])[:3]
    return {"kind": "said", "flow": flow[:20], "node": node[:20], "exit": way[:10]}


def _left(text: str) -> Milestone:
    queue, status, member = ([*text.split(":", 2), "", ""])[:3]
    return {"kind": "left_queue", "queue": queue[:20], "why": status[:20]} | ({"member": member[:40]} if member else {})


def _rated(text: str) -> Milestone:
    return {"kind": "rated", "rating": rating(text)}


def rating(text: str) -> int | None:
    """The key pressed, None when none was or it is no digit."""
    return int(text) if len(text) == 1 and text.isascii() and text.isdigit() else None


def _of_leg(leg: LegFacts) -> list[tuple[datetime, Milestone]]:
    party: Milestone = {"leg": leg.uniqueid, "role": leg.role}
    party |= {name: value for name in ("extension", "queue", "desk") if (value := getattr(leg, name))}
    found = []
    if leg.offered_at:
        found.append((leg.offered_at, {"kind": "offered", **party}))
    if leg.answered_at:
        found.append((leg.answered_at, {"kind": "answered", **party}))
    if leg.ended_at:
        kind = "left" if leg.answered_at else leg.result
        found.append((leg.ended_at, {"kind": kind, **party, "cause": leg.cause}))
    return found
