"""`huying leak-trace`: from an order that leaked to everybody who could have told (R154)."""

import json

import pytest
from django.core.management import CommandError, call_command

from huying.workorders.models import ExportRequest
from workorders.play import PHONE, Play

pytestmark = pytest.mark.django_db
BACKEND = "django.contrib.auth.backends.ModelBackend"


def trace(capsys, *arguments):
    call_command("leak_trace", *arguments)
    return [json.loads(line) for line in capsys.readouterr().out.splitlines() if line.startswith("{")]


@pytest.mark.req("R154")
def test_every_look_with_person_time_address_and_reason(cast, client, capsys):
    play, other = Play(cast, kind="help", is_sensitive=True, by="agent1").do("agent1", "submit"), Play(cast)
    play.do("reviewer1", "pass_review").do("reviewer1", "dispatch", unit="CG", opinion="请核实并答复").do("liaison1", "sign")
    client.force_login(cast.staff["liaison1"], backend=BACKEND)
    client.get(f"/orders/{play.number}/", REMOTE_ADDR="10.1.2.3")
    client.post(f"/orders/{play.number}/reveal/phone/", {"reason": "电话联系诉求人核实"}, REMOTE_ADDR="10.1.2.3")
    client.force_login(cast.staff["reviewer1"], backend=BACKEND)
    client.post(f"/orders/{play.number}/reveal/name/", {"reason": "核对诉求人姓名"})
    client.post("/orders/exports/new?desk=all", {"reason": "月度通报用，报送采购人", "format": "csv"})
    client.force_login(cast.staff["director1"], backend=BACKEND)
    request = ExportRequest.objects.get()
    client.post(f"/orders/exports/{request.pk}/decide", {"agree": "1"})
    client.force_login(cast.staff["reviewer1"], backend=BACKEND)
    assert client.post(f"/orders/exports/{request.pk}/file").status_code == 200
    client.force_login(cast.staff["dispatcher1@OTHER"], backend=BACKEND)
    assert client.get(f"/orders/{play.number}/").status_code == 404

    rows = trace(capsys, play.number, "--json")
    told = [(row["kind"], row["field"], row["who"].split("#")[0]) for row in rows]
    looked, showed, name = ("查看", "", "联络员甲"), ("显示敏感字段", "phone", "联络员甲"), ("显示敏感字段", "name", "审核员甲")
    assert told == [looked, showed, name, ("导出", "", "审核员甲")]  # nobody of the other city saw anything
    (phone,) = trace(capsys, play.number, "--json", "--field", "phone")
    assert phone["reason"] == "电话联系诉求人核实" and phone["ip"] == "10.1.2.3" and phone["request"] and len(phone["at"]) == 19
    assert phone["who"].endswith(f"#{cast.staff['liaison1'].pk}") and PHONE not in str(rows)
    assert "月度通报" in next(row["reason"] for row in rows if row["kind"] == "导出")
    assert {row["kind"] for row in trace(capsys, other.number, "--json")} == {"导出"}


def test_no_order_and_no_look_are_said(cast, capsys):
    with pytest.raises(CommandError, match="没有这张工单"):
        call_command("leak_trace", "450600")
    play = Play(cast)
    spaced = " ".join(play.number[start : start + 4] for start in range(0, len(play.number), 4))
    call_command("leak_trace", spaced)
    assert capsys.readouterr().out.strip() == "没有查看记录"
