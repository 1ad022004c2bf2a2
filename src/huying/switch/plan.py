"""Everything one node of the switch is told, as plain values: the only input of `switch.render`.

Asterisk depends on nothing of ours: what it needs to answer a call stands in the files made from a plan, so calls go on
with the web, the gateway and the database dead.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Literal

PhoneKind = Literal["webrtc", "sip"]
QueueKind = Literal["group", "personal"]
NodeKind = Literal[
    "prompt", "menu", "collect", "hours", "queue", "voicemail", "transfer", "self_service", "callback", "hangup"
]


@dataclass(frozen=True, slots=True)
class Phone:
    """A seat's telephone: three to eight digits and a password of its own."""

    extension: str
    password: str
    kind: PhoneKind
    name: str
    centre: str
    caller_id: str  # what the called party sees when this phone dials out


@dataclass(frozen=True, slots=True)
class Trunk:
    """A carrier's line: who may send us calls, and where ours go."""

    name: str
    match: tuple[str, ...]  # addresses or networks of the peer
    contact: str  # "host:port" of the peer
    codecs: tuple[str, ...] = ("alaw", "ulaw")
    lines: int = 60  # calls at once, both ways


@dataclass(frozen=True, slots=True)
class Queue:
    """Where callers wait: for a skill group, or ("personal") for the person who served them last."""

    name: str
    kind: QueueKind = "group"
    ring_seconds: int = 15
    strategy: str = "rrmemory"
    weight: int = 0
    announce_position: bool = True
    announce_every: int = 20  # seconds
    most_waiting: int = 0  # 0: no limit


@dataclass(frozen=True, slots=True)
class Hours:
    """When a desk is open, for the days ahead; outside the days covered it counts as open."""

    name: str
    spans: tuple[tuple[datetime, datetime], ...]  # local wall time, within one day each
    until: datetime  # covered up to here


@dataclass(frozen=True, slots=True)
class Node:
    """One step of a flow. `exits` leads on: key pressed, "next", "open", "closed", "timeout", "answered" -> node id."""

    id: str
    kind: NodeKind
    options: Mapping[str, str] = field(default_factory=dict)
    exits: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Flow:
    """A published version of a spoken menu."""

    name: str  # "f7v3": flow 7, version 3; also the name of its context
    start: str
    nodes: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Number:
    """A called number and what happens to its callers when nobody of ours can be asked."""

    called: str
    centre: str
    flow: str  # name of a Flow, "" goes straight to the queue
    queue: str
    greeting: str = ""  # sound played first
    survey: bool = True


@dataclass(frozen=True, slots=True)
class Desk:
    """Another hotline or office reached by one key: 110, 119, 120, 122, 12315, 12328, 12366 …"""

    code: str
    name: str
    number: str
    trunk: str


@dataclass(frozen=True, slots=True)
class Plan:
    """One node."""

    folder: Path  # HUYING_DATA/switch, without links on the way; furnished with programs by `package.furnish`
    sip_port: int
    http_port: int  # WebSocket of browser phones
    ami_port: int
    rtp_low: int
    rtp_high: int
    ami_secret: str
    web_url: str  # of our web process, asked in the middle of calls; "" never asks
    web_key: str
    host: str = "127.0.0.1"
    phones: tuple[Phone, ...] = ()
    trunks: tuple[Trunk, ...] = ()
    queues: tuple[Queue, ...] = ()
    hours: tuple[Hours, ...] = ()
    flows: tuple[Flow, ...] = ()
    numbers: tuple[Number, ...] = ()
    desks: tuple[Desk, ...] = ()
    callers: Mapping[str, str] = field(default_factory=dict)  # centre code -> number shown when it dials out
    emergency_words: str = "1"  # the key that lets a blocked caller through
