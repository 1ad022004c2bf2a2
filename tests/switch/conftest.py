"""One real Asterisk for all tests of this folder; each test begins with no call and nobody in a queue."""

import pytest
from sample_plan import CARRIER, make_plan
from switchboard import Manager, Node, Web

from huying.switch import package
from telephony.node import free_ports


@pytest.fixture(scope="session")
def asterisk():
    try:
        return package.fetch(package.cache_folder())
    except package.NoSwitch as reason:
        pytest.skip(reason.message)


@pytest.fixture(scope="session")
def running(asterisk, tmp_path_factory):
    (web,) = free_ports(1)
    folder = tmp_path_factory.mktemp("s")  # short: the control socket's path must fit
    node = Node(make_plan(folder, web_url=f"http://127.0.0.1:{web}"), asterisk)
    node.web_port = web
    try:
        yield node.start()
    finally:
        node.stop()


@pytest.fixture
def node(running):
    """The running switch as each test finds it: quiet, no members, nothing on record yet."""
    running.fresh()
    yield running
    running.tidy()


@pytest.fixture
def web(node):
    stub = Web(node.web_port)
    yield stub
    stub.close()


@pytest.fixture
def manager(node):
    client = Manager(node.plan)
    yield client
    client.close()


@pytest.fixture
def carrier(node):
    return node.carrier(CARRIER)


@pytest.fixture
def outside(node):
    """The world behind the trunk: answers what we dial."""
    host, _, port = node.plan.trunks[0].contact.partition(":")
    return node.carrier(host, int(port), tone=1600)
