"""Telephony with the real thing: Asterisk, SIP and sound. How to use it in a test:

    pytestmark = pytest.mark.phone

    def test_somebody(node, citizen, agent):          # `node` is one Asterisk per session, made from PLAN
        alice = agent("1001")                          # a registered SIP telephone of the plan
        node.cli("queue add member PJSIP/1001 to g1")
        call = citizen("13800138000").dial("12345")    # a caller behind the carrier's line
        call.say(440)
        ring = alice.ring(); ring.answer(); ring.say(880)
        assert call.hears(880) and ring.hears(440) and ring.deaf_to(1600)

- `node`: shared by all tests of a session (in each xdist worker its own): leave no members in queues, no calls.
  `node.cli("…")`, `node.change(numbers=…)`, `node.calls()`, `node.folder`, `node.plan`.
- `start_node(**values)`: a node of a module's own, made from PLAN with these values of Plan exchanged.
- `citizen(number)`, `agent(extension)`: telephones (telephone.py) that are closed after the test; `citizen` calls from
  the carrier's address, where the switch sends outgoing calls too: `carrier` is that line, it rings for whatever is dialled out.
- `sipp`: SIPp for load and for calls that follow a fixed course (sipp.py).
- `audio`: tones, Goertzel, wav files (audio.py). Give each party a frequency of its own: 440, 880, 1600, 2000 …
- Prompts are short tones (audio.PROMPT), music on hold is audio.MUSIC; a real voice would take time.
- Without Asterisk or SIPp the tests are skipped, in CI (CI=true) they fail.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from huying.kernel.errors import Refusal
from huying.switch import package
from huying.switch.plan import Number, Phone, Plan, Queue, Trunk
from telephony.node import CARRIER, Node, free_ports, media_ports
from telephony.sipp import Sipp
from telephony.telephone import Telephone

PASSWORD = "test-password-7391"
SEATS = ("1001", "1002", "1003", "1004", "1005", "1006")


def plan(folder: Path) -> Plan:
    """PLAN: six seats with SIP phones, two groups, one number straight to a group, one carrier. On free ports."""
    sip_port, carrier_port = free_ports(1)[0], free_ports(1)[0]
    http_port, ami_port = free_ports(2)
    low, high = media_ports()
    return Plan(
        folder=folder, sip_port=sip_port, http_port=http_port, ami_port=ami_port, rtp_low=low, rtp_high=high,
        ami_secret="test-ami-secret-4711", web_url="", web_key="test-web-key-4711",
        phones=tuple(Phone(seat, PASSWORD, "sip", f"seat {seat}", "c1", "12345") for seat in SEATS),
        trunks=(Trunk("carrier", (CARRIER,), f"{CARRIER}:{carrier_port}"),),
        queues=(Queue("g1", announce_position=False), Queue("g2", announce_position=False)),
        numbers=(Number("12345", "c1", flow="", queue="g1"),),
        callers={"c1": "12345"},
    )


@pytest.fixture(scope="session")
def asterisk() -> package.Package:
    try:
        return package.fetch(package.cache_folder())
    except Refusal as refusal:
        pytest.skip(str(refusal))


@pytest.fixture(scope="session")
def make_node(asterisk: package.Package, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., Node]]:
    nodes: list[Node] = []

    def make(**values: object) -> Node:
        folder = tmp_path_factory.mktemp("switch", numbered=True).resolve()
        node = Node(replace(plan(folder), **values), asterisk)  # type: ignore[arg-type]
        nodes.append(node)
        return node.start()

    yield make
    for node in nodes:
        node.stop()


@pytest.fixture(scope="session")
def node(make_node: Callable[..., Node]) -> Node:
    return make_node()


@pytest.fixture(scope="module")
def start_node(make_node: Callable[..., Node]) -> Iterator[Callable[..., Node]]:
    mine: list[Node] = []

    def start(**values: object) -> Node:
        mine.append(make_node(**values))
        return mine[-1]

    yield start
    for one in mine:
        one.stop()


@pytest.fixture
def telephones(request: pytest.FixtureRequest) -> Iterator[list[Telephone]]:
    made: list[Telephone] = []
    yield made
    for phone in made:
        phone.close()


@pytest.fixture
def citizen(request: pytest.FixtureRequest, telephones: list[Telephone]) -> Callable[..., Telephone]:
    def make(number: str = "13800138000", at: Node | None = None, host: str = CARRIER) -> Telephone:
        where = at or request.getfixturevalue("node")
        telephones.append(Telephone(where.address, number, host=host))
        return telephones[-1]

    return make


@pytest.fixture
def agent(request: pytest.FixtureRequest, telephones: list[Telephone]) -> Callable[..., Telephone]:
    def make(extension: str, at: Node | None = None, password: str = PASSWORD) -> Telephone:
        where = at or request.getfixturevalue("node")
        telephones.append(Telephone(where.address, extension, password=password))
        telephones[-1].register()
        return telephones[-1]

    return make


@pytest.fixture
def carrier(request: pytest.FixtureRequest, telephones: list[Telephone]) -> Callable[..., Telephone]:
    """The other end of outgoing calls; rings for every number dialled out: `carrier().ring().invitation`."""

    def make(at: Node | None = None) -> Telephone:
        where = at or request.getfixturevalue("node")
        port = int(where.plan.trunks[0].contact.rpartition(":")[2])
        telephones.append(Telephone(where.address, "carrier", host=CARRIER, port=port))
        return telephones[-1]

    return make


@pytest.fixture
def sipp(tmp_path: Path) -> Iterator[Sipp]:
    program = Sipp.find()
    if program is None:
        pytest.skip("没有 SIPp，请执行 apt-get install sip-tester")
    driver = Sipp(program, tmp_path)
    yield driver
    driver.stop()
