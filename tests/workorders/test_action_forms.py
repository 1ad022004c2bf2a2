"""Every step of an order's life through its form, as a browser without script sends it."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from huying.audit.models import Event
from huying.org.models import Staff
from huying.workorders.models import Application, Attachment, WorkOrder
from workorders.play import Play

pytestmark = pytest.mark.django_db
BACKEND = "django.contrib.auth.backends.ModelBackend"


@pytest.fixture(autouse=True)
def _files(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def upload(name="现场核实.txt"):
    return SimpleUploadedFile(name, "现场核实：灯泡已换，恢复照明。".encode(), "text/plain")


@pytest.fixture
def send(client, cast):
    """Open a form as a person and send it with what was said; the answer."""

    def sent(user, number, code, **said):
        client.force_login(Staff.objects.get(username=user), backend=BACKEND)
        address = f"/orders/{number}/do/{code}/"
        drawn = client.get(address, {"target": said.get("target", "")})
        assert drawn.status_code == 200, (user, code)
        hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', form_of(drawn.content.decode())))
        hidden.pop("csrfmiddlewaretoken", None)
        return client.post(address, {**hidden, **said})

    return sent


def form_of(text):
    begin = text.index('id="act-form"')
    return text[begin : text.index("</form>", begin)]


def state(play):
    return WorkOrder.objects.get(pk=play.order.pk).state


@pytest.mark.req("R102", "R279", "R287")
def test_the_main_way_from_draft_to_closed_goes_through_forms(send, cast):
    play = Play(cast)
    way = [
        ("agent1", "submit", {"note": "要素齐全"}, "to_review"), ("reviewer1", "pass_review", {}, "to_dispatch"),
        ("dispatcher1", "dispatch", {"unit": "城市管理局（CG）", "opinion": "请核实并答复", "assistants": ["ZJ", ""]}, "to_sign"),
        ("liaison1", "sign", {}, "handling"), ("liaison2", "sign", {}, "handling"),
        ("liaison1", "contact", {"way": "phone", "note": "已电话联系诉求人"}, "handling"),
        ("liaison1", "verify", {"who": "李工", "when": "2026-01-05T09:00", "way": "visit", "finding": "true",
                                "proof": upload()}, "handling"),
        ("liaison2", "assist_reply", {"reply": "已配合现场勘查并移交资料。"}, "handling"),
        ("liaison1", "reply", {"reply": "已于今日更换灯泡，路灯恢复照明。", "finding": "true", "outcome": "solved"}, "to_check"),
        ("reviewer1", "pass_check", {"note": "答复完整"}, "to_follow_up"),
        ("followup1", "start_follow_up", {}, "following_up"),
        ("followup1", "finish_follow_up", {"contacted": "yes", "solved": "yes", "satisfaction": "yes"}, "to_close"),
        ("reviewer1", "close", {}, "closed"), ("reviewer1", "reopen", {"reopen_kind": "mis_close", "reason": "误办结"}, "to_dispatch"),
    ]
    for user, code, said, after in way:
        answer = send(user, play.number, code, **said)
        assert answer.status_code == 302, (code, answer.content.decode()[:200])
        assert state(play) == after, code
    proof = Attachment.objects.get()
    assert proof.purpose == "proof" and proof.verification is not None


@pytest.mark.req("R281", "R289")
def test_applications_go_through_forms(send, cast):
    play = Play(cast).handling().do("liaison1", "contact", way="phone", note="已联系诉求人")
    assert send("liaison1", play.number, "request_extension", workdays="3", reason="等待配件到货", proof=upload()).status_code == 302
    assert send("reviewer1", play.number, "approve_extension", workdays="2", note="准两天").status_code == 302
    assert send("liaison1", play.number, "request_suspension", ground="testing", until="2099-01-05T09:00", reason="送检",
                proof=upload()).status_code == 302
    assert send("reviewer1", play.number, "reject_suspension", reason="无须送检").status_code == 302
    asked = send("liaison1", play.number, "request_return", clause="三定方案", proposed_unit="自来水", reason="不属于本单位")
    assert asked.status_code == 302
    drawn = send("reviewer1", play.number, "reject_return", reason="属于本单位")
    assert drawn.status_code == 302 and state(play) == "handling"
    assert list(Application.objects.order_by("id").values_list("kind", "state", "workdays")) == [
        ("extension", "approved", 3), ("suspension", "rejected", None), ("return", "rejected", None)]


def test_what_is_wrong_stands_beside_its_field_and_what_was_typed_is_kept(send, cast):
    play = Play(cast).handling()
    answer = send("liaison1", play.number, "verify", who="李工程师", when="", way="visit", finding="", note="现场已看", proof=upload())
    text = form_of(answer.content.decode())
    assert answer.status_code == 422 and 'value="李工程师"' in text and "现场已看" in text
    assert "请填写何时核实" in text and "请选择事实认定" in text
    answer = send("liaison1", play.number, "reply", reply="太短", finding="true", outcome="solved")
    assert answer.status_code == 422 and ">太短</textarea>" in form_of(answer.content.decode()).replace("\n", "")


def test_a_refusal_of_the_operation_stands_in_the_form_and_its_files_need_not_be_sent_again(send, cast):
    play = Play(cast).handling()
    first = send("liaison1", play.number, "request_extension", workdays="3", reason="等待配件到货", proof=upload())
    text = form_of(first.content.decode())
    assert first.status_code == 422 and "须先联系诉求人" in text and "已上传：现场核实.txt" in text
    kept = Attachment.objects.get().pk
    play.do("liaison1", "contact", way="phone", note="已联系诉求人")
    again = send("liaison1", play.number, "request_extension", workdays="3", reason="等待配件到货", proof_kept=str(kept))
    assert again.status_code == 302 and Attachment.objects.get().application is not None


def test_a_file_that_may_not_be_taken_is_named(send, cast):
    play = Play(cast).handling()
    evil = SimpleUploadedFile("照片.jpg", b"MZ\x90\x00" + b"\x00" * 200, "image/jpeg")
    answer = send("liaison1", play.number, "supplement", note="补充照片", files=evil)
    assert answer.status_code == 422 and "照片.jpg：" in form_of(answer.content.decode()) and not Attachment.objects.exists()


def test_a_form_sent_twice_has_one_effect(client, cast, send):
    play = Play(cast).handling()
    client.force_login(cast.staff["agent1"], backend=BACKEND)
    said = {"request_id": "0" * 32, "note": "市民又来电催促", "files": ""}
    answers = [client.post(f"/orders/{play.number}/do/urge/", said) for _ in range(2)]
    assert {answer.status_code for answer in answers} == {302}
    assert Event.objects.filter(stream_id=play.order.pk, kind="urge").count() == 1
    files = [client.post(f"/orders/{play.number}/do/supplement/", {"request_id": "1" * 32, "note": "补充", "files": upload()})
             for _ in range(2)]
    assert {answer.status_code for answer in files} == {302} and Attachment.objects.count() == 1


def test_who_comes_late_is_told_who_was_faster(send, cast, client):
    play = Play(cast).to_dispatch()
    client.force_login(cast.staff["dispatcher1"], backend=BACKEND)
    play.do("reviewer1", "dispatch", unit="CG", opinion="请办理")
    answer = client.post(f"/orders/{play.number}/do/dispatch/", {"unit": "ZJ", "opinion": "请办理"})
    text = answer.content.decode()
    assert answer.status_code == 409 and cast.staff["reviewer1"].name in text and "派单" in text and "待签收" in text


def test_units_are_found_by_part_of_their_name_and_never_outside(send, cast, client):
    play = Play(cast).to_dispatch()
    unclear = send("dispatcher1", play.number, "dispatch", unit="局", opinion="请办理")
    assert unclear.status_code == 422 and "2 个单位符合" in unclear.content.decode()
    other = send("dispatcher1", play.number, "dispatch", unit="不存在的单位", opinion="请办理")
    assert other.status_code == 422 and "没有找到" in other.content.decode()
    options = client.get(f"/orders/{play.number}/units", {"as": "options", "unit": "水"}).content.decode()
    assert "自来水公司（SW）" in options and "城市管理局" not in options
    assert send("dispatcher1", play.number, "dispatch", unit="自来水", opinion="请办理").status_code == 302


@pytest.mark.req("R288")
def test_a_delegation_offers_only_sub_units(cast, client):
    play = Play(cast).handling()
    client.force_login(cast.staff["liaison1"], backend=BACKEND)
    text = form_of(client.get(f"/orders/{play.number}/do/delegate/").content.decode())
    assert "市容管理科（CG-1）" in text and "自来水公司" not in text


def test_the_refusal_code_brings_its_script(client, cast):
    play = Play(cast)
    client.force_login(cast.staff["agent1"], backend=BACKEND)
    drawn = client.get(f"/orders/{play.number}/do/decline/", {"code": "N02"}).content.decode()
    assert "请拨打当地区号加 12345" in form_of(drawn)
    other = client.post(f"/orders/{play.number}/do/decline/", {"_refresh": "1", "code": "N08", "script": ""}, HTTP_HX_REQUEST="true")
    assert other.status_code == 200 and "本次通话没有具体诉求" in other.content.decode() and "<html" not in other.content.decode()
    assert state(play) == "draft"


def test_htmx_gets_the_form_alone(client, cast):
    play = Play(cast).handling()
    client.force_login(cast.staff["liaison1"], backend=BACKEND)
    part = client.get(f"/orders/{play.number}/do/contact/", HTTP_HX_REQUEST="true").content.decode()
    assert 'id="act-form"' in part and "<html" not in part


def test_afterwards_back_to_the_list_but_never_to_a_stranger(client, cast):
    play = Play(cast).handling()
    client.force_login(cast.staff["agent1"], backend=BACKEND)
    for given, wanted in (("/orders/desk/mine/", "/orders/desk/mine/"), ("https://evil.example/", f"/orders/{play.number}/"),
                          ("//evil.example/", f"/orders/{play.number}/"), ("", f"/orders/{play.number}/")):
        answer = client.post(f"/orders/{play.number}/do/comment/", {"note": "记一笔", "next": given})
        assert answer["Location"] == wanted


def test_no_right_no_form(client, cast):
    play = Play(cast).to_dispatch()
    client.force_login(cast.staff["agent1"], backend=BACKEND)
    for code in ("dispatch", "close", "remind", "nonsense"):
        assert client.get(f"/orders/{play.number}/do/{code}/").status_code == 404
        assert client.post(f"/orders/{play.number}/do/{code}/", {"unit": "CG", "opinion": "请办理"}).status_code == 404
    assert state(play) == "to_dispatch"
