from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from huying.text.tokens import PREFIX, bigrams, highlight, matches, normalise, query_bigrams, tsquery, words

TEXT = "防城港市港口区兴港大道12号路灯不亮，已经Ｔｈｒｅｅ天了！"
unhurried = settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
mixed = st.text(st.sampled_from("防城港市路灯不亮的a BcＡé ß，。-12３①㈱か゛é　\n'\\*:&"), max_size=30)
anything = mixed | st.text(max_size=30)


def finds(text: str, query: str) -> bool:
    """What the index answers: every token there, a single letter as a prefix of one."""
    tokens, wanted = bigrams(text), query_bigrams(query)
    return bool(wanted) and all(
        any(token.startswith(want[0]) for token in tokens) if want.endswith(PREFIX) else want in tokens
        for want in wanted
    )


@unhurried
@given(anything, st.data())
def test_every_substring_is_found_whatever_stands_inside_it(text, data):
    start = data.draw(st.integers(0, len(text)))
    part = text[start : data.draw(st.integers(start, len(text)))]
    if normalise(part):
        assert finds(text, part)
        assert matches(text, part)
    else:
        assert query_bigrams(part) == set()


@unhurried
@given(anything, st.data())
def test_every_part_of_the_normalised_text_has_all_its_pairs_in_the_set(text, data):
    letters = normalise(text)
    if len(letters) < 2:
        return
    start = data.draw(st.integers(0, len(letters) - 2))
    end = data.draw(st.integers(start + 2, len(letters)))
    assert {letters[at : at + 2] for at in range(start, end - 1)} <= bigrams(text)


@unhurried
@given(anything, anything)
def test_normalising_goes_letter_by_letter_and_only_once(one, other):
    assert normalise(one + other) == normalise(one) + normalise(other)
    assert normalise(normalise(one)) == normalise(one)
    assert all(sign.isalnum() or ord(sign) > 127 for sign in normalise(one))


@unhurried
@given(anything, anything)
def test_what_matches_is_always_found(text, query):
    if matches(text, query):
        assert finds(text, query)


def test_width_case_accents_and_punctuation_do_not_matter():
    for query in ["three", "THREE", "Ｔｈｒｅｅ", "大道１２号", "路灯，不亮", "兴 港", "不亮已经"]:
        assert finds(TEXT, query), query
        assert matches(TEXT, query), query
    assert normalise("Café ①㈱ Straße") == "cafe1株strasse"
    assert not finds(TEXT, "路灯亮")


def test_words_may_stand_apart():
    assert words(" 路灯　兴港 ！") == ["路灯", "兴港"]
    assert finds(TEXT, "路灯 兴港")
    assert not finds(TEXT, "路灯兴港")


def test_a_single_letter_is_a_prefix_even_at_the_end_of_a_text():
    assert query_bigrams("港") == {"港" + PREFIX}
    assert finds("防城港", "港")
    assert finds("港口", "港")
    assert not finds("防城", "港")


def test_pairs_that_stand_apart_are_ruled_out_by_matches():
    assert finds("港口区，城港口", "城港口区")
    assert not matches("港口区，城港口x", "城港口区")


def test_the_tsquery_quotes_every_token_and_nothing_breaks_out_of_it():
    assert tsquery("路灯 港") == "'港':* & '路灯'"
    assert tsquery("'; DROP:* (x) --") == "'dr' & 'op' & 'ro' & 'x':*"
    assert tsquery("，。！") == ""


@unhurried
@given(anything, anything)
def test_highlighting_keeps_the_text(text, query):
    segments = highlight(text, query)
    assert "".join(segment for segment, _ in segments) == text
    assert all(one[1] != other[1] for one, other in pairwise(segments))
    assert any(hit for _, hit in segments) >= matches(text, query)


@pytest.mark.parametrize(
    ("text", "query", "segments"),
    [
        ("兴港大道路灯不亮", "路灯", [("兴港大道", False), ("路灯", True), ("不亮", False)]),
        ("路灯，不亮！路灯不亮", "灯不亮", [("路", False), ("灯，不亮", True), ("！路", False), ("灯不亮", True)]),
        ("路灯亮", "灯 路", [("路灯", True), ("亮", False)]),
        ("哈哈哈", "哈哈", [("哈哈哈", True)]),
        ("ＡＢＣ", "b", [("Ａ", False), ("Ｂ", True), ("Ｃ", False)]),
        ("路灯", "水", [("路灯", False)]),
        ("路灯", "", [("路灯", False)]),
        ("", "路灯", []),
    ],
)
def test_highlighting(text, query, segments):
    assert highlight(text, query) == segments
