"""How far an order is, asked on the telephone by its number and a code (R205)."""

import json

import pytest
from django.test import Client
from django.urls import reverse

from huying.calls.models import CalledNumber, Prompt, SkillGroup
from huying.calls.rules.above import STAGES
from huying.portal.rules.spoken import stage_said
from huying.workorders.workflow import State
from workorders.play import Play

PHONE = "13907705678"


@pytest.fixture
def order(cast):
    """An order in hand, given with PHONE; and the centre's telephone with its prompts."""
    group = SkillGroup.objects.create(centre=cast.demo, code="general", name="综合")
    CalledNumber.objects.create(centre=cast.demo, number="12345", name="热线", group=group)
    for code in (*(f"progress-{stage}" for stage in STAGES), "guide-1"):
        Prompt.objects.create(centre=cast.demo, code=code, name=code, text=code)
    found = Play(cast).handling().order
    found.contact.phone = PHONE
    found.contact.set_hashes()
    found.contact.save()
    return found


def ask(settings, digits: str, *, caller: str = "02087654321", service: str = "progress") -> dict:
    answer = Client().post(reverse("calls:service"), {
        "service": service, "called": "12345", "caller": caller, "digits": digits, "node": "f1v1:x", "key": settings.SWITCH_WEB_KEY,
    })
    assert answer.status_code == 200
    return json.loads(answer.content)


@pytest.mark.req("R205")
def test_number_and_code_give_the_stage(order, settings):
    said = ask(settings, f"ask_number:{order.number}.ask_code:5678.")
    assert said == {"sounds": f"c{order.centre_id}/progress-handling", "exit": "next"}
    assert ask(settings, f"welcome:3.ask_number:{order.number}.ask_code:5678.") == said  # the menu's key came before them


@pytest.mark.req("R205")
def test_from_ones_own_telephone_the_end_of_the_number_is_enough(order, settings):
    short = order.number[-6:]
    assert ask(settings, f"n:{short}.c:5678.", caller=PHONE)["sounds"].endswith("progress-handling")
    assert ask(settings, f"n:{short}.c:5678.")["sounds"].endswith("progress-not-found")
    assert ask(settings, f"n:{short[-3:]}.c:5678.", caller=PHONE)["sounds"].endswith("progress-not-found")


@pytest.mark.req("R205")
def test_a_wrong_code_and_an_unknown_number_sound_alike_and_lead_to_a_person(order, settings):
    wrong = ask(settings, f"n:{order.number}.c:5679.")
    assert wrong == ask(settings, "n:4506000120260101000010.c:5678.") == ask(settings, f"n:{order.number}.")
    assert wrong["exit"] == "failed"


def test_five_wrong_codes_for_an_order_are_enough(order, settings):
    for guess in range(5):
        ask(settings, f"n:{order.number}.c:000{guess}.", caller=f"1390770000{guess}")
    said = ask(settings, f"n:{order.number}.c:5678.", caller="13907700099")
    assert said["sounds"].endswith("progress-too-often") and said["exit"] == "failed"


def test_ten_wrong_tries_of_a_caller_are_enough(order, settings):
    for guess in range(10):
        ask(settings, f"n:12345678{guess}.c:1111.", caller="13907700098")
    assert ask(settings, f"n:{order.number}.c:5678.", caller="13907700098")["sounds"].endswith("progress-too-often")


def test_another_centres_orders_are_unknown_here(order, cast, settings):
    CalledNumber.objects.filter(number="12345").update(centre=cast.other)
    said = ask(settings, f"n:{order.number}.c:5678.")
    assert said == {"sounds": "unavailable", "exit": "failed"}  # and there is no prompt of that centre's to say so


@pytest.mark.req("R205")
def test_guide_by_topic(order, settings):
    assert ask(settings, "guide_menu:1.", service="guide") == {"sounds": f"c{order.centre_id}/guide-1", "exit": "next"}
    assert ask(settings, "guide_menu:7.", service="guide")["exit"] == "failed"
    assert ask(settings, "a:\x001.", service="guide\x00")["exit"] == "failed"
    assert ask(settings, "", service="guide")["exit"] == ask(settings, "a:1.", service="nonsense")["exit"] == "failed"


def test_every_state_has_something_to_say():
    assert {stage_said(state) for state in State} <= set(STAGES)
