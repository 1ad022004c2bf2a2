"""kill -9 of web, worker and database in the middle of a burst of API writes: nothing acknowledged is lost, nothing twice."""

import http.client
import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Callable

import psycopg
import pytest

from config.installation import Installation, children, clean_environment, command, eventually, installed, lives, login
from contracts import ROOT

pytestmark = pytest.mark.slow
CLIENTS = 4
BURST, LONGEST_BURST = 25.0, 180.0  # seconds; a slow machine needs longer for as much
VICTIMS = ("web worker", "worker", "db", "web")
ORDERS = "/api/v1/workorders"
CITY = """
import django; django.setup()
from huying.org.models import Centre, Employer, Region, Staff
from huying.org.operations import install_roles
from huying.org.operations.tokens import issue_token
from huying.org.queries import ALL, tenant_scope
with tenant_scope(ALL):
    region = Region.objects.create(code="450602", name="港口区", level=2, full_name="防城港市港口区")
    centre = Centre.objects.create(code="KILL", name="测试中心", region=region)
    person = Staff.objects.create(username="agent", name="话务员", centre=centre, employer=Employer.GOVERNMENT)
    person.roles.add(install_roles(centre)["agent"])
    print(issue_token(person)[0])
"""


class Client(threading.Thread):
    """Sends one appeal after the other, each under its own key, again and again until it is acknowledged."""

    def __init__(self, port: int, token: str, go_on: threading.Event) -> None:
        super().__init__(daemon=True)
        self.port, self.token, self.go_on = port, token, go_on
        self.acknowledged: dict[str, str] = {}  # key -> number
        self.retries, self.odd = 0, []

    def run(self) -> None:
        rng = random.Random()
        while self.go_on.is_set():
            key = uuid.uuid4().hex
            body = json.dumps({
                "type": "complaint", "title": "路灯不亮", "content": f"第 {key} 件：门前的路灯不亮，请核实。", "region": "450602",
                "caller": {"name": "王先生", "phone": f"139{rng.randrange(10**8):08d}"}, "address": "3 栋 501",
            }).encode()
            while not self.sent(key, body):
                self.retries += 1
                time.sleep(0.05)

    def sent(self, key: str, body: bytes) -> bool:
        """One try. A broken connection and a 5xx say nothing of what has happened: try again with the same key."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json", "Idempotency-Key": key}
        try:
            connection.request("POST", ORDERS, body, headers)
            answer = connection.getresponse()
            said = answer.read()
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()
        if answer.status in {200, 201}:
            self.acknowledged[key] = json.loads(said)["number"]
            return True
        if answer.status < 500:
            self.odd.append((answer.status, said.decode()))
        return answer.status < 500


@pytest.fixture(scope="module")
def installation(tmp_path_factory):
    with installed(tmp_path_factory.mktemp("kill") / "data") as there:
        yield there


def shoot(installation: Installation, enough: Callable[[list[str]], bool]) -> list[str]:
    """kill -9 one after the other: a web worker, the web itself, the background worker, the whole database."""
    shot: list[str] = []
    begun = time.monotonic()
    while time.monotonic() < begun + BURST or (not enough(shot) and time.monotonic() < begun + LONGEST_BURST):
        for name in ("web worker", "worker", "db", "web", "database session"):
            time.sleep(random.uniform(1.0, 2.0))
            victim = find(installation, name)
            if victim and lives(victim):
                os.kill(victim, signal.SIGKILL)
                shot.append(name)
    return shot


def find(installation: Installation, name: str) -> int | None:
    pids = installation.pids()
    if name in {"web worker", "database session"}:
        parent = pids.get("web" if name == "web worker" else "db")
        return next(iter(children(parent)), None) if parent and lives(parent) else None
    return pids.get(name)


def test_nothing_acknowledged_is_lost_and_nothing_is_there_twice(installation):
    token = command_token(installation)
    go_on = threading.Event()
    go_on.set()
    clients = [Client(installation.port, token, go_on) for _ in range(CLIENTS)]
    for client in clients:
        client.start()
    shot = shoot(installation, lambda shot: set(VICTIMS) <= set(shot) and sum(len(one.acknowledged) for one in clients) > 50)
    go_on.clear()
    for client in clients:
        client.join(timeout=240)
        assert not client.is_alive()
    acknowledged = {key: number for client in clients for key, number in client.acknowledged.items()}
    assert set(VICTIMS) <= set(shot)
    assert not [odd for client in clients for odd in client.odd]
    assert len(acknowledged) > 50 and sum(client.retries for client in clients) > 0, shot

    eventually(lambda: installation.ask("/readyz")[0] == 200)
    with login(installation.data, "huying_owner", "db_owner") as owner:
        check_orders(owner, acknowledged)
    done = command(installation.data, "verify")
    assert done.returncode == 0, done.stdout + done.stderr


def command_token(installation: Installation) -> str:
    """A city of one agent; the agent's token."""
    done = subprocess.run(
        [sys.executable, "-c", CITY], capture_output=True, text=True, timeout=60,
        env=clean_environment(installation.data) | {
            "DJANGO_SETTINGS_MODULE": "huying.config.settings", "PYTHONPATH": str(ROOT / "src")},
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip().splitlines()[-1]


def check_orders(owner: "psycopg.Connection", acknowledged: dict[str, str]) -> None:
    """Each key has one order with its first event, its clocks, its contact and its words; no order lacks a key."""
    rows = owner.execute("SELECT key, number FROM workorders_idempotencykey").fetchall()
    kept = dict(rows)
    assert {key: kept.get(key) for key in acknowledged} == acknowledged
    assert len(set(kept.values())) == len(kept), "two keys share an order"
    numbers = [number for (number,) in owner.execute("SELECT number FROM workorders_workorder").fetchall()]
    assert sorted(numbers) == sorted(kept.values()), "an order without a key, or a key without an order"
    contents = owner.execute("SELECT content FROM workorders_workorder").fetchall()
    assert len(set(contents)) == len(contents), "an appeal was taken down twice"
    half = owner.execute("""
        SELECT number FROM workorders_workorder o WHERE contact_id IS NULL OR event_seq < 1
        OR NOT EXISTS (SELECT FROM audit_event WHERE stream = 'order' AND stream_id = o.id AND kind = 'create')
        OR (SELECT count(*) FROM workorders_clock WHERE order_id = o.id) <> 2
        OR NOT EXISTS (SELECT FROM workorders_ordertext WHERE order_id = o.id)
    """).fetchall()
    assert not half, f"half an order: {half[:5]}"
