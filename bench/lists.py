"""Lists, deep pages, search and one order's page at 10 thousand, 100 thousand and 1 million orders; live updates.

Starts an installation of its own, fills it with a made-up city (`_crowd.py`), measures over HTTP as a signed-in person,
and leaves nothing behind. Prints one JSON object per line: name, value, unit. `--sizes 10000,100000` for a shorter run.
"""

import argparse
import asyncio
import http.client
import json
import os
import random
import re
import statistics
import sys
import time
from collections.abc import Callable, Iterable
from html import unescape
from pathlib import Path
from urllib.parse import quote

sys.path[:0] = [str(Path(__file__).resolve().parents[1] / "src"), str(Path(__file__).resolve().parent)]

from orders import installation, say  # noqa: E402

CHUNK = 20_000
ROUNDS = 120
DEPTH = 40
LISTENERS = 500
STEPS = 60
LISTS = {"list_all": "/orders/desk/all/", "list_to_dispatch": "/orders/desk/to_dispatch/", "list_overdue": "/orders/desk/overdue/",
         "list_filtered": "/orders/desk/all/?kind=complaint&region=450602"}
UNIT_LIST = "/orders/desk/handling/"


def city() -> dict[str, str]:
    """A centre with units and staff; session cookies by user name."""
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "huying.config.settings")
    django.setup()
    from django.conf import settings
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore
    from huying.org.models import Centre, Employer, Region, SignIn, Staff, Unit
    from huying.org.operations import install_roles
    from huying.org.queries import ALL, set_scope

    set_scope(ALL)
    region = Region.objects.create(code="450602", name="港口区", level=2, full_name="防城港市港口区")
    for street in range(1, 6):
        parent = Region.objects.create(code=f"45060200{street}", name=f"第{street}街道", level=3, parent=region, full_name=f"第{street}街道")
        for community in range(1, 6):
            Region.objects.create(code=f"45060200{street}{community:03d}", name=f"社区{community}", level=4, parent=parent, full_name="社区")
    centre = Centre.objects.create(code="DEMO", name="测试中心", region=region)
    units = [Unit.objects.create(centre=centre, code=f"U{number}", name=f"承办单位{number}") for number in range(30)]
    roles = install_roles(centre)
    cookies = {}
    for username, role, unit in (("director1", "director", None), ("liaison1", "liaison", units[0])):
        person = Staff.objects.create(username=username, name=username, centre=centre, unit=unit,
                                      employer=Employer.UNIT if unit else Employer.GOVERNMENT)
        person.roles.add(roles[role])
        session = SessionStore()
        for key, value in ((SESSION_KEY, str(person.pk)), (BACKEND_SESSION_KEY, "django.contrib.auth.backends.ModelBackend"),
                           (HASH_SESSION_KEY, person.get_session_auth_hash())):
            session[key] = value
        session.create()
        SignIn.objects.create(staff=person, session_key=session.session_key)
        cookies[username] = f"{settings.SESSION_COOKIE_NAME}={session.session_key}"
    return cookies


class Visitor:
    """One browser on a kept-open connection."""

    def __init__(self, port: int, cookie: str) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self.headers = {"Cookie": cookie}

    def get(self, path: str) -> tuple[float, str]:
        begun = time.perf_counter()
        self.connection.request("GET", path, headers=self.headers)
        answer = self.connection.getresponse()
        body = answer.read().decode()
        took = (time.perf_counter() - begun) * 1000
        if answer.status != 200:
            raise SystemExit(f"{path}: {answer.status}\n{body[:500]}")
        return took, body


def report(name: str, times: Iterable[float]) -> float:
    """p50, p95 and p99 in milliseconds; the p95."""
    cuts = statistics.quantiles(times, n=100, method="inclusive")
    for percent in (50, 95, 99):
        say(f"{name}_p{percent}", cuts[percent - 1], "ms")
    return cuts[94]


def deep(visitor: Visitor) -> list[float]:
    """Page after page, the far ones timed."""
    path, times = LISTS["list_all"], []
    for page in range(DEPTH + 30):
        took, body = visitor.get(path)
        if page >= DEPTH:
            times.append(took)
        links = re.findall(r'rel="next"[^>]*href="([^"]+)"|href="([^"]+)"[^>]*rel="next"', body)
        if not links:
            break
        link = unescape(next(filter(None, links[0])))
        path = link if link.startswith("/") else LISTS["list_all"] + link
    return times


def words(rng: random.Random, count: int) -> list[str]:
    """Pieces of two to six letters out of real texts of the last 90 days."""
    from datetime import timedelta

    from huying.kernel import clock
    from huying.workorders.models import WorkOrder

    recent = WorkOrder.objects.filter(created_at__gte=clock.now() - timedelta(days=89)).order_by("?")
    pieces = []
    for title, content in recent.values_list("title", "content")[: count]:
        text, length = rng.choice((title, content)), rng.randint(2, 6)
        start = rng.randrange(max(1, len(text) - length))
        pieces.append(text[start : start + length])
    return [piece for piece in pieces if len(re.sub(r"\W", "", piece)) >= 2]


def recall(pieces: list[str]) -> float:
    """Of what LIKE finds in the last 90 days, how much the search finds (both capped alike)."""
    from datetime import timedelta

    from django.db import connection

    from huying.kernel import clock
    from huying.org.models import Staff
    from huying.org.policies import staff_actor
    from huying.workorders.queries.filters import Filters
    from huying.workorders.queries.search import found

    actor, since, until = staff_actor(Staff.objects.get(username="director1")), clock.now() - timedelta(days=90), clock.now()
    hit = wanted = 0
    for piece in pieces:
        with connection.cursor() as cursor:
            cursor.execute("SELECT id FROM workorders_workorder WHERE created_at >= %s AND strpos(title || chr(10) || content ||"
                           " chr(10) || place || chr(10) || answer, %s) > 0 ORDER BY created_at DESC, id DESC LIMIT 300", [since, piece])
            by_like = {row[0] for row in cursor.fetchall()}
        by_search = {place.order for place in found(actor, Filters(text=piece, since=since, until=until), None, None, 400)}
        hit, wanted = hit + len(by_like & by_search), wanted + len(by_like)
    return hit / wanted if wanted else 1.0


def measure(size: int, port: int, cookies: dict[str, str]) -> dict[str, float]:
    """Everything at this size; p95 by name."""
    from huying.workorders.models import WorkOrder

    rng, label = random.Random(size), f"{size // 1000}k"
    centre, unit = Visitor(port, cookies["director1"]), Visitor(port, cookies["liaison1"])
    asks: dict[str, Callable[[], list[float]]] = {
        name: lambda path=path: [centre.get(path)[0] for _ in range(ROUNDS)] for name, path in LISTS.items()  # type: ignore[misc]
    }
    asks["list_unit"] = lambda: [unit.get(UNIT_LIST)[0] for _ in range(ROUNDS)]
    asks["deep_page"] = lambda: deep(centre)
    pieces = words(rng, 2 * ROUNDS)[:ROUNDS]
    asks["search"] = lambda: [centre.get(f"/orders/desk/all/?text={quote(piece)}")[0] for piece in pieces]
    numbers = list(WorkOrder.objects.filter(pk__in=[rng.randint(1, size) for _ in range(ROUNDS)]).values_list("number", flat=True))
    asks["order_page"] = lambda: [centre.get(f"/orders/{number}/")[0] for number in numbers]
    for visitor, path in ((centre, LISTS["list_all"]), (unit, UNIT_LIST)):
        for _ in range(20):
            visitor.get(path)
    result = {name: report(f"{name}_{label}", ask()) for name, ask in asks.items()}
    say(f"recall_{label}", recall(pieces[:60]), "share")
    return result


async def listen(port: int, cookie: str, heard: list[float], ready: asyncio.Semaphore) -> None:
    """One live connection; the moments at which a message about an order came."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(f"GET /live/stream HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nAccept: text/event-stream\r\nCookie: {cookie}\r\n\r\n".encode())
    await writer.drain()
    head = await reader.readline()
    if b"200" not in head:
        raise SystemExit(f"live: {head!r}")
    ready.release()
    try:
        while line := await reader.readline():
            if line.startswith(b"data:") and b'"orders": [' in line.replace(b'"orders":[', b'"orders": [') and b"B0" in line:
                heard.append(time.perf_counter())
    finally:
        writer.close()


async def live(port: int, cookie: str, act: Callable[[int], None]) -> tuple[list[float], int]:
    """Delays (ms) from commit to each of LISTENERS browsers over STEPS steps, and how many messages were lost."""
    ready, heard = asyncio.Semaphore(0), [[] for _ in range(LISTENERS)]  # type: list[list[float]]
    tasks = [asyncio.create_task(listen(port, cookie, row, ready)) for row in heard]
    for _ in tasks:
        await ready.acquire()
    sent = []
    for step in range(STEPS):
        sent.append(time.perf_counter())
        await asyncio.to_thread(act, step)
        await asyncio.sleep(0.15)
    await asyncio.sleep(2)
    for task in tasks:
        task.cancel()
    delays = [(at - begun) * 1000 for row in heard for at, begun in zip(row, sent, strict=False)]
    return delays, STEPS * LISTENERS - len(delays)


def live_bench(port: int, cookies: dict[str, str]) -> None:
    from huying.org.models import Staff
    from huying.org.policies import staff_actor
    from huying.org.queries import ALL, set_scope
    from huying.workorders.models import WorkOrder
    from huying.workorders.operations import act

    numbers = list(WorkOrder.objects.order_by("pk").values_list("number", flat=True)[:STEPS])
    person = Staff.objects.get(username="director1")

    def step(at: int) -> None:
        set_scope(ALL)
        act(actor=staff_actor(person), number=numbers[at], code="comment", data={"note": "测试备注"})

    delays, lost = asyncio.run(live(port + 1, cookies["director1"], step))
    report(f"live_delay_{LISTENERS}_connections", delays)
    say("live_messages_lost", lost, "count")


def memory() -> None:
    """Resident memory of each process of the installation, in MB."""
    import psutil

    data = os.environ["HUYING_DATA"]
    for process in psutil.process_iter(["pid", "cmdline"]):
        try:
            line = " ".join(process.info["cmdline"] or [])
            mine = process.environ().get("HUYING_DATA") == data if process.username() else False
        except psutil.Error:
            continue
        if mine and "huying" in line and process.pid != os.getpid():
            role = next((word for word in ("granian", "uvicorn", "worker", "live", "web", " up") if word in line), "other").strip()
            say(f"memory_{role}_{process.pid}", process.memory_info().rss / 2**20, "MB")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--sizes", default="10000,100000,1000000")
    sizes = [int(size) for size in parser.parse_args().sizes.split(",")]
    with installation() as (_data, port):
        cookies = city()
        import _crowd

        filled, first = 0, {}
        for size in sizes:
            begun = time.monotonic()
            while filled < size:
                _crowd.fill(filled + 1, min(filled + CHUNK, size))
                filled = min(filled + CHUNK, size)
            _crowd.settle()
            say(f"filled_{size // 1000}k", time.monotonic() - begun, "s")
            found = measure(size, port, cookies)
            first = first or found
            for name, p95 in found.items():
                say(f"{name}_p95_ratio_{size // 1000}k_to_{sizes[0] // 1000}k", p95 / first[name], "ratio")
        live_bench(port, cookies)
        memory()


if __name__ == "__main__":
    main()
