"""From a citizen's own words to a title, a type, a place."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huying.portal.rules.wording import (
    TITLE,
    guess_kind,
    is_emergency,
    numbers_meant,
    plain,
    split_place,
    title_of,
)
from huying.workorders.catalog import Kind

ALL = tuple(Kind)


@pytest.mark.parametrize(("text", "title"), [
    ("路灯坏了。晚上看不清。", "路灯坏了"),
    ("您好，我要反映路灯坏了三天！", "我要反映路灯坏了三天"),
    ("尊敬的领导：\n我家楼下的烧烤店油烟很大，每天晚上都睡不着，已经投诉过很多次没有人管", "我家楼下的烧烤店油烟很大，每天晚上都睡不着"),
    ("12345，你好，停水了", "停水了"), ("a", "网上诉求"), ("", "网上诉求"), ("停水", "停水"),
])
def test_titles(text, title):
    assert title_of(text) == title


@given(st.text(max_size=300))
def test_a_title_always_fits(text):
    assert 2 <= len(title_of(text)) <= TITLE and "\n" not in title_of(text)


@pytest.mark.parametrize(("text", "kind"), [
    ("我要举报违章搭建", "report"), ("投诉物业乱收费", "complaint"), ("请问社保怎么转移", "consultation"),
    ("建议在路口装红绿灯", "suggestion"),
    ("感谢海湾社区的李同志帮我找回钱包", "praise"), ("路灯不亮", "help"), ("", "help"), ("怎么没有水了", "help"),
])
def test_kinds(text, kind):
    assert guess_kind(text, ALL) == kind


def test_a_kind_the_template_does_not_take_is_not_guessed():
    assert guess_kind("投诉物业", ("report",)) == "report"


@pytest.mark.parametrize(("text", "place", "private"), [
    ("海湾花园3栋2单元501", "海湾花园", "3栋2单元501"), ("兴港大道88号门口", "兴港大道88号门口", ""),
    ("桃花路二十号五楼", "桃花路二十号", "五楼"),
    ("海湾花园 A座 1203 室", "海湾花园", "A座 1203 室"), ("海湾花园3-2-501", "海湾花园", "3-2-501"),
    ("107国道与迎宾路口", "107国道与迎宾路口", ""),
    ("", "", ""),
])
def test_places(text, place, private):
    assert split_place(text) == (place, private)


@given(st.text(max_size=200))
def test_nothing_of_a_place_is_lost(text):
    kept = "".join(split_place(text)).replace(" ", "")
    assert set(kept) <= set("".join(text.split())) and len(kept) >= len("".join(text.split())) - 10


def test_numbers_and_codes_as_typed():
    assert plain("ａb3k－ 9x") == "AB3K9X"
    assert numbers_meant(" fz-12 ") == ["fz-12", "FZ-12", "FZ12"]


def test_danger():
    assert is_emergency("隔壁着火了") and not is_emergency("路灯不亮")
