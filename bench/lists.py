"""Lists, deep pages, search, an order by its number and its page at 10 thousand, 100 thousand and 1 million orders; live updates.

Starts an installation of its own, fills it with a made-up city (`_crowd.py`), measures over HTTP as a signed-in person,
and leaves nothing behind. Prints one JSON object per line: name, value, unit. `--sizes 10000,100000 --rounds 40` for a
shorter run, `--sizes 2000000 --years 5` for the whole of R100 (lists within 2 s, an order by its number within 0.5 s, p95).
Beside each time stands what `web` and the database worked for one answer (`…_cpu_…`): on a machine that others
use at the same time the times tell of them as well, the work hardly does.
"""

import argparse
import asyncio
import http.client
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

from orders import busy, installation, of_each, proportional, say  # noqa: E402

DEPTH = 40
LISTENERS = 500
STEPS = 60
LISTS = {
    "list_all": ("director1", "/orders/desk/all/"), "list_to_dispatch": ("dispatcher1", "/orders/desk/to_dispatch/"),
    "list_overdue": ("director1", "/orders/desk/overdue/"), "list_closed": ("director1", "/orders/desk/closed/"),
    "list_filtered": ("director1", "/orders/desk/all/?kind=complaint&region=450602"),
    "list_unit": ("liaison1", "/orders/desk/handling/"), "list_unit_all": ("liaison1", "/orders/desk/all/"),
}
ALL = LISTS["list_all"][1]


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
    for username, role, unit in (("director1", "director", None), ("dispatcher1", "dispatcher", None), ("liaison1", "liaison", units[0])):
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
        """Milliseconds until the page is there, wherever it was sent on to, and the page."""
        begun = time.perf_counter()
        status, body, onward = self.ask(path)
        if onward:
            status, body, _ = self.ask(onward)
        took = (time.perf_counter() - begun) * 1000
        if status != 200:
            raise SystemExit(f"{path}: {status}\n{body[:500]}")
        return took, body

    def ask(self, path: str) -> tuple[int, str, str | None]:
        self.connection.request("GET", path, headers=self.headers)
        answer = self.connection.getresponse()
        return answer.status, answer.read().decode(), answer.headers.get("Location")


def report(name: str, times: Iterable[float]) -> float:
    """p50, p95 and p99 in milliseconds; the p95."""
    cuts = statistics.quantiles(times, n=100, method="inclusive")
    for percent in (50, 95, 99):
        say(f"{name}_p{percent}", cuts[percent - 1], "ms")
    return cuts[94]


def timed(port: int, cookie: str, paths: list[str]) -> list[float]:
    """Each path asked for on one connection, a few of them beforehand for nothing."""
    visitor = Visitor(port, cookie)
    for path in paths[:5]:
        visitor.get(path)
    return [visitor.get(path)[0] for path in paths]


def deep(port: int, cookie: str, rounds: int) -> list[float]:
    """Page after page, the far ones timed."""
    visitor, path, times = Visitor(port, cookie), ALL, []
    for page in range(DEPTH + rounds // 2):
        took, body = visitor.get(path)
        if page >= DEPTH:
            times.append(took)
        link = re.search(r'rel="next" href="([^"]+)"', body)
        if link is None:
            break
        path = unescape(link[1])
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
    """Of the newest 300 that LIKE finds in the last 90 days, how many the search finds in the same stretch of time.

    The search takes no notice of signs, so it may find more; a common limit on the number of rows would then cut off
    orders that it finds. Only the stretch of time limits it, and what a search reads at most (`queries.search`).
    """
    from datetime import timedelta

    from django.db import connection

    from huying.kernel import clock
    from huying.org.models import Staff
    from huying.org.policies import staff_actor
    from huying.workorders.queries.filters import Filters
    from huying.workorders.queries.search import found

    actor, until = staff_actor(Staff.objects.get(username="director1")), clock.now()
    hit = wanted = 0
    for piece in pieces:
        with connection.cursor() as cursor:
            cursor.execute("SELECT id, created_at FROM workorders_workorder WHERE created_at >= %s AND strpos(title || chr(10) ||"
                           " content || chr(10) || place || chr(10) || answer, %s) > 0 ORDER BY created_at DESC, id DESC LIMIT 300",
                           [until - timedelta(days=90), piece])
            rows = cursor.fetchall()
        if not rows:
            continue
        by_search = {place.order for place in found(actor, Filters(text=piece, since=rows[-1][1], until=until), None, None, 10**6)}
        hit, wanted = hit + len(by_search & {pk for pk, _ in rows}), wanted + len(rows)
    return hit / wanted if wanted else 1.0


def measure(size: int, rounds: int, data: Path, port: int, cookies: dict[str, str]) -> dict[str, float]:
    """Everything at this size; p95 by name."""
    from huying.workorders.models import WorkOrder

    rng, label, director = random.Random(size), f"{size // 1000}k", cookies["director1"]
    asks: dict[str, Callable[[], list[float]]] = {
        name: lambda who=who, path=path: timed(port, cookies[who], [path] * rounds)  # type: ignore[misc]
        for name, (who, path) in LISTS.items()
    }
    asks["deep_page"] = lambda: deep(port, director, rounds)
    pieces = words(rng, 3 * rounds)[:rounds]
    asks["search"] = lambda: timed(port, director, [f"/orders/search/?q={quote(piece)}" for piece in pieces])
    asks["list_search"] = lambda: timed(port, director, [f"{ALL}?text={quote(piece)}" for piece in pieces])
    numbers = WorkOrder.objects.filter(pk__in=[rng.randint(1, size) for _ in range(rounds)]).values_list("number", flat=True)
    asks["by_number"] = lambda: timed(port, director, [f"/orders/search/?q={number}" for number in numbers])
    asks["order_page"] = lambda: timed(port, director, [f"/orders/{number}/" for number in numbers])
    result = {}
    for name, ask in asks.items():
        before = of_each(data, busy)
        times = ask()
        spent = of_each(data, busy)
        result[name] = report(f"{name}_{label}", times)
        for process in ("web", "db"):
            asked = len(times) + (DEPTH if name == "deep_page" else 5)
            say(f"{name}_{label}_cpu_{process}", (spent[process] - before[process]) / asked, "ms")
    say(f"list_worst_{label}_p95", max(p95 for name, p95 in result.items() if name.startswith("list_")), "ms")
    say(f"recall_{label}", recall(pieces[:60]), "share")
    say(f"load_{label}", os.getloadavg()[0], "processes")
    return result


async def listen(port: int, cookie: str, heard: dict[str, float], ready: asyncio.Semaphore) -> None:
    """One live connection; by order number the moment at which the message about it came."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(f"GET /live/stream HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nAccept: text/event-stream\r\nCookie: {cookie}\r\n\r\n".encode())
    await writer.drain()
    head = await reader.readline()
    if b" 200 " not in head:
        raise SystemExit(f"live: {head!r}")
    greeted = False
    try:
        while line := await reader.readline():
            if line.startswith(b"data:") and not greeted:  # the stream is entered where news goes out
                greeted = True
                ready.release()
            elif number := re.search(rb'"orders": \["(B\d+)"\]', line):
                heard.setdefault(number[1].decode(), time.perf_counter())
    finally:
        writer.close()


async def live(port: int, cookie: str, numbers: list[str], act: Callable[[str], float]) -> tuple[list[float], int]:
    """Delays (ms) from commit to each of LISTENERS browsers, and how many messages were lost."""
    ready = asyncio.Semaphore(0)
    heard: list[dict[str, float]] = [{} for _ in range(LISTENERS)]
    tasks = []
    for row in heard:
        tasks.append(asyncio.create_task(listen(port, cookie, row, ready)))
        if len(tasks) % 20 == 0:
            await asyncio.gather(*(ready.acquire() for _ in range(20)))
    sent = {}
    for number in numbers:
        sent[number] = await asyncio.to_thread(act, number)
        await asyncio.sleep(0.2)
    await asyncio.sleep(5)
    for task in tasks:
        if task.done() and not task.cancelled():
            task.result()
        task.cancel()
    delays = [(row[number] - begun) * 1000 for row in heard for number, begun in sent.items() if number in row]
    return delays, len(numbers) * LISTENERS - len(delays)


def live_bench(port: int, cookies: dict[str, str]) -> None:
    from django.db import transaction

    from huying.org.models import Staff
    from huying.org.policies import staff_actor
    from huying.org.queries import ALL as EVERYWHERE
    from huying.org.queries import set_scope
    from huying.workorders.models import WorkOrder
    from huying.workorders.operations import act

    numbers = list(WorkOrder.objects.filter(state="handling").order_by("pk").values_list("number", flat=True)[:STEPS])
    person = Staff.objects.get(username="director1")

    def step(number: str) -> float:
        """The moment before the commit of one action."""
        set_scope(EVERYWHERE)
        with transaction.atomic():
            act(actor=staff_actor(person), number=number, code="comment", data={"note": "测试备注"})
            return time.perf_counter()

    delays, lost = asyncio.run(live(port + 1, cookies["director1"], numbers, step))
    report(f"live_delay_{LISTENERS}_connections", delays)
    say("live_messages_lost", lost, "count")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--sizes", default="10000,100000,1000000")
    parser.add_argument("--years", type=int, default=2, help="how far back the orders go")
    parser.add_argument("--rounds", type=int, default=120)
    options = parser.parse_args()
    sizes = [int(size) for size in options.sizes.split(",")]
    with installation() as (data, port):
        cookies = city()
        import _crowd

        filled, first = 0, dict[str, float]()
        for size in sizes:
            begun = time.monotonic()
            _crowd.fill(filled + 1, size, options.years)
            filled = size
            _crowd.settle()
            say(f"filled_{size // 1000}k", time.monotonic() - begun, "s")
            found = measure(size, options.rounds, data, port, cookies)
            first = first or found
            for name, p95 in found.items():
                say(f"{name}_p95_ratio_{size // 1000}k_to_{sizes[0] // 1000}k", p95 / first[name], "ratio")
        live_bench(port, cookies)
        for name, megabytes in of_each(data, proportional).items():
            say(f"memory_{name}", megabytes, "MB")


if __name__ == "__main__":
    main()
