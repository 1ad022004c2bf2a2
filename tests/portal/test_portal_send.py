"""Tell the hotline something, all on one page, without JavaScript (R085, R103, R117, R274)."""

import pytest

from huying.audit.models import Event
from huying.portal.models import OnlineDraft, PhoneCode
from huying.workorders.models import Attachment, Clock, WorkOrder
from portal.visitor import PHONE, SEND, TEXT, photo, recording

pytestmark = pytest.mark.django_db


@pytest.mark.req("R117", "R103", "R274")
def test_an_appeal_becomes_an_order_of_the_common_pool(visitor, cast):
    order = visitor.send_in(name="张先生")
    assert (order.channel, order.state, order.centre_id, order.kind) == ("web", "to_review", cast.demo.pk, "help")
    assert order.title == "海湾社区门口的路灯三天没有亮了，晚上老人出门看不清路"
    assert (order.content, order.region_id) == (TEXT, "450602")
    assert (order.place, order.contact.address) == ("海湾花园", "3栋2单元501")
    assert (order.contact.name, order.contact.phone) == ("张先生", PHONE)
    assert order.created_by is None and order.caller is not None
    assert Event.objects.get(stream="order", stream_id=order.pk, kind="create").actor_kind == "citizen"
    assert set(order.clocks.values_list("kind", flat=True)) == {Clock.Kind.ANSWER, Clock.Kind.REVIEW}
    said = visitor.said()
    assert order.number in visitor.page and "查询码" in said and "最晚" in said
    assert "已登记" in visitor.told()


def test_no_department_and_no_type_need_be_chosen(visitor):
    visitor.get(SEND)
    assert "部门" in visitor.page and "承办单位" in visitor.page  # as words of help only
    assert 'name="unit"' not in visitor.page
    assert visitor.send_in(content="请问居住证在哪里办理，需要带什么材料？").kind == "consultation"


@pytest.mark.req("R085")
def test_a_tourist_is_known_as_one_and_gets_the_short_terms(visitor):
    order = visitor.send_in(identity="tourist", content="景区停车场乱收费，要求退还多收的停车费", kind="complaint")
    assert order.caller_kind == "tourist" and order.caller.kind == "tourist"
    assert order.clocks.get(kind=Clock.Kind.ANSWER).term["workdays"] == 3  # a resident's is 6


def test_confidential_and_own_choice_of_type(visitor):
    order = visitor.send_in(confidential="on", kind="complaint")
    assert order.confidential and order.kind == "complaint"


def test_all_that_was_typed_and_every_file_survives_an_error(visitor):
    visitor.fill(place="", region_1="", phone="123", photo=photo(), papers=[photo("二.jpg"), recording()])
    assert TEXT in visitor.page and "123" in visitor.page
    assert "请填 11 位手机号" in visitor.errors() and "在哪里" in visitor.errors()
    assert all(name in visitor.said() for name in ("现场.jpg", "二.jpg", "录音.wav"))
    assert not WorkOrder.objects.exists()
    visitor.get(SEND)  # the battery died, the page is opened again
    assert TEXT in visitor.page and "现场.jpg" in visitor.page
    order = visitor.send_in()
    assert sorted(order.attachments.values_list("name", "purpose")) == [
        ("二.jpg", "appeal"), ("录音.wav", "appeal"), ("现场.jpg", "appeal")]


def test_a_bad_file_is_named_the_good_ones_stay(visitor):
    from django.core.files.uploadedfile import SimpleUploadedFile

    bad = SimpleUploadedFile("抢红包.exe", b"MZ\x90\x00" + bytes(100), "image/jpeg")
    visitor.fill(papers=[photo(), bad])
    assert "抢红包.exe" in visitor.errors() and "收不了" in visitor.errors()
    assert "现场.jpg" in visitor.said() and not WorkOrder.objects.exists()


def test_a_file_can_be_taken_off_again(visitor):
    visitor.fill(_keep="1", photo=photo())
    file = Attachment.objects.get()
    visitor.post(SEND, {**visitor.hidden(), "content": TEXT, "_remove": str(file.pk)})
    assert not Attachment.objects.exists() and TEXT in visitor.page and not visitor.errors()


def test_speaking_is_enough(visitor):
    order = visitor.send_in(content="", voice=recording())
    assert "录音" in order.content and order.attachments.get().media_type == "audio/wav"


def test_the_third_level_of_places_without_javascript(visitor):
    visitor.fill(_refresh="region", region_2="")
    assert "渔洲坪街道" in visitor.page and TEXT in visitor.page and not visitor.errors()
    assert visitor.get("/portal/DEMO/regions/", parent="450602001").status_code == 200
    assert "海湾社区" in visitor.page


def test_a_double_click_makes_one_order(visitor, another):
    visitor.fill(_code="1")
    form = {"content": TEXT, "place": "海湾花园", "phone": PHONE, "code": visitor.code(), **visitor.hidden()}
    first, second = visitor.post(SEND, form), visitor.post(SEND, form)
    assert first["Location"] == second["Location"] and WorkOrder.objects.count() == 1
    visitor.follow(second)
    assert WorkOrder.objects.get().number in visitor.page


def test_the_first_request_of_all_pressed_twice(visitor):
    """No session cookie yet: the page's own token holds the two together."""
    visitor.get(SEND)
    form = {"content": TEXT, **visitor.hidden()}
    visitor.post(SEND, form)
    visitor.client.cookies.clear()
    visitor.post(SEND, form)
    assert OnlineDraft.objects.count() == 1


def test_a_phone_proven_once_needs_no_second_code(visitor):
    visitor.send_in()
    visitor.send_in(content="天桥的扶手松了，走过去一摇一晃很危险", place="兴港大道天桥", code="")
    assert WorkOrder.objects.count() == 2 and PhoneCode.objects.count() == 1


@pytest.mark.req("R097")
def test_the_same_matter_again_is_shown_first(visitor):
    first = visitor.send_in()
    visitor.fill(content="海湾社区门口的路灯还是没有亮，三天了", code="")
    assert "您反映的是这件事吗" in visitor.page and first.number in visitor.page
    assert WorkOrder.objects.count() == 1
    answer = visitor.fill(content="海湾社区门口的路灯还是没有亮，三天了", _again="1")
    assert answer.status_code == 302 and WorkOrder.objects.count() == 2


def test_nothing_of_it_lies_open_in_the_database(visitor):
    visitor.fill(content="我叫张小满，住在三栋", phone="139 0770 0001")
    kept = OnlineDraft.objects.get()
    assert kept.sealed and "张小满".encode() not in bytes(kept.sealed) and b"0770" not in bytes(kept.sealed)


def test_after_sending_the_draft_is_empty(visitor):
    visitor.send_in()
    kept = OnlineDraft.objects.get()
    assert not kept.sealed and not kept.files and kept.order_id
    visitor.get(SEND)
    assert TEXT not in visitor.page


def test_throwing_it_away(visitor):
    visitor.fill(_keep="1", photo=photo())
    visitor.post(SEND, {**visitor.hidden(), "content": TEXT, "_clear": "1"})
    assert not OnlineDraft.objects.exists() and not Attachment.objects.exists()


def test_danger_names_the_emergency_numbers(visitor):
    visitor.send_in(content="楼下的餐馆着火了，冒很大的黑烟")
    assert "如果现在就有危险" in visitor.page and "tel:119" in visitor.page


def test_the_query_code_can_be_read_until_it_is_written_down(visitor, another):
    visitor.send_in()
    code = visitor.page.split('portal-secret">')[1].split("<")[0]
    path = f"/portal/DEMO/sent/{OnlineDraft.objects.get().key}/"
    assert code in visitor.get(path).content.decode()  # reloaded by mistake
    assert another.get(path).status_code == 404
    visitor.post(path)
    assert code not in visitor.get(path).content.decode()


@pytest.mark.req("R041", "R117")
def test_a_special_template_asks_its_own_questions(visitor):
    path = "/portal/DEMO/send/mayor_mailbox/"
    visitor.fill(path)
    assert "请填写来信主题" in visitor.errors() and "请选择希望的答复方式" in visitor.errors()
    order = visitor.send_in(path, extra_letter_subject="老旧小区加装电梯", extra_reply_way="letter")
    assert order.template.code == "mayor_mailbox" and order.number.startswith("QZ")
    assert order.fields == {"letter_subject": "老旧小区加装电梯", "reply_way": "letter"}


def test_an_unknown_template_or_centre_is_not_there(visitor, cast):
    assert visitor.get("/portal/DEMO/send/nonsense/").status_code == 404
    assert visitor.get("/portal/NOWHERE/send/").status_code == 404
    type(cast.other).objects.filter(pk=cast.other.pk).update(is_active=False)
    assert visitor.get("/portal/OTHER/").status_code == 404


def test_the_other_city_takes_its_own(visitor, cast):
    order = visitor.send_in("/portal/other/send/", region_0="330100", region_1="")
    assert order.centre_id == cast.other.pk


def test_only_looking_leaves_nothing_behind(visitor):
    from django.contrib.sessions.models import Session

    for path in ("/portal/DEMO/", SEND, "/portal/DEMO/track/", "/portal/DEMO/reward/", "/portal/DEMO/rate/"):
        visitor.get(path)
    assert not Session.objects.exists() and not OnlineDraft.objects.exists()


def test_home_and_front(visitor, client, cast):
    assert visitor.get("/")["Location"] == "/portal/DEMO/" == visitor.get("/portal/")["Location"]
    visitor.get("/portal/DEMO/")
    assert all(word in visitor.page for word in ("我要反映", "查进度", "举报奖励查询", "评价", "安全生产举报", "区长信箱"))
    client.force_login(cast.staff["agent1"], backend="django.contrib.auth.backends.ModelBackend")
    assert client.get("/")["Location"] != "/portal/DEMO/"
