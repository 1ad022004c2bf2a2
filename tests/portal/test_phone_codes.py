"""Six digits, five minutes, five tries, hashed, limited per phone and per address."""

from datetime import timedelta

import pytest

from huying.kernel import clock
from huying.messaging.models import Message
from huying.portal.models import PhoneCode
from huying.portal.rules.limits import LIMITS
from portal.visitor import PHONE, TRACK

pytestmark = pytest.mark.django_db
ASK = "/portal/DEMO/code/"


def proven(visitor):
    return "验证" in visitor.page and "退出" in visitor.page


def test_the_right_code_proves_the_phone(visitor):
    visitor.follow(visitor.prove())
    assert "139****0001" in visitor.page and "我的诉求" in visitor.page


def test_only_hashes_are_kept(visitor):
    visitor.post(TRACK, phone=PHONE, _code="1")
    row, code = PhoneCode.objects.get(), visitor.code()
    assert code.encode() not in bytes(row.digest) and len(code) == 6
    assert PHONE.encode() not in bytes(row.phone_hash)
    assert code not in visitor.page  # no demonstration: the code is in the message only


def test_a_demonstration_shows_the_code(visitor, settings):
    settings.DEMO = True
    visitor.post(TRACK, phone=PHONE, _code="1")
    assert visitor.code() in visitor.page and "演示" in visitor.page


def test_five_tries_then_it_is_dead(visitor):
    visitor.post(TRACK, phone=PHONE, _code="1")
    right = visitor.code()
    wrong = "000000" if right != "000000" else "111111"
    for left in (4, 3, 2, 1):
        visitor.post(TRACK, phone=PHONE, code=wrong)
        assert f"还可以再试 {left} 次" in visitor.errors()
    visitor.post(TRACK, phone=PHONE, code=wrong)
    assert "重新获取" in visitor.errors()
    visitor.post(TRACK, phone=PHONE, code=right)
    assert "重新获取" in visitor.errors() and not proven(visitor)


def test_five_minutes(visitor):
    with clock.frozen(clock.now()) as time:
        visitor.post(TRACK, phone=PHONE, _code="1")
        time.tick(timedelta(minutes=5))
        visitor.post(TRACK, phone=PHONE, code=visitor.code())
        assert "过期" in visitor.errors()


def test_used_once(visitor, another):
    visitor.prove()
    code = visitor.code()
    visitor.post("/portal/DEMO/leave/")
    visitor.post(TRACK, phone=PHONE, code=code)
    assert "获取验证码" in visitor.errors()


def test_another_browser_cannot_use_it_or_use_it_up(visitor, another):
    visitor.post(TRACK, phone=PHONE, _code="1")
    for _ in range(6):
        another.post(TRACK, phone=PHONE, code=visitor.code())
        assert "请先点" in another.errors()
    assert visitor.post(TRACK, phone=PHONE, code=visitor.code()).status_code == 302


def test_a_code_for_one_phone_proves_no_other(visitor):
    visitor.post(TRACK, phone=PHONE, _code="1")
    visitor.post(TRACK, phone="13907700002", code=visitor.code())
    assert "请先点" in visitor.errors()


def test_the_phones_own_limit_is_said(visitor, another):
    visitor.post(TRACK, phone=PHONE, _code="1")
    another.post(TRACK, phone=PHONE, _code="1")
    assert "1 分钟后再试" in another.errors() and Message.objects.count() == 1


def test_a_second_click_sends_nothing(visitor):
    visitor.post(ASK, phone=PHONE)
    visitor.post(ASK, phone=PHONE)
    assert "还有效" in visitor.page and PhoneCode.objects.count() == 1


def test_one_address_cannot_write_to_the_whole_town(another, monkeypatch):
    limit = LIMITS["code_address"]
    monkeypatch.setitem(LIMITS, "code_address", type(limit)(3, limit.span, limit.words))
    for place in range(5):
        another.client.cookies.clear()
        another.post(ASK, phone=f"1390770001{place}")
    assert Message.objects.count() == 3 and "过于频繁" in another.page and "12345" in another.page


def test_guessing_from_one_address_is_stopped(visitor, monkeypatch):
    limit = LIMITS["wrong_address"]
    monkeypatch.setitem(LIMITS, "wrong_address", type(limit)(3, limit.span, limit.words))
    visitor.post(TRACK, phone=PHONE, _code="1")
    for _ in range(3):
        visitor.client.cookies.clear()
        assert visitor.post(TRACK, phone=PHONE, code="123456").status_code == 200
    answer = visitor.post(TRACK, phone=PHONE, code="123456")
    assert answer.status_code == 429 and "多次填错" in visitor.errors()


def test_codes_typed_as_people_type(visitor):
    visitor.post(TRACK, phone="+86 139-0770 0001", _code="1")
    code = visitor.code()
    spaced = f"{code[:3]} {code[3:]}".translate({ord(str(n)): chr(0xFF10 + n) for n in range(10)})
    assert visitor.post(TRACK, phone="１３９０７７００００１", code=spaced).status_code == 302


@pytest.mark.parametrize("phone", ["", "110", "0770-2823456", "<script>", "1390770000", "139077000011"])
def test_what_is_no_mobile_number_is_said_at_once(visitor, phone):
    visitor.post(ASK, phone=phone)
    assert "手机号" in visitor.page and not Message.objects.exists()


def test_half_an_hour_without_use_ends_it(visitor):
    with clock.frozen(clock.now()) as time:
        visitor.prove()
        time.tick(timedelta(minutes=29))
        visitor.get(TRACK)
        assert "139****0001" in visitor.page
        time.tick(timedelta(minutes=29))  # looked a moment ago, so it goes on
        visitor.get(TRACK)
        assert "139****0001" in visitor.page
        time.tick(timedelta(minutes=31))
        visitor.get(TRACK)
        assert "139****0001" not in visitor.page


def test_messages_switched_off_is_said(visitor, cast):
    from huying.messaging.models import Template
    from huying.messaging.queries import forget_voices

    Template.objects.create(centre=cast.demo, scene="code", text="{code}", is_on=False, updated_at=clock.now())
    forget_voices()
    visitor.post(ASK, phone=PHONE)
    forget_voices()
    assert "收不到验证码" in visitor.page and "12345" in visitor.page


def test_the_session_holds_no_phone_in_the_clear(visitor):
    from django.contrib.sessions.models import Session

    visitor.prove()
    assert all(PHONE not in str(row.get_decoded()) for row in Session.objects.all())
