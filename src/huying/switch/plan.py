"""Everything one node of the switch is told, as plain values: the only input of `switch.render`.

Asterisk depends on nothing of ours: what it needs to answer a call stands in the files made from a plan, so calls go on
with the web, the gateway and the database dead.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Literal

PhoneKind = Literal["webrtc", "sip", "citizen"]  # citizen: a browser that may only call our numbers, as a caller does
QueueKind = Literal["group", "personal"]
NodeKind = Literal[
    "prompt", "menu", "speech", "collect", "hours", "queue", "voicemail", "transfer", "robot", "self_service", "callback", "hangup"
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
    auto_answer: bool = False  # asked by header to answer at once


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
    announce_every: int = 30  # seconds
    most_waiting: int = 0  # 0: no limit
    longest_wait: int = 300  # seconds; then the overflow, or the offer of a call-back
    overflow: str = ""  # name of the queue that helps out, of this centre or another
    callback: bool = True  # while waiting, a key asks to be called back


@dataclass(frozen=True, slots=True)
class Hours:
    """When a desk is open, for the days ahead; outside the days covered it counts as open.

    Naive times are China's.
    """

    name: str
    spans: tuple[tuple[datetime, datetime], ...]  # local wall time, within one day each
    until: datetime  # covered up to here


@dataclass(frozen=True, slots=True)
class Node:
    """One step of a flow. `exits` leads on: key pressed, "next", "open", "closed", "timeout", "failed", … -> node id.

    An exit that is needed and not there leads straight to a person. Options by kind (seconds and counts as digits):
    prompt sound · menu sound, tries, timeout · speech sound, tries, silence, seconds ·
    collect sound, digits, timeout, secret ("1": not on record) · hours name · queue queue, wait, overflow ·
    voicemail sound, seconds · transfer number or desk · robot desk ·
    self_service service · callback sound · hangup sound
    """

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
    speech_seconds: int = 0  # how long our web process may take to hear what a caller said; 0: it cannot hear
    host: str = "127.0.0.1"
    node: str = "hy"  # begins every call's id; each node of an installation needs its own
    phones: tuple[Phone, ...] = ()
    trunks: tuple[Trunk, ...] = ()
    queues: tuple[Queue, ...] = ()
    hours: tuple[Hours, ...] = ()
    flows: tuple[Flow, ...] = ()
    numbers: tuple[Number, ...] = ()
    desks: tuple[Desk, ...] = ()
    callers: Mapping[str, str] = field(default_factory=dict)  # centre code -> number shown when it dials out
    lines: Mapping[str, int] = field(default_factory=dict)  # centre code -> its calls at once; absent: no limit
    per_caller: int = 4  # calls at once from one number
    emergency_words: str = "1"  # the key that lets a blocked caller through
    machine: tuple[str, ...] = ()  # this machine's own addresses: browsers are told `host` in their place
