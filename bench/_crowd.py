"""A large made-up city for the benches: so many orders with points of history, written by COPY, spread over two years.

Every text is put together from parts, so that common and rare words occur as in life. Nothing here is real.
"""

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
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
SPAN = timedelta(days=730)
STATES = ["closed"] * 94 + ["to_review", "to_dispatch", "to_sign", "handling", "to_check", "to_follow_up"]
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


def fill(first: int, last: int, *, seed: int = 7) -> None:
    """Add the orders first … last (their numbers count from 1) with words, main assignment and history."""
    rng = random.Random(seed + first)
    now = datetime.now(UTC)
    centre = Centre.objects.get(code="DEMO")
    units = list(Unit.objects.filter(centre=centre).values_list("pk", flat=True))
    staff = list(Staff.objects.filter(centre=centre, unit=None).values_list("pk", flat=True))
    regions = list(Region.objects.filter(level__gte=3).values_list("pk", flat=True))
    fixed = {"centre": centre, "template": OrderTemplate.objects.filter(centre=None).first(),
             "pack": RulePack.objects.filter(centre=None).first(), "kind": "complaint", "channel": "phone"}
    orders = Table(WorkOrder, "id", "number", "state", "title", "content", "place", "region_id", "unit_id", "created_by_id",
                   "created_at", "dispatched_at", "closed_at", "due_at", "kind", "event_seq", "event_head", **fixed)
    tasks = Table(Assignment, "order_id", "unit_id", "state", "dispatched_at", "due_at", centre=centre, role="main")
    words: list[tuple[int, datetime, list[str]]] = []
    history: list[list[Any]] = []
    assignments: list[list[Any]] = []
    events = Table(Event, "stream_id", "seq", "kind", "at", "prev", "hash", stream="order", centre_id=centre.pk,
                   actor_kind="staff", actor_name="造数", data={})
    for table in (tasks, events):
        drop_id(table)

    def lines() -> Iterator[list[Any]]:
        for pk in range(first, last + 1):
            at = now - SPAN * rng.random()
            title, content, place = text(rng, pk)
            state, unit = rng.choice(STATES), rng.choice(units)
            closed = state == "closed"
            head = bytes(32)
            for seq, kind in enumerate(STEPS, 1):
                moment = at + timedelta(hours=seq)
                event = Event(stream="order", stream_id=pk, seq=seq, kind=kind, at=moment, centre_id=centre.pk,
                              actor_kind="staff", actor_name="造数", data={})
                prev, head = head, hashchain.link(head, event.record())
                history.append(events.row(pk, seq, kind, moment, prev, head))
            kind, region = rng.choice(("complaint", "help", "consultation")), rng.choice(regions)
            facets = facets_of(kind=kind, urgency="normal", channel="phone", template=fixed["template"].pk, region=region)
            words.append((pk, at, filed_words(at, (title, content, place), facets)))
            assignments.append(tasks.row(pk, unit, "replied" if closed else "handling", at, at + timedelta(days=7)))
            yield orders.row(pk, f"B{pk:015d}", state, title, content, place, region, unit, rng.choice(staff), at,
                             at, at + timedelta(days=5) if closed else None, None if closed else at + timedelta(days=7),
                             kind, len(STEPS), head)

    connections["owner"].ensure_connection()
    raw = connections["owner"].connection
    with raw.transaction():
        raw.execute("SET LOCAL huying.quiet = 'on'")
        orders.copy(raw, lines())
        copy_words(raw, centre.pk, words)
        tasks.copy(raw, iter(assignments))
        events.copy(raw, iter(history))
        raw.execute("SELECT setval(pg_get_serial_sequence('workorders_workorder', 'id'), %s)", [last])


def drop_id(table: Table) -> None:
    """Let the database number the rows."""
    table.names, table.base = table.names[1:], table.base[1:]
    table.where = [at - 1 for at in table.where]


def copy_words(raw: psycopg.Connection[Any], centre: int, words: list[tuple[int, datetime, list[str]]]) -> None:
    raw.execute("CREATE TEMP TABLE IF NOT EXISTS w (id bigint, at timestamptz, words text[]) ON COMMIT DELETE ROWS")
    with raw.cursor().copy("COPY w FROM STDIN") as copy:
        for row in words:
            copy.write_row(row)
    raw.execute(
        "INSERT INTO workorders_ordertext (order_id, centre_id, created_at, words)"
        " SELECT id, %s, at, array_to_tsvector(words) FROM w", [centre]
    )


def settle() -> None:
    """Statistics and visibility map as autovacuum would leave them."""
    connections["owner"].close()
    with connections["owner"].cursor() as cursor:
        for model in (WorkOrder, Assignment, Event):
            cursor.execute(f'VACUUM ANALYZE "{model._meta.db_table}"')
        cursor.execute("VACUUM ANALYZE workorders_ordertext")
