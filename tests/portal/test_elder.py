"""The large-type version: one question at a time, 22 px, remembered (R117)."""

import re

import pytest

from huying.portal.models import OnlineDraft, PhoneCode
from huying.workorders.models import WorkOrder
from portal.visitor import PHONE, REPORT, SEND, TEXT, Visitor, photo

pytestmark = [pytest.mark.django_db, pytest.mark.req("R117")]


@pytest.fixture
def elder(cast):
    return Visitor(elder=True)


def step(visitor, answer=None, **said):
    """Answer the question on the page and go where it leads."""
    answer = visitor.post(SEND, {**visitor.hidden(), **said})
    return visitor.follow(answer) if answer.status_code == 302 else answer


def question(visitor):
    return re.search(r"<h1>(.*?)</h1>", visitor.page)[1], re.search(r"第 (\d) 步，共 (\d) 步", visitor.page).groups()


def test_five_questions_one_after_the_other(elder):
    elder.get(SEND)
    assert "hy-elder" in elder.page and question(elder) == ("请告诉我们发生了什么", ("1", "5"))
    step(elder, content=TEXT, photo=photo())
    assert question(elder) == ("这件事在哪里？", ("2", "5"))
    step(elder, region_0="450600", region_1="450602", place="")
    assert question(elder) == ("怎么联系您？", ("3", "5"))
    step(elder, phone=PHONE, name="")
    assert question(elder) == ("请填短信里的 6 位数字", ("4", "5")) and "验证码已发到 139****0001" in elder.page
    step(elder, code=elder.code())
    assert question(elder) == ("看一遍，没问题就提交", ("5", "5"))
    assert all(word in elder.page for word in (TEXT, "港口区", PHONE))
    step(elder, identity="resident")
    order = WorkOrder.objects.get()
    assert order.number in elder.page and order.attachments.count() == 1 and order.region_id == "450602"


def test_what_is_missing_is_said_at_once(elder):
    elder.get(SEND)
    step(elder, content="")
    assert question(elder)[1][0] == "1" and "请写下发生了什么" in elder.errors()
    step(elder, content=TEXT)
    step(elder, region_0="450600", place="")
    assert question(elder)[1][0] == "2" and "在哪里" in elder.errors()
    step(elder, place="兴港大道")
    step(elder, phone="12")
    assert question(elder)[1][0] == "3" and "11 位手机号" in elder.errors() and not PhoneCode.objects.exists()
    step(elder, phone=PHONE)
    step(elder, code="")
    assert question(elder)[1][0] == "4" and "获取验证码" in elder.errors()


def test_going_back_keeps_everything(elder):
    elder.get(SEND)
    step(elder, content=TEXT)
    step(elder, place="兴港大道", _back="1")
    assert TEXT in elder.page
    step(elder, content=TEXT + "请尽快。")
    assert "兴港大道" in elder.page


def test_a_second_press_within_a_minute_does_not_need_a_second_code(elder):
    elder.get(SEND)
    step(elder, content=TEXT)
    step(elder, place="兴港大道")
    step(elder, phone=PHONE)
    step(elder, _back="1")
    step(elder, phone=PHONE)
    assert question(elder)[1][0] == "4" and PhoneCode.objects.count() == 1


def test_a_proven_phone_skips_the_code_without_a_hole_in_the_count(elder):
    elder.prove()
    elder.get(SEND)
    step(elder, content=TEXT)
    step(elder, place="兴港大道")
    assert PHONE in elder.page
    step(elder, phone=PHONE)
    assert question(elder) == ("看一遍，没问题就提交", ("4", "4"))


def test_changing_the_phone_at_the_end_asks_for_a_code_again(elder):
    elder.get(SEND)
    step(elder, content=TEXT)
    step(elder, place="兴港大道")
    step(elder, phone=PHONE)
    step(elder, code=elder.code())
    elder.get(SEND, step="phone")
    step(elder, phone="13907700002")
    assert question(elder)[0] == "请填短信里的 6 位数字"
    assert not WorkOrder.objects.exists()


def test_jumping_to_the_end_sends_nothing_unproven(elder):
    elder.get(SEND)
    step(elder, content=TEXT)
    elder.get(SEND, step="send")
    step(elder, identity="resident")
    assert not WorkOrder.objects.exists() and question(elder)[1][0] == "2"


def test_an_anonymous_report_is_not_asked_for_a_code(elder):
    def report(**said):
        answer = elder.post(REPORT, {**elder.hidden(), **said})
        return elder.follow(answer) if answer.status_code == 302 else answer

    elder.get(REPORT)
    report(content="化工厂夜里偷偷存放危险品，没有消防设施")
    assert question(elder) == ("还要补充几项", ("2", "6"))
    report(extra_enterprise="某化工厂", extra_hazard="chemical")
    report(place="工业园三路 8 号")
    report(anonymous="on", phone="")
    assert question(elder) == ("看一遍，没问题就提交", ("5", "5")) and "危险化学品" in elder.page
    report()
    assert WorkOrder.objects.get().contact is None


def test_the_choice_of_type_size_is_remembered(visitor):
    answer = visitor.get("/ui/elder", on="1", next=SEND)
    assert answer["Location"] == SEND
    visitor.follow(answer)
    assert "hy-elder" in visitor.page and "第 1 步" in visitor.page
    visitor.get("/ui/elder", on="0", next=SEND)
    visitor.get(SEND)
    assert "hy-elder" not in visitor.page


def test_what_was_begun_in_one_size_goes_on_in_the_other(visitor):
    visitor.fill(_keep="1")
    visitor.get(SEND, elder="1")
    assert TEXT in visitor.page and OnlineDraft.objects.count() == 1
