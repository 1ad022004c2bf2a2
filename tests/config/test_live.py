"""Live updates: a real uvicorn, real LISTEN, real streams; who may not know of an order hears nothing of it."""

import json
import socket
import threading
import time

import httpx
import pytest
from django.conf import settings
from django.db import connection

from huying.calls.catalog import NEWS_CHANNEL
from huying.org.models import SignIn
from huying.workorders.operations import act
from journeys.conftest import session_cookie
from workorders.play import Play

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def cast(transactional_db):
    import cast as stage

    return stage.build()


@pytest.fixture
def live(cast):
    """The address of a `live` process that listens."""
    from huying.config import live_asgi
    from huying.config.live.server import serve

    live_asgi.hub = live_asgi.Hub()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = serve("127.0.0.1", port)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    address = f"http://127.0.0.1:{port}"
    until = time.monotonic() + 60
    while time.monotonic() < until:
        try:
            if httpx.get(f"{address}/healthz").json()["listening"]:
                break
        except httpx.HTTPError:
            time.sleep(0.05)
    yield Live(address, server, thread)
    server.should_exit = True
    thread.join(60)


class Live(str):
    """Its address; `stop` ends it and tells how many seconds that took."""

    def __new__(cls, address, server, thread):
        made = super().__new__(cls, address)
        made.server, made.thread = server, thread
        return made

    def stop(self):
        begun, self.server.should_exit = time.monotonic(), True
        self.thread.join(60)
        return time.monotonic() - begun


class Ear:
    """One browser's stream, read in a thread."""

    def __init__(self, address, username, headers=None):
        cookie = session_cookie(username, address)
        self.session = cookie["value"]
        self.said, self.ids, self.open = [], [], threading.Event()
        self.status = None
        self.headers = {"Cookie": f"{cookie['name']}={cookie['value']}"} | (headers or {})
        self.thread = threading.Thread(target=self._read, args=(f"{address}/live/stream",), daemon=True)
        self.thread.start()
        assert self.open.wait(30)

    def _read(self, url):
        try:
            with httpx.stream("GET", url, headers=self.headers, timeout=20) as answer:
                self.status = answer.status_code
                if answer.status_code != 200:
                    self.open.set()
                for line in answer.iter_lines():
                    if line.startswith("id:"):
                        self.ids.append(int(line[3:]))
                    if line.startswith("data:"):
                        self.said.append(json.loads(line[5:]))
                        self.open.set()
        except httpx.HTTPError:
            pass

    def heard(self, number, within=30.0):
        until = time.monotonic() + within
        while time.monotonic() < until:
            if found := [said for said in self.said if number in said.get("orders", [])]:
                return found
            time.sleep(0.02)
        return []


@pytest.mark.req("R290", "R257")
def test_a_change_is_heard_by_those_who_may_know_and_nobody_else(live, cast):
    play = Play(cast).to_dispatch()
    agent, liaison, other = Ear(live, "agent1"), Ear(live, "liaison1"), Ear(live, "dispatcher1@OTHER")
    play.do("dispatcher1", "dispatch", unit="CG", opinion="请办理")
    (said,) = agent.heard(play.number)
    assert said["kind"] == "dispatch" and "to_sign" in said["topics"]
    assert liaison.heard(play.number)
    assert other.heard(play.number, within=0.5) == []
    assert Ear(live, "liaison2").heard(play.number, within=0.5) == []


def test_what_was_missed_comes_after_the_last_id(live, cast):
    play = Play(cast)
    first = Ear(live, "agent1")
    play.do("agent1", "submit")
    assert first.heard(play.number)
    seen = first.ids[0]
    play.do("reviewer1", "pass_review")
    again = Ear(live, "agent1", headers={"Last-Event-ID": str(seen)})
    until = time.monotonic() + 30
    while {"submit", "pass_review"} - {said.get("kind") for said in again.said} and time.monotonic() < until:
        time.sleep(0.02)
    assert {said.get("kind") for said in again.said} >= {"submit", "pass_review"}


def test_a_sensitive_order_is_told_to_the_entitled_only(live, cast):
    play = Play(cast, is_sensitive=True, by="agent1")
    dispatcher, reviewer = Ear(live, "dispatcher1"), Ear(live, "reviewer1")
    play.do("agent1", "submit")
    assert reviewer.heard(play.number)
    assert dispatcher.heard(play.number, within=0.5) == []


def test_nobody_without_a_session_and_no_foreign_page(live, cast):
    assert httpx.get(f"{live}/live/stream").status_code == 404
    cookie = session_cookie("agent1", live)
    headers = {"Cookie": f"{cookie['name']}={cookie['value']}", "Origin": "https://evil.example"}
    assert httpx.get(f"{live}/live/stream", headers=headers).status_code == 404
    ours = headers | {"Origin": f"http://127.0.0.1:{settings.PORT}"}
    with httpx.stream("GET", f"{live}/live/stream", headers=ours) as answer:
        assert answer.headers["access-control-allow-origin"] == ours["Origin"]
        assert answer.headers["access-control-allow-credentials"] == "true"


def test_a_closed_account_hears_nothing(live, cast):
    cookie = session_cookie("agent1", live)
    cast.staff["agent1"].is_active = False
    cast.staff["agent1"].save()
    assert httpx.get(f"{live}/live/stream", headers={"Cookie": f"{cookie['name']}={cookie['value']}"}).status_code == 404
    assert SignIn.objects.count() == 1


def test_a_lost_database_session_is_found_again(live, cast):
    from django.db import connections

    play = Play(cast)
    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
                       " WHERE application_name = 'huying live' AND datname = current_database()")
        assert cursor.fetchone()[0] == 1
    until = time.monotonic() + 30
    time.sleep(0.3)
    while time.monotonic() < until and not httpx.get(f"{live}/healthz").json()["listening"]:
        time.sleep(0.05)
    ear = Ear(live, "agent1")
    act(actor=cast.actor("agent1"), number=play.number, code="submit", data={})
    assert ear.heard(play.number)


def tell(topic, centre, staff=None, call=None):
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_notify(%s, %s)", [NEWS_CHANNEL, json.dumps({"t": topic, "c": centre, "s": staff, "k": call})])


@pytest.mark.req("R293")
def test_the_telephone_is_heard_at_the_own_seat_and_by_those_who_watch_the_centre(live, cast):
    own, leader, colleague, other = (Ear(live, name) for name in ("agent1", "leader1", "agent2", "agent1@OTHER"))
    tell("seat", cast.demo.pk, cast.staff["agent1"].pk, 7)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_notify(%s, 'nonsense'), pg_notify(%s, '[1]')", [NEWS_CHANNEL, NEWS_CHANNEL])
    tell("queue", cast.demo.pk)

    def topics(ear):
        return [said["topic"] for said in ear.said if "topic" in said]

    until = time.monotonic() + 30
    while (topics(leader) != ["seat", "queue"] or not topics(own)) and time.monotonic() < until:
        time.sleep(0.02)
    assert topics(leader) == ["seat", "queue"] and topics(own) == ["seat"]
    assert topics(colleague) == [] and topics(other) == []


def test_told_to_stop_it_lets_the_browsers_go_and_does_not_wait_for_them(live, cast, caplog):
    ears = [Ear(live, "agent1"), Ear(live, "dispatcher1")]
    live.server.config.timeout_graceful_shutdown = None
    assert live.stop() < 10
    for ear in ears:
        ear.thread.join(30)
        assert not ear.thread.is_alive()
    assert not [record for record in caplog.records if record.levelname == "ERROR"]
