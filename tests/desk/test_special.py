"""Special services at intake are data: a new one needs a row, not a line of code (R041, R097)."""

import pytest

from desk.conftest import APPEAL
from huying.workorders.models import Clock, OrderTemplate, WorkOrder

MOVE_A_CAR = {
    "fields": [
        {"name": "plate", "label": "车牌号", "kind": "text", "required": True},
        {"name": "blocks", "label": "堵住什么", "kind": "choice", "required": True, "choices": [["gate", "大门"], ["car", "车辆"]]},
        {"name": "since", "label": "停放日期", "kind": "date"}, {"name": "answered", "label": "已留挪车电话", "kind": "bool"},
    ],
    "kinds": ["help"], "number_pattern": "NC{date:%Y%m%d}{serial:4}{check:1}", "handle": {"minutes": 60, "natural": True},
}


@pytest.fixture
def move_a_car(cast):
    return OrderTemplate.objects.create(centre=cast.demo, code="move_car", name="挪车", data=MOVE_A_CAR)


@pytest.mark.req("R041")
def test_a_new_service_is_a_row_of_data(desk, move_a_car):
    page = desk("dispatcher1").open()
    assert "挪车" in page.content.decode()
    page = desk("dispatcher1").send(refresh="template", template="move_car")
    for label in ("车牌号", "堵住什么", "停放日期", "已留挪车电话"):
        assert label in page.content.decode()
    page = desk("dispatcher1").send(
        "dispatch", template="move_car", unit="CG", opinion="请联系车主", x_blocks="roof", x_since="2026-02-31"
    )
    assert page.status_code == 422
    assert {"x_plate", "x_blocks", "x_since"} <= set(page.context["form"].errors)
    desk("dispatcher1").send(
        "dispatch", template="move_car", unit="CG", opinion="请联系车主", x_plate="桂P12345", x_blocks="gate", x_answered="on"
    )
    order = WorkOrder.objects.get()
    assert order.fields == {"plate": "桂P12345", "blocks": "gate", "answered": True}
    assert (order.kind, order.number[:2], order.template) == ("help", "NC", move_a_car)
    assert order.clocks.get(kind=Clock.Kind.HANDLE).term["minutes"] == 60


def test_another_city_does_not_offer_it(desk, move_a_car):
    assert "挪车" not in desk("agent1@OTHER").open().content.decode()


@pytest.mark.req("R097")
def test_same_person_on_two_tracks_is_noticed(desk):
    desk().send("submit")
    page = desk().send("submit", template="mayor_mailbox", x_letter_subject="路灯", x_reply_way="phone")
    assert page.status_code == 422
    assert page.context["asked"][0][0].code == "repeat_open"
    desk().send(
        "submit", template="mayor_mailbox", x_letter_subject="路灯", x_reply_way="phone", why_repeat_open="要求区长书面答复"
    )
    numbers = sorted(WorkOrder.objects.values_list("number", flat=True))
    assert [number[:2] for number in numbers] == ["45", "QZ"]
    assert WorkOrder.objects.get(number=numbers[1]).links.get().kind == "repeat"


def test_template_that_is_not_there_is_refused(desk):
    page = desk().send("submit", template="nonsense")
    assert page.status_code == 422
    assert APPEAL["title"] in page.content.decode()
    assert not WorkOrder.objects.exists()
