"""A gateway between a real Asterisk and a real database; the telephones are those of tests/telephony.

`house` has the cast's DEMO centre with phones 1001 … 1004, the group "main" behind 12345, and Asterisk made from it.
`gateway()` starts the process' inside in a thread of the test; `stop()` and `kill()` end it.
"""

import asyncio
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from django.db import connection, connections

import cast as stage
from huying.audit.queries import ALL, set_scope
from huying.calls.models import CalledNumber, Phone, PhoneSetting, SeatSession, Skill, SkillGroup, Trunk
from huying.calls.operations import ask_switch, carry_out, commands, set_state, sign_in_seat
from huying.calls.queries.plan import plan_of_node
from huying.config import environment
from huying.gateway.process import Gateway
from huying.kernel.errors import Refusal
from huying.org.models import Staff
from huying.switch import package
from telephony.conftest import PASSWORD, agent, carrier, citizen, telephones  # noqa: F401 - fixtures
from telephony.node import CARRIER, Node, eventually, free_ports, media_ports

EXTENSIONS = ("1001", "1002", "1003", "1004")


@dataclass
class House:
    cast: Any
    data: Path
    group: SkillGroup
    node: Node | None = None
    running: list["Running"] = field(default_factory=list)
    apart: list["Apart"] = field(default_factory=list)

    def sit(self, username: str, extension: str, *, ready: bool = True) -> SeatSession:
        """Sign in, as the phone bar does."""
        seat = sign_in_seat(self.cast.actor(username), Phone.objects.get(extension=extension))
        return set_state(self.cast.actor(username), seat, "ready") if ready else seat

    def state(self, seat: SeatSession) -> str:
        return SeatSession.objects.values_list("state", flat=True).get(pk=seat.pk)

    def becomes(self, seat: SeatSession, state: str, seconds: float = 30) -> None:
        try:
            eventually(lambda: self.state(seat) == state, seconds=seconds)
        except AssertionError:
            rows = [(row.state, row.event) for row in seat.states.all()]
            raise AssertionError(f"wanted {state}, has {rows}; {self.node.said() if self.node else ''}") from None

    def member(self, extension: str) -> str:
        """The line of the console about a member of the group's queue, "" when there is none."""
        lines = self.node.cli(f"queue show {self.group.queue}").splitlines()
        return next((line for line in lines if f"PJSIP/{extension}" in line), "")

    def legs(self, extension: str) -> list[Any]:
        """What the gateway believes is going on at a telephone."""
        return self.running[-1].gateway.legs.of(extension)

    def waits(self, extension: str, paused: bool) -> None:
        """Until the member is there and paused, or not."""
        eventually(lambda: (line := self.member(extension)) and ("paused" in line.lower()) == paused)


class Apart:
    """The gateway as the process it is; `kill` ends it without a word."""

    def __init__(self, house: House, node: Node | None = None) -> None:
        about, ports = connections["owner"].settings_dict, (node or house.node).plan
        data = ports.folder.parent
        secrets = data / "secrets"
        if not secrets.exists():
            secrets.symlink_to(environment.data_folder() / "secrets")
        query = urlencode({"host": about["HOST"], "port": about["PORT"]})
        environ = os.environ | {
            "HUYING_DATA": str(data), "HUYING_NODE": ports.node,
            "HUYING_AMI_PORT": str(ports.ami_port), "HUYING_SIP_PORT": str(ports.sip_port),
            "HUYING_PHONE_PORT": str(ports.http_port), "HUYING_RTP_LOW": str(ports.rtp_low), "HUYING_RTP_HIGH": str(ports.rtp_high),
            "DATABASE_URL": f"postgresql://{about['USER']}:{about['PASSWORD']}@/{about['NAME']}?{query}",
        }
        self.log = (data / "gateway.log").open("ab")
        self.process = subprocess.Popen(
            [sys.executable, "-m", "huying.config.cli", "gateway"], env=environ, stdout=self.log, stderr=subprocess.STDOUT
        )
        house.apart.append(self)

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()
        self.log.close()

    def stop(self) -> int:
        self.process.terminate()
        code = self.process.wait(60)
        self.log.close()
        return code


class Running:
    """The gateway in a thread."""

    def __init__(self, data: Path) -> None:
        self.loop = asyncio.new_event_loop()
        self.gateway = None
        self.data, self.task, self.error = data, None, None
        self.thread = threading.Thread(target=self._run, daemon=True)
        self.thread.start()

    def _run(self) -> None:
        asyncio.set_event_loop(self.loop)
        self.gateway = Gateway(self.data)
        self.task = self.loop.create_task(self.gateway.run())
        try:
            self.loop.run_until_complete(self.task)
        except asyncio.CancelledError:
            pass
        except BaseException as error:
            self.error = error
        finally:
            self.gateway.close()
            self.loop.close()

    def stop(self) -> None:
        if self.thread.is_alive():
            self.loop.call_soon_threadsafe(self.task.cancel)
            self.thread.join(30)
        assert not self.thread.is_alive()
        if self.error:
            raise self.error


@pytest.fixture(scope="session")
def asterisk() -> package.Package:
    try:
        return package.fetch(package.cache_folder())
    except Refusal as refusal:
        pytest.skip(str(refusal))


@pytest.fixture
def ring_seconds() -> int:
    """How long the group lets a telephone ring: long enough for a slow machine, where it is to be answered."""
    return 30


@pytest.fixture
def scene(transactional_db, tmp_path, settings, ring_seconds, monkeypatch) -> House:
    """Rows only; no switch runs. Commands may take their time on a slow machine."""
    monkeypatch.setattr(commands, "ANSWER_SECONDS", 15.0)
    monkeypatch.setattr(commands, "FINISH_SECONDS", 30.0)
    monkeypatch.setattr(carry_out, "LATE", timedelta(seconds=20))
    cast = stage.build()
    Staff.objects.update(confidentiality_signed_on=date(2026, 1, 5), trained_on=date(2026, 1, 9))
    cast.staff = {one.username: one for one in Staff.objects.all()}
    PhoneSetting.objects.create(centre=cast.demo, wrap_seconds=0, survey=False)
    group = SkillGroup.objects.create(
        centre=cast.demo, code="main", name="综合组", strategy="ringall", ring_seconds=ring_seconds, wrap_seconds=0,
        announces=False,
    )
    for name in ("agent1", "agent2", "leader1"):
        Skill.objects.create(centre=cast.demo, staff=cast.staff[name], group=group, level=1)
    for extension in EXTENSIONS:
        Phone.objects.create(centre=cast.demo, extension=extension, password=PASSWORD, kind=Phone.Kind.SIP)
    CalledNumber.objects.create(centre=cast.demo, number="12345", name="热线", group=group, is_outgoing=True)
    Trunk.objects.create(centre=cast.demo, name="carrier", match=[CARRIER], contact=f"{CARRIER}:{free_ports(1)[0]}")
    low, high = media_ports()
    http, ami = free_ports(2)
    settings.SWITCH = settings.SWITCH | {
        "sip_port": free_ports(1)[0], "http_port": http, "ami_port": ami, "rtp_low": low, "rtp_high": high, "web_url": "",
    }
    return House(cast, tmp_path, group)


@pytest.fixture
def house(scene: House, asterisk) -> Iterator[House]:
    scene.node = Node(plan_of_node(scene.data), asterisk).start()
    yield scene
    for one in scene.running:
        one.stop()
    for other in scene.apart:
        if other.process.poll() is None:
            other.kill()
    scene.node.stop()


@pytest.fixture
def second(house: House, asterisk, settings, tmp_path_factory) -> Iterator[Node]:
    """Another node of the same installation, as behind a Kamailio: its own Asterisk and folder, the same database."""
    http, ami = free_ports(2)
    data, low = tmp_path_factory.mktemp("second").resolve(), media_ports()[0] + 100
    own = settings.SWITCH
    settings.SWITCH = own | {
        "node": "hyb", "sip_port": free_ports(1)[0], "http_port": http, "ami_port": ami, "rtp_low": low, "rtp_high": low + 99,
    }
    node = Node(plan_of_node(data), asterisk).start()
    settings.SWITCH = own
    yield node
    node.stop()


@pytest.fixture
def node(house: House) -> Node:
    return house.node


@pytest.fixture
def gateway(house: House) -> Iterator[Callable[[], Running]]:
    def start() -> Running:
        house.running.append(Running(house.data))
        eventually(lambda: (one := house.running[-1]).error or (one.gateway and one.gateway.line.link and one.gateway.phones._known))
        return house.running[-1]

    set_scope(ALL)
    assert connection.alias in connections
    yield start


@pytest.fixture
def ask(house):
    def do(username, kind, about=None, **more):
        return ask_switch(actor=house.cast.actor(username), kind=kind, about=about or {}, **more)

    return do


@pytest.fixture
def talk(house, gateway, citizen, agent):  # noqa: F811
    """agent1 at 1001 talks with a citizen; agent2 is signed in at 1002, busy."""
    gateway()
    alice, bob = agent("1001"), agent("1002")
    seat, other = house.sit("agent1", "1001"), house.sit("agent2", "1002", ready=False)
    house.waits("1001", paused=False)
    call = citizen("13800138000").dial("12345")
    ring = alice.ring()
    ring.answer()
    call.say(440)
    ring.say(880)
    house.becomes(seat, "talking")
    assert call.hears(880)
    return type("Talk", (), {"call": call, "ring": ring, "seat": seat, "other": other, "bob": bob, "alice": alice})
