from django import forms

from huying.kernel.errors import Refusal
from huying.ui.fields import RegionField, lineage, refreshing, refuse

PLACES = {
    "": [("450600", "防城港市")],
    "450600": [("450602", "港口区"), ("450603", "防城区")],
    "450602": [("450602001", "渔洲坪街道"), ("450602100", "企沙镇"), ("450602101", "光坡镇")],
    "450602100": [("450602100201", "板寮村")],
}


def children(parent):
    return PLACES.get(parent, [])


class Place(forms.Form):
    title = forms.CharField(label="标题")
    place = RegionField(label="地点", children=children, url="/regions", least=2)


def sent(*codes, **more):
    return Place({f"place_{level}": code for level, code in enumerate(codes)} | {"title": "路灯"} | more)


def test_the_deepest_choice_is_the_value():
    form = sent("450600", "450602", "450602100", "450602100201")
    assert form.is_valid() and form.cleaned_data["place"] == "450602100201"


def test_a_level_left_from_another_parent_is_dropped():
    form = sent("450600", "450603", "450602100")
    assert form.is_valid() and form.cleaned_data["place"] == "450603"


def test_too_coarse_or_unknown_places_are_refused():
    assert sent("450600").errors["place"] == ["请至少选到区、县"]
    assert sent("999999").errors["place"] == ["请填写这一项"]
    assert Place({"title": "路灯", "place": "450699"}).errors["place"] == ["没有这个地方，请重新选择"]


def test_the_chain_is_found_from_the_code_alone():
    assert lineage(children, "450602100201") == ["450600", "450602", "450602100", "450602100201"]
    assert lineage(children, "450602101") == ["450600", "450602", "450602101"]
    assert lineage(children, "110101") == []


def test_the_selects_show_the_chain_and_the_next_level():
    html = str(Place(initial={"place": "450602"})["place"])
    assert '<option value="450602" selected>港口区</option>' in html
    assert '<option value="450602100">企沙镇</option>' in html
    assert 'data-regions="/regions"' in html and 'name="_refresh"' in html


def test_asking_for_the_next_level_is_not_an_error():
    form = sent("450600", _refresh="place", title="")
    assert refreshing(form)
    assert not form.errors and 'value="450603"' in str(form["place"])
    assert not refreshing(sent("450600"))


class TooLate(Refusal):
    message = "已过申请期限"


def test_a_refusal_stands_beside_its_fields():
    form = sent("450600", "450602")
    refuse(form, TooLate(fields={"title": "请写明原因"}))
    assert form.errors == {"title": ["请写明原因"]}


def test_a_refusal_of_the_whole_stands_on_top():
    form = sent("450600", "450602")
    refuse(form, TooLate(fields={"elsewhere": "别处的错"}))
    assert form.non_field_errors() == ["已过申请期限", "别处的错"]
