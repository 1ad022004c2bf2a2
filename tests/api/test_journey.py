"""An appeal from the API to the closing review, every step through the API alone."""

import io

import pytest
from caller import ORDERS, Api
from PIL import Image

from huying.audit.models import Access
from huying.workorders.models import WorkOrder

pytestmark = pytest.mark.django_db


def photo() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (40, 30), "green").save(out, "JPEG")
    return out.getvalue()


@pytest.fixture
def api(cast):
    made: dict[str, Api] = {}

    def of(name: str) -> Api:
        return made.setdefault(name, Api(cast.staff[name]))

    return of


def ok(answer):
    assert answer.status_code in {200, 201}, answer.content.decode()
    return answer.json()


def names(api, number):
    return {row["code"]: row for row in ok(api.get(f"{ORDERS}/{number}/actions"))["items"]}


@pytest.mark.req("R239")
def test_the_whole_way(api):
    number = api("agent1").create()
    at = f"{ORDERS}/{number}"
    assert ok(api("reviewer1").post(f"{at}/pass_review", {"note": "要素齐全"}))["state"] == "to_dispatch"
    ok(api("dispatcher1").post(f"{at}/dispatch", {"unit": "CG", "opinion": "请核实路灯", "assistants": ["ZJ"]}))
    unit = api("liaison1")
    assert {"sign", "request_return", "supplement"} <= set(names(unit, number))
    assert "dispatch" not in names(unit, number)
    assert ok(unit.post(f"{at}/sign"))["state"] == "handling"
    ok(unit.post(f"{at}/contact", {"way": "phone", "note": "已致电诉求人"}))
    ok(unit.post(f"{at}/delegate", {"unit": "CG-1", "due": soon(api, number), "opinion": "现场查看"}))
    ok(api("subliaison1").post(f"{at}/sign"))
    ok(api("subliaison1").post(f"{at}/assist_reply", {"reply": "现场查看属实，已安排更换。"}))
    ok(api("liaison2").post(f"{at}/sign"))
    ok(api("liaison2").post(f"{at}/assist_reply", {"reply": "小区内线路无故障，已核对。"}))
    proof = ok(unit.send(f"{at}/attachments", "现场.jpg", photo(), purpose="proof"))
    fields = {row["name"]: row for row in names(unit, number)["verify"]["fields"]}
    assert fields["proof"]["required"] and fields["way"]["choices"][0]["value"] == "phone"
    refused = unit.post(f"{at}/reply", {"reply": "已更换路灯灯泡，恢复照明。", "finding": "true", "outcome": "solved"})
    assert (refused.status_code, refused.json()["code"]) == (409, "not_verified")
    ok(unit.post(f"{at}/verify", {
        "who": "李科长", "when": "2026-01-05T10:00:00+08:00", "way": "visit", "finding": "true", "proof": [proof["id"]],
    }))
    said = ok(unit.post(f"{at}/reply", {"reply": "已更换路灯灯泡，恢复照明。", "finding": "true", "outcome": "solved"}))
    assert said["state"] == "to_check" and said["tasks"][0]["verifications"][0]["who"] == "李科长"
    assert ok(api("reviewer1").post(f"{at}/pass_check"))["state"] == "to_follow_up"
    kinds = [row["kind"] for row in ok(api("director1").get(f"{at}/events"))["items"]]
    assert kinds[0] == "create" and kinds[-1] == "pass_check" and "delegate" in kinds


def soon(api, number) -> str:
    clocks = ok(api("liaison1").get(f"{ORDERS}/{number}"))["clocks"]
    return next(row["due_at"] for row in clocks if row["kind"] == "handle")


def test_applications_are_made_and_decided(api):
    number = api("agent1").create()
    at = f"{ORDERS}/{number}"
    ok(api("dispatcher1").post(f"{at}/dispatch", {"unit": "CG", "opinion": "请核实"}))
    ok(api("liaison1").post(f"{at}/sign"))
    ok(api("liaison1").post(f"{at}/request_return", {"clause": "职责清单第 3 条", "proposed_unit": "ZJ", "reason": "不属本单位职责"}))
    plea = ok(api("reviewer1").get(at))["pleas"][0]
    offered = names(api("reviewer1"), number)
    assert offered["approve_return"]["targets"] == [{"id": plea["id"], "label": "城市管理局"}]
    assert ok(api("reviewer1").post(f"{at}/approve_return", {"blame": "dispatcher", "target": plea["id"]}))["state"] == "to_dispatch"
    assert "approve_return" not in names(api("reviewer1"), number)


def test_points_are_split_off_by_the_numbers_offered(api):
    number, plain = api("agent1").create(points=["路灯不亮", "井盖松动"]), api("agent1").create()
    (field,) = [row for row in names(api("dispatcher1"), number)["split"]["fields"] if row["name"] == "points"]
    (cover,) = [row["value"] for row in field["choices"] if row["label"] == "井盖松动"]
    left = ok(api("dispatcher1").post(f"{ORDERS}/{number}/split", {"points": [int(cover)], "reason": "两件不同的事"}))
    assert left["points"] == ["路灯不亮"] and ok(api("dispatcher1").get(ORDERS))["items"][0]["title"] == "井盖松动"
    offered = {*names(api("director1"), plain), *names(api("dispatcher1"), plain)}
    assert "comment" in offered and not offered & {"split", "grant_reward", "pay_reward"}  # nothing to split, no reward promised


def test_the_second_is_told_who_was_faster(api):
    number = api("agent1").create()
    at = f"{ORDERS}/{number}/dispatch"
    ok(api("dispatcher1").post(at, {"unit": "CG", "opinion": "请核实"}))
    late = api("reviewer1").post(at, {"unit": "ZJ", "opinion": "请核实"})
    assert (late.status_code, late.json()["code"]) == (409, "already_done")
    assert "工单员甲" in late.json()["detail"] and "派单" in late.json()["detail"]


def test_a_repeated_action_has_one_effect(api):
    number = api("agent1").create()
    at = f"{ORDERS}/{number}/urge"
    for _ in range(3):
        ok(api("agent1").post(at, {"note": "市民再次来电催办"}, Idempotency_Key="u-1"))
    assert WorkOrder.objects.get(number=number).urge_count == 1
    other = api("agent1").post(at, {"note": "另一次催办"}, Idempotency_Key="u-1")
    assert (other.status_code, other.json()["code"]) == (409, "key_reused")
    ok(api("agent1").post(at, {"note": "另一次催办"}, X_Request_ID="x" * 60))
    assert WorkOrder.objects.get(number=number).urge_count == 2


def test_an_older_version_is_not_decided_on(api):
    number = api("agent1").create()
    at = f"{ORDERS}/{number}"
    version = ok(api("agent1").get(f"{at}/actions"))["version"]
    ok(api("agent1").post(f"{at}/comment", {"note": "补充说明"}))
    late = api("agent1").post(f"{at}/withdraw", {"reason": "市民撤回", "version": version})
    assert (late.status_code, late.json()["code"]) == (409, "already_done")


def test_who_may_not_is_told_apart_from_who_may_not_know(api, cast):
    number = api("agent1").create()
    at = f"{ORDERS}/{number}/dispatch"
    assert api("agent1").post(at).status_code == 403  # sees it, may not dispatch; asked before the fields are
    assert api("liaison3").post(at).status_code == 404  # not sent to this unit
    assert Api(cast.staff["dispatcher1@OTHER"]).post(at, {"unit": "CG", "opinion": "请核实"}).status_code == 404
    assert {row.actor_name for row in Access.objects.filter(kind="refused", path=at)} == {
        cast.staff[name].name for name in ("agent1", "liaison3", "dispatcher1@OTHER")
    }


@pytest.mark.parametrize(
    ("data", "field"),
    [({}, "unit"), ({"unit": "CG"}, "opinion"), ({"unit": "NO", "opinion": "请核实"}, "unit"), ({"unit": {}, "opinion": "请核实"}, "unit"),
     ({"unit": "CG", "opinion": 5}, "opinion"), ({"unit": "CG", "opinion": "请核实", "clause": "x" * 301}, "clause"),
     ({"unit": "CG", "opinion": "请核实", "assistants": "ZJ"}, "assistants"), ({"unit": "CG", "opinion": "请核实", "foo": 1}, "foo"),
     ({"unit": 99999999999, "opinion": "请核实"}, "unit"), ({"unit": True, "opinion": "请核实"}, "unit"),
     ({"unit": "CG", "opinion": "请核实", "version": "1"}, "version")],
)
def test_faults_of_an_action_are_named(api, data, field):
    number = api("agent1").create()
    answer = api("dispatcher1").post(f"{ORDERS}/{number}/dispatch", data)
    assert answer.status_code == 422, answer.content.decode()
    assert field in {row["field"] for row in answer.json()["errors"]}


@pytest.mark.req("R167")
def test_units_see_neither_numbers_nor_reporters(api):
    number = api("agent1").create(
        type="report", content="请联系我 13907700001，身份证 450602199001011234，厂里夜间偷排污水。", confidential=True
    )
    open_one = api("agent1").create(content="请回电 13907700001，路灯不亮很久了。")
    ok(api("reviewer1").post(f"{ORDERS}/{number}/pass_review", {}))
    for one in (number, open_one):
        ok(api("dispatcher1").post(f"{ORDERS}/{one}/dispatch", {"unit": "CG", "opinion": "请核实后联系 13907700001"}))
    seen = ok(api("liaison1").get(f"{ORDERS}/{number}"))
    assert seen["caller"] is None and "13907700001" not in str(seen) and "450602199001011234" not in str(seen)
    assert "13907700001" not in api("liaison1").get(f"{ORDERS}/{number}/events").content.decode()
    assert api("liaison1").post(f"{ORDERS}/{number}/reveal", {"field": "phone", "reason": "需要联系诉求人"}).status_code == 403
    shown = ok(api("liaison1").get(f"{ORDERS}/{open_one}"))
    assert shown["caller"]["phone"] == "139****0001" and "13907700001" not in str(shown)
    centre = ok(api("dispatcher1").get(f"{ORDERS}/{open_one}"))
    assert centre["caller"] == {
        "name": "张**", "phone": "139****0001", "id_number": "", "address": "海湾小区***", "kind": "resident"
    }


@pytest.mark.req("R154")
def test_revealing_needs_a_reason_and_leaves_a_trace(api):
    number = api("agent1").create()
    at = f"{ORDERS}/{number}/reveal"
    assert api("agent1").post(at, {"field": "phone", "reason": ""}).status_code == 422
    assert api("agent1").post(at, {"field": "password", "reason": "需要联系诉求人"}).status_code == 422
    assert ok(api("agent1").post(at, {"field": "phone", "reason": "需要联系诉求人"})) == {"field": "phone", "value": "13907700001"}
    assert Access.objects.filter(kind="reveal", field="phone", reason="需要联系诉求人").count() == 1
    assert api("buyer1").post(at, {"field": "phone", "reason": "需要联系诉求人"}).status_code == 403


def test_files_of_an_order(api, cast):
    number = api("agent1").create()
    at = f"{ORDERS}/{number}/attachments"
    made = ok(api("agent1").send(at, "../../照片.jpg", photo()))
    assert (made["name"], made["media_type"], made["purpose"]) == ("照片.jpg", "image/jpeg", "supplement")
    assert [row["id"] for row in ok(api("agent1").get(at))["items"]] == [made["id"]]
    content = api("agent1").get(made["url"])
    assert content.status_code == 200 and b"".join(content.streaming_content)[:2] == b"\xff\xd8"
    assert Access.objects.filter(kind="download").count() == 1
    assert api("agent1").send(at, "x.html", b"<script>alert(1)</script>").status_code == 422
    assert api("agent1").send(at, "x.jpg", photo(), purpose="secret").status_code == 422
    assert api("agent1").post(at, {"file": "x"}).status_code == 422
    assert api("agent1").call("POST", at, raw=b"--x", Content_Type="multipart/form-data").status_code == 400
    assert Api(cast.staff["agent1@OTHER"]).get(made["url"]).status_code == 404
    other = api("agent1").create()
    assert api("agent1").get(f"{ORDERS}/{other}/attachments/{made['id']}").status_code == 404
    assert api("agent1").get(f"{at}/99999999999999999999").status_code == 404
