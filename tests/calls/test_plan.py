"""The switch is told what the rows say; a row that cannot work is left out aloud and stops nothing."""

from datetime import UTC, datetime, time

import pytest
from django.db import connection, transaction

from calls.exchange import Exchange
from huying.calls.models import CalledNumber, Flow, FlowVersion, OtherDesk, Phone, Prompt, SkillGroup, Trunk
from huying.calls.operations import config_changed
from huying.calls.queries import plan_and_faults, plan_of_node
from huying.kernel import clock
from huying.kernel.clock import SHANGHAI
from huying.org.models import Calendar, Centre
from huying.switch.render import files


def publish(exchange: Exchange, graph: dict) -> Flow:
    flow = Flow.objects.create(centre=exchange.centre, name="导航")
    flow.published = FlowVersion.objects.create(
        centre=exchange.centre, flow=flow, number=1, graph=graph, published_at=clock.now()
    )
    flow.save()
    CalledNumber.objects.filter(pk=exchange.number.pk).update(flow=flow)
    return flow


def graph(exchange: Exchange, **menu: str) -> dict:
    return {"start": "menu", "nodes": [
        {"id": "menu", "kind": "menu", "options": menu, "exits": {"2": "desk", "timeout": "desk"}, "x": 1, "y": 2},
        {"id": "desk", "kind": "queue", "options": {"queue": exchange.groups["enterprise"].queue}, "exits": {}},
    ]}


@pytest.mark.django_db
def test_the_rows_are_told(exchange, tmp_path):
    Prompt.objects.create(centre=exchange.centre, code="welcome", name="欢迎", text="您好")
    flow = publish(exchange, graph(exchange, sound=f"c{exchange.centre.pk}/welcome"))
    OtherDesk.objects.create(centre=exchange.centre, code="110", name="110", number="110")
    plan, faults = plan_and_faults(tmp_path)
    assert faults == []
    assert plan.folder == tmp_path / "switch"
    assert [(phone.extension, phone.kind, phone.centre, phone.caller_id) for phone in plan.phones] == [
        ("8001", "webrtc", "DEMO", "12345"), ("8002", "webrtc", "DEMO", "12345"), ("8003", "webrtc", "DEMO", "12345")
    ]
    assert plan.phones[0].password == "quite-secret-42"
    assert {queue.name: queue.kind for queue in plan.queues} == {
        exchange.groups["general"].queue: "group", exchange.groups["enterprise"].queue: "group",
        f"p{exchange.cast.staff['agent1'].pk}": "personal", f"p{exchange.cast.staff['agent2'].pk}": "personal",
    }
    assert [(number.called, number.flow, number.queue) for number in plan.numbers] == [
        ("12345", f"f{flow.pk}v1", exchange.groups["general"].queue)
    ]
    assert plan.flows[0].start == "menu"
    assert plan.flows[0].nodes[0].exits == {"2": "desk", "timeout": "desk"}
    assert plan.callers == {"DEMO": "12345"}
    assert [(desk.code, desk.trunk) for desk in plan.desks] == [("110", "carrier")]
    assert [(trunk.name, trunk.match, trunk.codecs) for trunk in plan.trunks] == [("carrier", ("127.0.0.1",), ("alaw", "ulaw"))]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda ex: Phone.objects.filter(extension="8001").update(extension="0"), "话机 0：分机号"),
        (lambda ex: Phone.objects.create(centre=ex.centre, extension="8009"), "话机 8009：没有话机口令"),
        (lambda ex: Trunk.objects.create(centre=ex.centre, name="second", match=["not-an-address"], contact="10.0.0.1:5060"),
         "中继 second：对端地址“not-an-address”"),
        (lambda ex: Trunk.objects.create(centre=ex.centre, name="third", match=["10.0.0.1"], contact="10.0.0.1:0"), "外呼地址"),
        (lambda ex: SkillGroup.objects.filter(code="general").update(is_active=False), "被叫号码 12345：默认技能组已停用"),
        (lambda ex: publish(ex, {"start": "gone", "nodes": []}), "语音流程 导航：语音流程没有起点"),
        (lambda ex: publish(ex, graph(ex, sound="c1/nothing")), "要播放的语音“c1/nothing”不存在"),
        (lambda ex: publish(ex, {"start": "a", "nodes": [{"id": "a", "kind": "hours", "options": {"name": "h0"}}]}), "工作日历不存在"),
        (lambda ex: publish(ex, {"start": "a", "nodes": [{"id": "a", "kind": "queue", "options": {"queue": "q0"}}]}), "技能组不存在"),
        (lambda ex: publish(ex, {"start": "a", "nodes": [{"id": "a", "kind": "transfer", "options": {"desk": "1"}}]}), "热线不存在"),
        (lambda ex: publish(ex, {"start": "a", "nodes": [{"id": "a", "kind": "prompt", "exits": {"next": "b"}}]}), "不存在的节点“b”"),
    ],
)
def test_a_bad_row_is_left_out_and_says_why(exchange, tmp_path, spoil, words):
    spoil(exchange)
    plan, faults = plan_and_faults(tmp_path)
    assert any(words in str(fault) for fault in faults), [str(fault) for fault in faults]
    assert "8002" in {phone.extension for phone in plan.phones}  # the rest is told all the same
    assert "carrier" in {trunk.name for trunk in plan.trunks}
    assert all(number.flow == "" for number in plan.numbers)  # a menu that cannot work lets callers through to people


@pytest.mark.django_db
def test_what_the_renderer_refuses_is_left_out_too(exchange, tmp_path):
    """Whatever the rows hold, the files of the node can be written."""
    good = {"start": "a", "nodes": [{"id": "a", "kind": "menu", "options": {"sound": "c1/w", "tries": "1000"}, "exits": {"x": "a"}}]}
    Prompt.objects.create(centre=exchange.centre, code="w", name="欢迎")
    good["nodes"][0]["options"]["sound"] = f"c{exchange.centre.pk}/w"
    publish(exchange, good)
    SkillGroup.objects.filter(code="enterprise").update(ring_seconds=9999)
    plan, faults = plan_and_faults(tmp_path)
    assert {fault.what for fault in faults} == {"队列", "语音流程", "被叫号码 12345"}
    assert [(number.called, number.flow) for number in plan.numbers] == [("12345", "")]
    assert "8001" in files(plan)["pjsip.conf"]


@pytest.mark.django_db
@pytest.mark.req("R206")
def test_a_centre_without_a_number_of_its_own_shows_that_of_the_one_above(exchange, tmp_path):
    below = Centre.objects.create(code="DEMO-GK", name="分平台", parent=exchange.centre)
    Phone.objects.create(centre=below, extension="8050", password="quite-secret-42")
    shown = {phone.extension: phone.caller_id for phone in plan_of_node(tmp_path).phones}
    assert shown["8050"] == "12345"
    CalledNumber.objects.create(
        centre=below, number="07702812345", name="代表号", group=exchange.groups["general"], is_outgoing=True
    )
    shown = {phone.extension: phone.caller_id for phone in plan_of_node(tmp_path).phones}
    assert (shown["8001"], shown["8050"]) == ("12345", "07702812345")


@pytest.mark.django_db
@pytest.mark.req("R208")
def test_hours_are_those_of_the_working_calendar(exchange, tmp_path):
    own = Calendar.objects.create(centre=exchange.centre, name="夜班", data={
        "national": False, "weekly": {day: ["20:00-24:00"] for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")}
    })
    with clock.frozen(datetime(2026, 9, 28, 4, 0, tzinfo=UTC)):  # before the National Day holidays
        hours = {row.name: row for row in plan_of_node(tmp_path).hours}
    night, national = hours[f"h{own.pk}"], hours[f"c{exchange.centre.pk}"]
    assert len(night.spans) == 14
    assert {(begins.time(), ends.time()) for begins, ends in night.spans} == {(time(20), time(23, 59, 59))}
    assert night.until == datetime(2026, 10, 12, tzinfo=SHANGHAI)
    days = {begins.date().isoformat() for begins, _ in national.spans}
    assert {"2026-09-28", "2026-09-30"} <= days
    assert not {"2026-10-01", "2026-10-02", "2026-10-03", "2026-10-04"} & days


@pytest.mark.django_db(transaction=True)
def test_the_gateway_is_told_after_the_commit_and_never_of_what_was_taken_back():
    with connection.cursor() as cursor:
        cursor.execute("LISTEN huying_switch")
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        config_changed()
        1 / 0  # noqa: B018
    assert heard() == []
    with transaction.atomic():
        config_changed()
        assert heard() == []
    assert heard() == ["config"]


def heard() -> list[str]:
    return [notice.payload for notice in connection.connection.notifies(timeout=0.2)]
