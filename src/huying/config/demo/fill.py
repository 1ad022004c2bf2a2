"""Make the demonstration: the cities, their people, and the orders, once."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from random import Random
from typing import Any

from django.conf import settings
from django.db import connection, transaction

from huying.config.demo import accounts
from huying.config.demo.city import City, build
from huying.config.demo.deeds import enter
from huying.config.demo.ledger import Ledger, Missed
from huying.config.demo.lives import Life
from huying.config.demo.plan import DAYS, elsewhere, lives
from huying.config.demo.player import Player
from huying.config.demo.stage import Stage
from huying.config.demo.story import story
from huying.config.demo.telephone import wire
from huying.config.demo.telephoned import phone_past
from huying.kernel import clock
from huying.messaging.catalog import State as Sending
from huying.messaging.models import Message
from huying.workorders.models import WorkOrder

SEED = 45_06_12345
CODES = ("DEMO", "OTHER")
FILE = "demo-users.txt"
LOCK = 0x6465_6D6F
SILENT = "演示数据，未真实发送"
Say = Callable[[str], object]

FORGET_JOBS = """
    DELETE FROM procrastinate_jobs WHERE status = 'todo' AND task_name = 'huying.messaging.tasks.deliver_message'
    AND (args ->> 'message_id')::bigint = ANY (%s)
"""


def make(say: Say, **plan: Any) -> str:
    """Bring the demonstration about and return the table of its users; the caller has opened the tenants' wall.

    Everything is made once; a run that was cut off is made up for by the next.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [LOCK])
        try:
            return _make(say, **plan)
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [LOCK])


def _make(say: Say, **plan: Any) -> str:
    path = Path(settings.DATA) / FILE
    say("正在建立组织、区划与人员……")
    with transaction.atomic():
        cities = {code: build(code) for code in CODES}
        staff = {name: person for city in cities.values() for name, person in city.staff.items()}
        passwords = accounts.give_passwords(path, staff)
        for city in cities.values():
            wire(city)
    for code in CODES:
        fill(cities[code], say, **plan)
        telephone(cities[code], say, days=plan.get("days", DAYS))
    table = accounts.table(passwords, staff)
    accounts.keep(path, table)
    return table


@transaction.atomic
def fill(city: City, say: Say, **plan: Any) -> int:
    """The orders of one centre, unless it has any; all of them or none. Returns how many were made."""
    if WorkOrder.objects.filter(centre=city.centre).exists():
        return 0
    say(f"正在生成{city.centre.name}的工单……")
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL huying.quiet = 'on'")
    now, dice = clock.now(), Random(f"{SEED}{city.centre.code}")  # noqa: S311  a story, no secret
    stage = Stage(city)
    main = city.centre.code == CODES[0]
    found = [*lives(stage, dice, now, **plan), *story(stage, dice, now)] if main else elsewhere(stage, dice, now)
    played = write(stage, found, now)
    silence(city)
    say(f"工单 {len(found)} 件，其中 {played} 件由业务操作逐步办理")
    return len(found)


@transaction.atomic
def telephone(city: City, say: Say, *, days: int) -> None:
    """The calls of the same days, unless there are any."""
    dice = Random(f"{SEED}{city.centre.code}calls")  # noqa: S311  a story, no secret
    if made := phone_past(city, dice, clock.now(), days=days):
        say(f"{city.centre.name}：通话 {made} 通")


def write(stage: Stage, found: list[Life], now: datetime) -> int:
    """All lives in the order in which they came in, so that numbers run as they would have; how many were played."""
    ledger, player, played = Ledger(stage, now), Player(stage, now), 0
    found.sort(key=lambda life: life.created)
    ledger.meet((life.matter.citizen, life.created, life.new["caller_kind"]) for life in found if life.new["phone"])
    for life in found:
        try:
            enter(ledger, life)
        except Missed:
            player.play(life)
            played += 1
    ledger.flush()
    return played


def silence(city: City) -> None:
    """Nobody gets a message from a demonstration: the rows stay and say so, the jobs go."""
    waiting = Message.objects.filter(centre=city.centre, state=Sending.QUEUED)
    ids = list(waiting.values_list("pk", flat=True))
    waiting.update(state=Sending.SKIPPED, reason=SILENT)
    with connection.cursor() as cursor:
        cursor.execute(FORGET_JOBS, [ids])
