"""What an appeal lacks or contradicts (R104): pure rules first, then with the caller's other orders."""

from dataclasses import replace

import pytest

from huying.org.models import Region
from huying.workorders.queries.hints import hints_for
from huying.workorders.rules.hints import Facts, hints
from workorders.play import PHONE, Play

WHOLE = Facts(
    kind="complaint", title="路灯不亮", content="海湾社区门口的路灯三天没有亮了，城管局没人来修，希望尽快修好。", phone=PHONE,
    region_level=4, place="兴港大道", address="88 号", address_way="phone",
)


def codes(**changes):
    return [hint.code for hint in hints(replace(WHOLE, **changes))]


def test_whole_appeal_has_no_hint():
    assert codes() == []


@pytest.mark.req("R104")
@pytest.mark.parametrize("changes, expected", [
    ({"phone": ""}, "contact"), ({"phone": "1390770"}, []), ({"phone": "139077000011"}, "phone_shape"),
    ({"phone": "", "anonymous": True}, []), ({"content": "路灯不亮"}, "what"),
    ({"content": "海湾社区门口的路灯没有亮了，城管局没人来修，希望尽快修好。"}, "time"),
    ({"content": "海湾社区门口的路灯没有亮了，城管局没人来修，希望尽快修好。", "has_event_time": True}, []),
    ({"title": "味道难闻", "content": "昨天晚上十点发现味道很大很难闻，希望尽快处理。"}, "whom"),
    ({"content": "昨天晚上十点发现味道很大很难闻，希望尽快处理。", "party": "某某化工"}, []),
    ({"content": "海湾社区门口的路灯三天没有亮了，城管局没人来。"}, "wish"),
    ({"region_level": 0, "place": "", "address": "", "address_way": ""}, "place"), ({"region_level": 2}, "street"),
    ({"address": ""}, "house_number"), ({"address": "", "place": "兴港大道与迎宾路路口"}, []), ({"address_way": ""}, "confirmed"),
    ({"kind": "praise", "content": "我要投诉城管局三天不来修路灯，请处理。"}, "kind_praise"),
    ({"content": "感谢城管局昨天马上就来把路灯修好了，请转达。"}, "kind_complaint"),
    ({"kind": "consultation", "content": "咨询一下，物业乱收费怎么办，应该向哪里反映？"}, "kind_consultation"),
    ({"content": "昨天晚上工地旁边着火，城管局还没有来，请处理。"}, "danger"),
    ({"content": "昨天晚上工地旁边着火，城管局还没有来，请处理。", "urgency": "critical"}, []),
    ({"content": "三天前开始，五十多户业主家里停水，城管局没人管，希望解决。"}, []),
    ({"content": "三天前开始，50多户居民停水，30户业主要求城管局解决。"}, "group"),
    ({"content": "三天前开始，30户业主要求城管局解决停水。", "is_group": True}, []),
    ({"content": "三天前工地偷排污水，不要透露我的信息，请查处。"}, "confidential"),
    ({"elsewhere": ("东兴市",), "place": "东兴市口岸 88 号"}, "elsewhere"),
    ({"content": "三天前水笼头坏了，物业没人来修，希望修好。"}, "spelling"),
])
def test_each_lack_is_named(changes, expected):
    found = codes(**changes)
    if expected:
        assert (expected if isinstance(expected, str) else expected[0]) in found
    else:
        assert found == []


def test_hint_names_its_field_and_speaks_chinese():
    for hint in hints(Facts(kind="complaint")):
        assert hint.field
        assert any("一" <= sign <= "鿿" for sign in hint.text)


def test_a_consultation_is_asked_for_no_place():
    found = codes(kind="consultation", content="请问办理居住证需要什么材料？", region_level=0, place="", address="", address_way="")
    assert found == []


def test_repeat_of_an_open_matter_comes_first(cast):
    order = Play(cast, content=WHOLE.content).order
    region = Region.objects.get(pk="450602001001")
    found, again = hints_for(cast.actor("agent1"), WHOLE, region)
    assert (found[0].code, again.order.number) == ("repeat_open", order.number)
    assert hints_for(cast.actor("agent1"), replace(WHOLE, phone="13800000000"), region) == ([], None)
    other = replace(WHOLE, title="居住证", content="昨天去办理居住证，窗口说材料不全，希望公安局说明缺什么。")
    assert hints_for(cast.actor("agent1"), other, region) == ([], None)


def test_repeat_of_a_closed_matter_is_another_hint(cast):
    Play(cast, content=WHOLE.content).do("agent1", "direct_answer", answer="已经修好")
    found, again = hints_for(cast.actor("agent1"), WHOLE, Region.objects.get(pk="450602001001"))
    assert found[0].code == "repeat_closed"
    assert not again.order.is_open


def test_another_district_is_noticed(cast):
    Region.objects.create(code="450681", name="东兴市", parent_id="450600", level=2, full_name="防城港市东兴市")
    facts = replace(WHOLE, place="东兴市口岸")
    found, _ = hints_for(cast.actor("agent1"), facts, Region.objects.get(pk="450602001001"))
    assert [hint.code for hint in found] == ["elsewhere"]


def test_the_name_of_who_wants_to_stay_unknown_does_not_belong_into_the_text():
    text = "海湾社区门口的路灯三天没有亮了，我叫张小满，城管局没人来修，希望尽快修好。"
    assert "named" in codes(content=text, name="张小满", confidential=True)
    assert "named" not in codes(content=text, name="张小满") and "named" not in codes(content=text, name="", confidential=True)
