"""A centre's rules, templates and numbers change on screen, without code."""

from datetime import timedelta

import pytest
from django.urls import reverse

from huying.kernel import clock
from huying.workorders.models import OrderTemplate, RulePack
from huying.workorders.queries import pack_in_force, pack_of
from workorders.play import Play

pytestmark = pytest.mark.django_db
BACKEND = "django.contrib.auth.backends.ModelBackend"


@pytest.fixture
def director(client, cast):
    client.force_login(cast.staff["director1"], backend=BACKEND)
    return client


def form_of(page):
    """The values a browser would send back."""
    form = page.context["form"]
    values = {}
    for bound in form:
        widget, value = bound.field.widget, bound.value()
        if hasattr(widget, "decompress"):
            for at, part in enumerate(widget.decompress(value)):
                values[f"{bound.html_name}_{at}"] = "" if part is None else part
        else:
            values[bound.html_name] = bound.subwidgets[0].data["value"] if value is not None else ""
    return {name: "" if value is None else value for name, value in values.items()}


@pytest.mark.req("R238")
def test_new_orders_follow_the_new_pack_and_old_ones_their_own(director, cast):
    old = Play(cast)
    values = form_of(director.get("/orders/settings/pack/"))
    values |= {"name": "加快投诉", "handle__by_kind__complaint_0": "3"}
    assert director.post("/orders/settings/pack/", values).status_code == 302
    with clock.frozen(clock.now() + timedelta(minutes=2)):
        new = Play(cast)
    assert new.order.pack_id != old.order.pack_id
    assert pack_of(new.order.pack).handle("complaint", "normal").workdays == 3
    assert pack_of(old.order.pack).handle("complaint", "normal").workdays == 5
    assert pack_of(new.order.pack).reminders == pack_of(old.order.pack).reminders  # what the form does not show is kept


def test_a_pack_cannot_reach_back(director, cast):
    values = form_of(director.get("/orders/settings/pack/")) | {"effective_from": "2020-01-01T00:00"}
    page = director.post("/orders/settings/pack/", values)
    assert page.status_code == 422 and "只能从现在或以后" in page.content.decode()
    assert not RulePack.objects.filter(centre=cast.demo).exists()


def test_what_is_missing_is_said_beside_its_field(director):
    values = form_of(director.get("/orders/settings/pack/")) | {"sign__normal_0": ""}
    page = director.post("/orders/settings/pack/", values)
    assert page.status_code == 422 and page.context["form"].errors.keys() == {"sign__normal"}


def template_values(**more):
    return {"code": "move_car", "name": "挪车", "kinds": ["help"], "sign_off": "", "handle_0": "1", "handle_1": "workdays",
            "number_pattern": "NC{date:%Y%m%d}{serial:4}", "is_active": "on", "f-TOTAL_FORMS": "2", "f-INITIAL_FORMS": "0",
            "f-0-label": "车牌号", "f-0-name": "plate", "f-0-kind": "text", "f-0-required": "on",
            "f-1-label": "车型", "f-1-name": "car", "f-1-kind": "choice", "f-1-choices": "轿车、货车"} | more


@pytest.mark.req("R041", "R123")
def test_a_new_special_needs_no_code(director, cast):
    assert director.post("/orders/settings/template/", template_values()).status_code == 302
    play = Play(cast, kind="help", template="move_car", fields={"plate": "桂P00000", "car": "货车"})
    assert play.number.startswith("NC") and play.order.fields == {"plate": "桂P00000", "car": "货车"}
    play.dispatched()
    assert play.task("CG").due_at < play.task("CG").dispatched_at + timedelta(days=12)


def test_a_bad_template_is_refused_with_what_was_typed(director):
    page = director.post("/orders/settings/template/", template_values(number_pattern="{serial}{date:%Y}{check:1}{x}"))
    assert page.status_code == 422 and "桂" not in page.content.decode() and "车牌号" in page.content.decode()
    assert not OrderTemplate.objects.filter(code="move_car").exists()


def test_numbering_is_the_centres_own(director, cast):
    assert director.post("/orders/settings/", {"number_pattern": "FCG{date:%Y}{serial:6}"}).status_code == 302
    cast.demo.refresh_from_db()
    assert Play(cast).number.startswith("FCG2")
    page = director.post("/orders/settings/", {"number_pattern": "{nonsense}"})
    assert page.status_code == 422 and "nonsense" in page.content.decode()


def test_others_find_nothing_there(client, cast):
    client.force_login(cast.staff["agent1"], backend=BACKEND)
    assert client.get("/orders/settings/").status_code == 404


def test_a_county_inherits_what_stands_above(cast):
    from huying.org.models import Centre

    county = Centre.objects.create(code="XIAN", name="县中心", parent=cast.demo, region_id="450602")
    own = RulePack.objects.create(centre=cast.demo, code="default", name="市规则", effective_from=clock.now(),
                                  data=pack_in_force(cast.demo, clock.now()).data)
    assert pack_in_force(county, clock.now()) == own


@pytest.mark.django_db
def test_the_numbering_pattern_is_shown_and_typed_in_chinese_with_an_example(cast, client):
    client.force_login(cast.staff["director1"], backend="django.contrib.auth.backends.ModelBackend")
    page = reverse("workorders:rule-settings")
    shown = client.get(page).content.decode()
    assert "{区划:6}{渠道:2}{日期:年月日}{流水号:5}{校验位:1}" in shown and "今天的第 17 件是 4506" in shown and "{serial" not in shown
    refused = client.post(page, {"number_pattern": "{镇:3}{流水号:5}"})
    assert refused.status_code == 422 and "不认识“镇”；可用：{区划:6}" in refused.content.decode()
    client.post(page, {"number_pattern": "QZ{日期:年}{流水号:5}{校验位:1}"})
    cast.demo.refresh_from_db()
    assert cast.demo.number_pattern == "QZ{date:%Y}{serial:5}{check:1}"
    assert "QZ{日期:年}{流水号:5}{校验位:1}" in client.get(page).content.decode()
    centre = client.get(reverse("org:centre", args=[cast.demo.pk])).content.decode()
    assert "QZ{日期:年}{流水号:5}{校验位:1}" in centre and "例：按已保存的规则，今天的第 17 件是 QZ" in centre
