"""The flow editor: drafted by plain forms, checked, published without a restart, compared, restored (R042, R204)."""

import pytest
from django.db import connection

from huying.audit.models import Event
from huying.calls.models import CalledNumber, Flow, FlowVersion, OtherDesk, Prompt
from huying.calls.queries.flows import known_of
from huying.calls.queries.plan import plan_and_faults

pytestmark = pytest.mark.django_db
BACKEND = "django.contrib.auth.backends.ModelBackend"


@pytest.fixture
def director(exchange, client):
    client.force_login(exchange.cast.staff["director1"], backend=BACKEND)
    return client


@pytest.fixture
def hello(exchange):
    return Prompt.objects.create(centre=exchange.centre, code="hello", name="欢迎语", text="您好，企业服务请按二。")


@pytest.fixture
def flow(exchange, director):
    director.post("/calls/settings/flows/new", {"name": "默认导航"})
    return Flow.objects.get()


def save(client, flow, node, **values):
    answer = client.post(f"/calls/settings/flows/{flow.pk}/steps/{node}", {key.replace("__", "-"): value for key, value in values.items()})
    flow.refresh_from_db()
    return answer


def publish(client, flow, note="改动"):
    answer = client.post(f"/calls/settings/flows/{flow.pk}/publish", {"note": note})
    flow.refresh_from_db()
    return answer


@pytest.mark.req("R042", "R204")
def test_a_menu_is_built_step_by_step_and_published(exchange, director, hello, flow, tmp_path):
    assert flow.draft["nodes"][0]["kind"] == "queue"  # whoever calls comes to a person
    director.post(f"/calls/settings/flows/{flow.pk}/steps/new", {"kind": "menu", "name": "主菜单"})
    director.post(f"/calls/settings/flows/{flow.pk}/steps/new", {"kind": "queue", "name": "企业"})
    flow.refresh_from_db()
    assert [node["id"] for node in flow.draft["nodes"]] == ["n1", "n2", "n3"]
    page = publish(director, flow).content.decode()
    assert "流程还有问题" in page and "菜单还没有设置任何按键" in page and "请选择语音" in page and "没有任何一步通到这里" in page
    assert not FlowVersion.objects.exists()
    save(director, flow, "n2", name="主菜单", o__sound=hello.sound, o__timeout="4", e__2="n3", e__timeout="n1")
    save(director, flow, "n3", name="企业", o__queue=exchange.groups["enterprise"].queue)
    director.post(f"/calls/settings/flows/{flow.pk}/steps/n2/start")
    page = director.get(f"/calls/settings/flows/{flow.pk}").content.decode()
    assert "没有发现问题" in page and "<svg" in page and "主菜单" in page
    assert publish(director, flow, "第一版").status_code == 302
    CalledNumber.objects.filter(pk=exchange.number.pk).update(flow=flow)
    plan, faults = plan_and_faults(tmp_path)
    told = next(each for each in plan.flows if each.name == f"f{flow.pk}v1")
    assert told.start == "n2" and not faults
    assert next(number for number in plan.numbers if number.called == "12345").flow == told.name
    kinds = list(Event.objects.filter(kind__startswith="flow.").order_by("id").values_list("kind", flat=True))
    assert kinds == ["flow.add", "flow.add_step", "flow.add_step", "flow.edit_step", "flow.edit_step", "flow.start_step", "flow.publish"]
    assert "与已发布的版本相同" in publish(director, flow).content.decode()


def test_the_switch_is_told_on_publishing_and_not_before(exchange, director, hello, flow):
    heard = []

    def listening(execute, sql, params, many, context):
        heard.append(params)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(listening):
        save(director, flow, "n1", name="直接人工")
        assert [["huying_switch"], ["config"]] not in [list(each or ()) for each in heard]
        publish(director, flow)
    assert [["huying_switch"], ["config"]] in [list(each or ()) for each in heard]


def test_a_draft_survives_and_callers_hear_the_version_published(exchange, director, hello, flow):
    publish(director, flow, "第一版")
    director.post(f"/calls/settings/flows/{flow.pk}/steps/new", {"kind": "hangup"})
    assert "编辑稿有改动未发布" in director.get(f"/calls/settings/flows/{flow.pk}").content.decode()
    assert "有改动未发布" in director.get("/calls/settings/flows/").content.decode()
    flow.refresh_from_db()
    assert len(flow.draft["nodes"]) == 2 and len(flow.published.graph["nodes"]) == 1


@pytest.mark.req("R204")
def test_versions_are_compared_and_restored(exchange, director, hello, flow):
    publish(director, flow, "第一版")
    director.post(f"/calls/settings/flows/{flow.pk}/steps/new", {"kind": "prompt", "name": "节日问候"})
    save(director, flow, "n2", name="节日问候", o__sound=hello.sound, e__next="n1")
    director.post(f"/calls/settings/flows/{flow.pk}/steps/n2/start")
    publish(director, flow, "国庆节问候")
    page = director.get(f"/calls/settings/flows/{flow.pk}/versions?a=1&b=2").content.decode()
    assert "新增（播放语音）" in page and "开始于 人工服务 → 节日问候" in page and "国庆节问候" in page
    assert director.post(f"/calls/settings/flows/{flow.pk}/versions/1/restore").status_code == 302
    flow.refresh_from_db()
    assert flow.draft["start"] == "n1" and flow.published.number == 2
    publish(director, flow, "节后恢复")
    assert flow.published.number == 3 and flow.published.graph == FlowVersion.objects.get(flow=flow, number=1).graph
    assert director.post(f"/calls/settings/flows/{flow.pk}/versions/9/restore").status_code == 404


def test_what_was_typed_stays_with_its_problem(exchange, director, hello, flow):
    director.post(f"/calls/settings/flows/{flow.pk}/steps/new", {"kind": "menu"})
    save(director, flow, "n2", o__sound=hello.sound, o__tries="99", e__1="n1")
    page = director.get(f"/calls/settings/flows/{flow.pk}?open=n2").content.decode()
    assert "播放几遍应为 1 到 9 的整数" in page and 'value="99"' in page
    refused = save(director, flow, "n2", o__sound="c999/secret", e__1="n1", name="还是它")
    assert refused.status_code == 422 and "还是它" in refused.content.decode()
    assert flow.draft["nodes"][1]["options"]["sound"] == hello.sound
    assert save(director, flow, "n2", e__1="n77").status_code == 422


def test_a_step_is_removed_and_its_exits_lead_to_a_person(exchange, director, hello, flow):
    director.post(f"/calls/settings/flows/{flow.pk}/steps/new", {"kind": "prompt"})
    save(director, flow, "n2", o__sound=hello.sound, e__next="n1")
    director.post(f"/calls/settings/flows/{flow.pk}/steps/n2/start")
    director.post(f"/calls/settings/flows/{flow.pk}/steps/n1/remove")
    flow.refresh_from_db()
    left = {"id": "n2", "kind": "prompt", "name": "", "options": {"sound": hello.sound}, "exits": {}}
    assert flow.draft == {"start": "n2", "nodes": [left]}
    assert publish(director, flow).status_code == 302


def test_a_draft_that_makes_no_sense_is_still_a_page(exchange, director, flow):
    Flow.objects.update(draft=["nonsense"])
    assert "还没有任何一步" in director.get(f"/calls/settings/flows/{flow.pk}").content.decode()


def test_a_flow_names_only_what_its_centre_may(exchange, director, hello, tmp_path):
    Prompt.objects.create(centre=exchange.cast.other, code="theirs", name="邻市", text="您好")
    OtherDesk.objects.create(centre=exchange.cast.other, code="110", name="邻市公安", number="0571110")
    OtherDesk.objects.create(centre=exchange.centre, code="110", name="公安", number="110")
    known = known_of(exchange.centre)
    assert set(known.sounds) == {hello.sound} and set(known.queues) == {group.queue for group in exchange.groups.values()}
    assert list(known.desks.values()) == ["公安（110）"]
    told = {desk.code: desk.number for desk in plan_and_faults(tmp_path)[0].desks}
    assert told[next(iter(known.desks))] == "110"  # the same name as in the switch


@pytest.mark.req("R207")
def test_nobody_reaches_another_centres_flow(exchange, flow, client):
    client.force_login(exchange.cast.staff["director1@OTHER"], backend=BACKEND)
    assert client.get(f"/calls/settings/flows/{flow.pk}").status_code == 404
    assert client.post(f"/calls/settings/flows/{flow.pk}/publish", {"note": "x"}).status_code == 404
    assert client.post(f"/calls/settings/flows/{flow.pk}/steps/n1/remove").status_code == 404
    assert "默认导航" not in client.get("/calls/settings/flows/").content.decode()
