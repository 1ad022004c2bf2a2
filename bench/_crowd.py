"""A large made-up city for the benches: so many orders with points of history, written by COPY, spread over some years.

Every text is put together from parts, so that common and rare words occur as in life. Nothing here is real.
"""

import random
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import repeat
from multiprocessing import get_context
from typing import Any

import django

django.setup()

import psycopg  # noqa: E402
from django.db import connections, models

from huying.audit.models import Event
from huying.kernel import hashchain
from huying.org.models import Centre, Region, Staff, Unit
from huying.workorders.models import Assignment, OrderTemplate, RulePack, WorkOrder
from huying.workorders.rules.words import facets_of, filed_words

PLACES = [f"{a}{b}" for a in ("海湾", "金花茶", "兴港", "迎宾", "中华", "云南", "桃源", "伏波", "渔港", "西湾", "北部湾", "仙人山")
          for b in ("大道", "路", "街", "小区", "花园", "市场", "广场", "新村", "一里", "二里", "三巷", "码头")]
MATTERS = ["路灯不亮", "下水道堵塞", "夜间施工噪声扰民", "垃圾没有及时清运", "自来水压力低", "电动车乱停放", "消防通道被占用", "公交车晚点",
           "油烟直排", "绿化树枝遮挡信号灯", "井盖破损", "宠物没有牵绳", "电梯经常故障", "物业乱收费", "学校周边摆摊", "拖欠工资",
           "社保转移", "不动产登记", "公积金提取", "新生儿上户口", "老年优待证", "燃气报装", "宽带施工损坏路面", "河道有异味"]
WISHES = ["希望尽快处理", "请有关部门核实", "要求给个说法", "盼回复", "请告知办理流程", "已经反映过一次没有结果", "影响居民休息", "存在安全隐患"]
ROADS = ["步行道", "路口东侧", "三单元门前", "公交站旁", "菜市场北门", "学校围墙外", "桥下", "停车场入口"]
STATES = ["closed"] * 94 + ["to_review", "to_dispatch", "to_sign", "handling", "to_check", "to_follow_up"]
KINDS = ["complaint", "help", "consultation"]
CHUNK = 10_000
STEPS = ["create", "submit", "pass_review", "dispatch", "sign", "reply", "pass_check", "close"]


class Table:
    """COPY into one model's table: the defaults of every column, with some replaced row by row."""

    def __init__(self, model: type[models.Model], *columns: str, **fixed: Any) -> None:
        self.model = model
        fields = [field for field in model._meta.concrete_fields]
        blank = model(**fixed)
        connection = connections["owner"]
        self.names = [field.column for field in fields]
        self.base = [field.get_db_prep_save(field.pre_save(blank, True), connection) for field in fields]
        self.where = [self.names.index(column) for column in columns]

    def row(self, *values: Any) -> list[Any]:
        line = self.base[:]
        for at, value in zip(self.where, values, strict=True):
            line[at] = value
        return line

    def copy(self, raw: psycopg.Connection[Any], rows: Iterator[list[Any]]) -> None:
        columns = ", ".join(f'"{name}"' for name in self.names)
        with raw.cursor().copy(f'COPY "{self.model._meta.db_table}" ({columns}) FROM STDIN') as copy:
            for row in rows:
                copy.write_row(row)


def text(rng: random.Random, serial: int) -> tuple[str, str, str]:
    """Title, content, place."""
    place, matter = rng.choice(PLACES), rng.choice(MATTERS)
    title = f"{place}{matter}"
    content = (f"市民来电反映：{place}{rng.choice(ROADS)}{matter}，大约从{rng.randint(1, 28)}号开始，涉及{rng.randint(2, 400)}户，"
               f"{rng.choice(MATTERS)}的情况也有，{rng.choice(WISHES)}，{rng.choice(WISHES)}。登记号{serial}。")
    return title, content, place


def fill(first: int, last: int, years: int) -> None:
    """Add the orders first … last, of so many years, some ten thousand at a time and two at once: Python has as much to do as PostgreSQL.

    The index of the words is made anew afterwards, as a restored backup has it: rows that come in any order of time are
    several times dearer to it than those of a day's work, which come in order.
    """
    pieces = [(start, min(start + CHUNK - 1, last)) for start in range(first, last + 1, CHUNK)]
    with connections["owner"].cursor() as cursor:
        cursor.execute("SELECT pg_get_indexdef('order_words'::regclass)")
        index = cursor.fetchone()[0]
        cursor.execute("DROP INDEX order_words")
        with ProcessPoolExecutor(2, mp_context=get_context("spawn"), initializer=wake) as pool:
            for _ in pool.map(fill_piece, *zip(*pieces, strict=True), repeat(timedelta(days=365 * years))):
                pass
        cursor.execute("SET maintenance_work_mem = '1GB'")
        cursor.execute(index)
        cursor.execute("RESET maintenance_work_mem")
        cursor.execute("SELECT setval(pg_get_serial_sequence('workorders_workorder', 'id'), %s)", [last])


def wake() -> None:
    """A process of the pool begins with nothing but the environment and its imports."""
    from huying.org.queries import ALL, set_scope

    set_scope(ALL)


def fill_piece(first: int, last: int, span: timedelta) -> None:
    """These orders with words, main assignment and history."""
    city, now = City(first), datetime.now(UTC)
    made = [city.order(number, now - span * city.rng.random()) for number in range(first, last + 1)]
    connections["owner"].ensure_connection()
    raw = connections["owner"].connection
    with raw.transaction():
        raw.execute("SET LOCAL huying.quiet = 'on'")
        city.orders.copy(raw, (one.order for one in made))
        city.tasks.copy(raw, (one.task for one in made))
        city.events.copy(raw, (event for one in made for event in one.events))
        with raw.cursor().copy("COPY workorders_ordertext (order_id, centre_id, created_at, words) FROM STDIN") as copy:
            for one in made:
                copy.write_row(one.words)


@dataclass(slots=True)
class Made:
    """The rows of one order by table."""

    order: list[Any]
    task: list[Any]
    events: list[list[Any]]
    words: tuple[Any, ...]


class City:
    """What the orders stand on, and one order after the other."""

    def __init__(self, seed: int) -> None:
        self.rng = random.Random(seed)
        self.centre = centre = Centre.objects.get(code="DEMO")
        self.units = list(Unit.objects.filter(centre=centre).values_list("pk", flat=True))
        self.staff = list(Staff.objects.filter(centre=centre, unit=None).values_list("pk", flat=True))
        self.regions = list(Region.objects.filter(level__gte=3).values_list("pk", flat=True))
        self.template = OrderTemplate.objects.filter(centre=None).earliest("pk")
        pack = RulePack.objects.filter(centre=None).earliest("pk")
        self.orders = Table(
            WorkOrder, "id", "number", "state", "title", "content", "place", "region_id", "unit_id", "created_by_id",
            "created_at", "dispatched_at", "closed_at", "due_at", "kind", "event_seq", "event_head",
            centre=centre, template=self.template, pack=pack, channel="phone",
        )
        self.tasks = Table(Assignment, "order_id", "unit_id", "state", "dispatched_at", "due_at", centre=centre, role="main")
        said = {"stream": "order", "centre_id": centre.pk, "actor_kind": "staff", "actor_name": "造数", "data": {}}
        self.events = Table(Event, "stream_id", "seq", "kind", "at", "prev", "hash", **said)
        self.record = Event(**said).record()
        for table in (self.tasks, self.events):
            drop_id(table)

    def order(self, pk: int, at: datetime) -> Made:
        choice = self.rng.choice
        title, content, place = text(self.rng, pk)
        state, unit, kind, region = choice(STATES), choice(self.units), choice(KINDS), choice(self.regions)
        closed = state == "closed"
        events, head = self.history(pk, at)
        facets = facets_of(kind=kind, urgency="normal", channel="phone", template=self.template.pk, region=region)
        words = " ".join(f"'{word}'" for word in filed_words(at, (title, content, place), facets))
        return Made(
            self.orders.row(
                pk, f"B{pk:015d}", state, title, content, place, region, unit, choice(self.staff), at, at,
                at + timedelta(days=5) if closed else None, None if closed else at + timedelta(days=7), kind, len(STEPS), head,
            ),
            self.tasks.row(pk, unit, "replied" if closed else "handling", at, at + timedelta(days=7)),
            events, (pk, self.centre.pk, at, words),
        )

    def history(self, pk: int, at: datetime) -> tuple[list[list[Any]], bytes]:
        """The rows of its chain and the end of it."""
        rows, head = [], hashchain.GENESIS
        for seq, kind in enumerate(STEPS, 1):
            moment = at + timedelta(hours=seq)
            following = hashchain.link(head, self.record | {"stream_id": pk, "seq": seq, "kind": kind, "at": moment})
            rows.append(self.events.row(pk, seq, kind, moment, head, following))
            head = following
        return rows, head


def drop_id(table: Table) -> None:
    """Let the database number the rows."""
    table.names, table.base = table.names[1:], table.base[1:]
    table.where = [at - 1 for at in table.where]


def settle() -> None:
    """Statistics and visibility map as autovacuum would leave them."""
    connections["owner"].close()
    with connections["owner"].cursor() as cursor:
        for model in (WorkOrder, Assignment, Event):
            cursor.execute(f'VACUUM ANALYZE "{model._meta.db_table}"')
        cursor.execute("VACUUM ANALYZE workorders_ordertext")
