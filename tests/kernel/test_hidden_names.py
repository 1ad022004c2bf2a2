"""Names in free text: the appellant's own, in every form people write them, and nobody else's."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huying.kernel.names import HIDDEN, name_hider

pytestmark = pytest.mark.req("R167")


@pytest.mark.parametrize(
    ("name", "text", "shown"),
    [
        ("张三丰", "我是张三丰，找张 三 丰。", "我是张**，找张**。"),
        ("王小明", "王先生说，请王女士转告老王和小王、阿王", "*先生说，请*女士转告老*和小*、阿*"),
        ("王先生", "王先生来电，老王不在，王小明在", "*先生来电，老*不在，王小明在"),
        ("欧阳修", "欧阳先生，欧阳修，老欧阳", "*先生，欧阳*，老*"),
        ("区建国", "小区门口，区建国，区先生", "小区门口，区**，*先生"),
        ("于勇", "位于某路，于勇和于先生", "位于某路，于*和*先生"),
        ("李红", "王先生和李大姐、李姐", "王先生和*大姐、*姐"),
        ("John Smith", "john smith, Mr Smith and Smithfield", "j**, Mr S** and Smithfield"),
        ("买买提·艾合买提", "买买提艾合买提的车", "买**的车"),
        ("匿名", "匿名举报", "匿名举报"), ("", "张三", "张三"),
    ],
)
def test_every_form_of_the_name_and_no_other(name, text, shown):
    assert name_hider([name], wholly=False)(text) == shown


@pytest.mark.parametrize(
    ("names", "text", "gone"),
    [
        (["张三丰"], "我叫张三丰，厂里都叫我三丰，张先生也行，老张", ["张", "三丰"]),
        (["张三丰", "李四"], "李四替张三丰报的", ["李四", "张三丰"]),
        ([], "我叫韦大宝，联系人：覃小芳，免贵姓黄", ["韦大宝", "覃小芳", "黄"]),
        ([], "我是陆海宁。", ["陆海宁"]), (["王先生"], "王先生", ["王", "先生"]),
    ],
)
def test_who_must_stay_unknown_is_hidden_wholly(names, text, gone):
    shown = name_hider(names, wholly=True)(text)
    assert HIDDEN in shown and not [word for word in gone if word in shown]


@pytest.mark.parametrize("text", ["我是附近居民，本人于昨天看见王经理倒污水", "姓名不详，老师和小区的人都知道"])
def test_other_words_stay(text):
    assert name_hider(["张三丰"], wholly=True)(text) == text


@given(st.text(max_size=12), st.text(max_size=80), st.booleans())
def test_no_name_breaks_it_and_none_is_left(name, text, wholly):
    shown = name_hider([name], wholly=wholly)(f"{text}{name}{text}")
    assert isinstance(shown, str)
