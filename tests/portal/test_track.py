"""Follow an order: by phone and code, by number and query code, and nobody else's."""

import pytest

from huying.portal.models import TrackCode
from huying.portal.rules.limits import LIMITS
from huying.workorders.models import WorkOrder
from portal.visitor import PHONE, TRACK
from workorders.play import Play

pytestmark = pytest.mark.django_db
OTHERS = "13907700002"


def look(order, centre="DEMO"):
    return f"/portal/{centre}/track/{order.number}/"


def query_code(visitor):
    return visitor.page.split('portal-secret">')[1].split("<")[0]


@pytest.mark.req("R117")
def test_by_phone_and_code_straight_to_the_order(visitor, cast):
    order = Play(cast).order  # taken down by an agent on the phone: the same list
    answer = visitor.prove(number=f" {order.number[:6]} {order.number[6:]} ")
    assert answer["Location"] == look(order)
    visitor.follow(answer)
    assert "路灯不亮" in visitor.page


def test_the_history_of_a_proven_phone(visitor, another, cast):
    mine = [Play(cast, title=f"第 {n} 件").order for n in range(3)]
    theirs = Play(cast, title="别人的", phone=OTHERS).order
    visitor.follow(visitor.prove())
    assert all(order.title in visitor.page for order in mine) and theirs.number not in visitor.page
    visitor.get("/portal/DEMO/")
    assert "我的诉求" in visitor.page and "第 2 件" in visitor.page


def test_a_foreign_and_an_unknown_number_are_one_answer(visitor, cast):
    theirs = Play(cast, phone=OTHERS).order
    pages = []
    for number in (theirs.number, "4506000120261120999999"):
        visitor.follow(visitor.prove(number=number))
        pages.append(visitor.said().replace(number, "N"))
        visitor.post("/portal/DEMO/leave/")
        from huying.messaging.models import Message

        Message.objects.all().delete()  # the phone's own limit is tested elsewhere
    assert pages[0] == pages[1] and "请核对单号" in pages[0]


@pytest.mark.parametrize("what", ["", "add/", "urge/", "withdraw/", "rate/", "files/1/"])
def test_nobody_elses_order(visitor, another, cast, what):
    order = Play(cast, phone=OTHERS).order
    visitor.prove()
    for method in (visitor.get, visitor.post):
        answer = method(look(order) + what)
        assert answer.status_code in {302, 404}
        if answer.status_code == 302:
            assert answer["Location"] == TRACK
    order.refresh_from_db()
    assert order.urge_count == 0 and order.is_open


def test_without_any_proof(visitor, cast):
    order = Play(cast).order
    visitor.follow(visitor.get(look(order)))
    assert "再验证一次" in visitor.page and order.title not in visitor.page


def test_by_number_and_query_code(visitor, another):
    order = visitor.send_in()
    code = query_code(visitor)
    answer = another.post(TRACK, order_number=order.number, track_code=code.lower().replace("-", " "), _by_code="1")
    assert answer["Location"] == look(order)
    another.follow(answer)
    assert order.title in another.page
    another.get(TRACK)
    assert order.number in another.page


def test_the_code_of_one_order_opens_no_other(visitor, another, cast):
    visitor.send_in()
    code, theirs = query_code(visitor), Play(cast, phone=OTHERS).order
    another.post(TRACK, order_number=theirs.number, track_code=code, _by_code="1")
    assert "单号或查询码不对" in another.errors()
    assert another.get(look(theirs)).status_code == 302


def test_guessing_codes_of_one_number_is_stopped(visitor, another):
    order = visitor.send_in()
    for _ in range(10):
        another.post(TRACK, order_number=order.number, track_code="2222-2222", _by_code="1")
    another.client.defaults["REMOTE_ADDR"] = "198.51.100.99"  # nor from elsewhere
    answer = another.post(TRACK, order_number=order.number, track_code=query_code(visitor), _by_code="1")
    assert answer.status_code == 429 and "多次填错" in another.errors()
    assert visitor.get(look(order)).status_code == 200  # whoever has proven it is not shut out


def test_guessing_from_one_address_is_stopped(another, monkeypatch):
    limit = LIMITS["track_address"]
    monkeypatch.setitem(LIMITS, "track_address", type(limit)(3, limit.span, limit.words))
    for n in range(4):
        answer = another.post(TRACK, order_number=str(n), track_code="22222222", _by_code="1")
    assert answer.status_code == 429


def test_a_query_code_is_kept_as_a_hash(visitor):
    visitor.send_in()
    assert query_code(visitor).replace("-", "").encode() not in bytes(TrackCode.objects.get().code_hash)


def test_another_centres_order_is_not_here(visitor, cast):
    order = visitor.send_in("/portal/OTHER/send/", region_0="330100", region_1="")
    assert WorkOrder.objects.get().contact.phone == PHONE
    assert visitor.get(look(order, "OTHER")).status_code == 200
    assert visitor.get(look(order, "DEMO")).status_code == 302
    visitor.get(TRACK)
    assert order.number not in visitor.page


def test_leaving(visitor, cast):
    order = visitor.send_in()
    visitor.post("/portal/DEMO/leave/")
    assert visitor.get(look(order)).status_code == 302
    assert visitor.get("/portal/DEMO/leave/").status_code == 405


def test_a_signed_in_person_keeps_his_own_session(visitor, cast):
    visitor.client.force_login(cast.staff["agent1"], backend="django.contrib.auth.backends.ModelBackend")
    before = visitor.client.session.session_key
    visitor.follow(visitor.prove())
    assert visitor.client.session.session_key == before and "139****0001" in visitor.page


def test_a_visitors_session_gets_a_new_key_with_the_proof(visitor):
    visitor.post(TRACK, phone=PHONE, _code="1")
    before = visitor.client.session.session_key
    visitor.post(TRACK, phone=PHONE, code=visitor.code())
    assert visitor.client.session.session_key != before
