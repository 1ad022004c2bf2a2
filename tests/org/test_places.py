"""Centres and units as trees, to any depth."""

import pytest

from cast import region
from huying.audit.models import Event
from huying.org.models import Centre, Role, Unit
from huying.org.operations.units import BadUnit, save_unit

UNIT = {"name": "道路养护科", "short_name": "养护", "code": "CG-2", "phone": "0770-1", "duties": "修路", "is_active": "on"}
CENTRE = {"name": "港口区分平台", "code": "GK", "level": "county", "number_pattern": "{region:6}{date:%Y%m%d}{serial:5}", "is_active": "on"}


def test_a_sub_unit_is_opened_below_its_parent(cast, as_):
    browser, above = as_("operator1"), cast.units["CG-1"]
    assert f'<option value="{above.pk}" selected>' in browser.get(f"/manage/units/new?parent={above.pk}").content.decode()
    sent = UNIT | {"parent": above.pk, "region_0": "450600", "region_1": "450602"}
    assert browser.post(f"/manage/units/new?parent={above.pk}", sent)["Location"] == "/manage/units"
    made = Unit.objects.get(code="CG-2")
    assert made.lineage == [cast.units["CG"].pk, above.pk, made.pk] and made.region_id == "450602"
    page = browser.get("/manage/units").content.decode()
    assert 'org-depth--2"></span><a href' in page and "道路养护科" in page
    assert Event.objects.get(kind="unit.create").data["name"] == "道路养护科"


def test_any_depth(cast):
    actor, above = cast.actor("operator1"), cast.units["CG"]
    for depth in range(12):
        above = save_unit(actor, Unit(centre=cast.demo, code=f"D{depth}", name="层", parent=above))
    assert len(above.lineage) == 13 and cast.units["CG"].holds(above)


def test_moving_a_unit_takes_its_sub_units_along(cast):
    actor, leaf = cast.actor("operator1"), cast.units["CG-1"]
    child = save_unit(actor, Unit(centre=cast.demo, code="L", name="组", parent=leaf))
    leaf.parent = cast.units["ZJ"]
    save_unit(actor, leaf)
    child.refresh_from_db()
    assert child.lineage == [cast.units["ZJ"].pk, leaf.pk, child.pk]


def test_never_below_itself(cast, as_):
    above = cast.units["CG"]
    above.parent = cast.units["CG-1"]
    with pytest.raises(BadUnit) as refused:
        save_unit(cast.actor("operator1"), above)
    assert "自己" in refused.value.fields["parent"]
    page = as_("operator1").get(f"/manage/units/{above.pk}").content.decode()
    assert f'<option value="{cast.units["CG-1"].pk}"' not in page.partition('name="parent"')[2].partition("</select>")[0]


@pytest.mark.parametrize(("change", "field", "why"), [
    ({"code": "ZJ"}, "code", "已有这个编码"), ({"name": ""}, "name", "请填写"), ({"parent": "999999"}, "parent", "有效"),
])
def test_mistakes_stand_beside_their_field(cast, as_, change, field, why):
    page = as_("operator1").post("/manage/units/new", UNIT | change).content.decode()
    assert why in page.partition(f'id="id_{field}_error"')[2][:200] and "0770-1" in page


def test_not_out_of_use_while_somebody_works_there(cast, as_):
    closed = {name: value for name, value in UNIT.items() if name != "is_active"} | {"code": "CG", "name": "城市管理局"}
    page = as_("operator1").post(f"/manage/units/{cast.units['CG'].pk}", closed).content.decode()
    assert "请先停用它的下级单位" in page
    page = as_("operator1").post(f"/manage/units/{cast.units['SW'].pk}", closed | {"code": "SW"}).content.decode()
    assert "停用或调走该单位的人员" in page


def test_without_javascript_a_button_lists_the_next_level(cast, as_):
    page = as_("operator1").post("/manage/units/new", UNIT | {"region_0": "450600", "_refresh": "region"}).content.decode()
    assert "港口区" in page and "道路养护科" in page and "hy-wrong" not in page
    assert not Unit.objects.filter(code="CG-2").exists()


@pytest.mark.req("R030", "R074")
def test_a_centre_below_with_roles_of_its_own(cast, as_):
    browser = as_("operator1")
    answer = browser.post("/manage/centres/new", CENTRE | {"parent": cast.demo.pk, "region_0": "450600", "region_1": "450602"})
    assert answer["Location"] == "/manage/centres"
    made = Centre.objects.get(code="GK")
    assert made.lineage == [cast.demo.pk, made.pk] and made.region_id == "450602"
    assert set(Role.objects.filter(centre=made).values_list("code", flat=True)) == set(
        Role.objects.filter(centre=cast.demo).values_list("code", flat=True))
    browser.post(f"/manage/centres/{made.pk}", CENTRE | {"name": "港口区热线分平台"})
    made.refresh_from_db()
    assert made.name == "港口区热线分平台" and made.code == "GK"
    kinds = list(Event.objects.filter(stream="centre").order_by("id").values_list("kind", "stream_id"))
    assert kinds == [("centre.create", cast.demo.pk), ("centre.edit", made.pk)]


@pytest.mark.parametrize(("change", "field", "why"), [
    ({"code": "DEMO"}, "code", "已"), ({"level": "city"}, "level", "应低于上级"), ({"level": "province"}, "level", "应低于上级"),
    ({"number_pattern": "{date:%Y}"}, "number_pattern", "流水"), ({"number_pattern": "x"}, "number_pattern", "大写"),
    ({"parent": ""}, "parent", "请"),
])
def test_a_centre_is_refused_with_the_reason_beside_the_field(cast, as_, change, field, why):
    page = as_("operator1").post("/manage/centres/new", CENTRE | {"parent": cast.demo.pk} | change).content.decode()
    assert why in page.partition(f'id="id_{field}_error"')[2][:200]
    assert not Centre.objects.filter(code="GK").exists()


@pytest.mark.req("R207")
def test_other_tenants_places_are_not_there(cast, as_):
    theirs = Unit.objects.create(centre=cast.other, code="X", name="外市单位")
    browser = as_("operator1")
    assert browser.get(f"/manage/centres/{cast.other.pk}").status_code == 404
    assert browser.get(f"/manage/units/{theirs.pk}").status_code == 404
    assert browser.get(f"/manage/units/new?parent={theirs.pk}").status_code == 404
    assert "外市" not in browser.get("/manage/units").content.decode()
    assert "外市" not in browser.get("/manage/centres").content.decode()
    refused = browser.post("/manage/units/new", UNIT | {"parent": theirs.pk}).content.decode()
    assert "有效" in refused.partition('id="id_parent_error"')[2][:200]
    assert "parent" in browser.post("/manage/centres/new", CENTRE | {"parent": cast.other.pk}).content.decode()
    assert not Centre.objects.filter(code="GK").exists()


def test_one_cannot_close_the_centre_one_sits_in(cast, as_):
    form = {name: value for name, value in CENTRE.items() if name != "is_active"} | {"level": "city"}
    page = as_("operator1").post(f"/manage/centres/{cast.demo.pk}", form).content.decode()
    assert "不能停用自己所在的中心" in page


def test_a_full_tree_of_four_levels(cast):
    above = None
    for level in Centre.Level.values:
        above = Centre.objects.create(code=level, name=level, level=level, parent=above)
    assert len(above.lineage) == 4
    region("110000000001", "x", 4)


def test_region_options_are_public(cast, client):
    page = client.get("/regions?parent=450600").content.decode()
    assert '<option value="450602">港口区</option>' in page
    assert client.get("/regions?parent=nothing").status_code == 200
