from datetime import timedelta
from html.parser import HTMLParser

import pytest
from django import forms
from django.template import TemplateSyntaxError, engines
from django.utils import timezone

EVIL = "<img src=x onerror=alert(1)>"


def draw(source, **context):
    return engines["django"].from_string(source).render(context)


class Tags(HTMLParser):
    def __init__(self, html):
        super().__init__()
        self.found = []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))

    def one(self, tag, **wanted):
        fits = [attrs for name, attrs in self.found if name == tag and wanted.items() <= attrs.items()]
        assert len(fits) == 1, (tag, wanted, self.found)
        return fits[0]


class Sample(forms.Form):
    title = forms.CharField(label="标题", max_length=5, help_text="五个字以内")
    kind = forms.ChoiceField(label="类型", choices=[("a", "求助")], widget=forms.RadioSelect)
    secret = forms.BooleanField(label="保密", required=False)
    token = forms.CharField(label="令牌", widget=forms.HiddenInput, required=False)


def test_a_due_time_has_words_a_mark_and_a_machine_readable_moment():
    html = draw("{% due at explain='/why' %}", at=timezone.now() + timedelta(minutes=40, seconds=5))
    assert "还剩 40 分" in html and "hy-due--near" in html and 'href="/why"' in html
    assert Tags(html).one("time")["datetime"].endswith("+08:00")
    assert "已超 2 小时" in draw("{% due at %}", at=timezone.now() - timedelta(hours=2, seconds=5))
    assert "data-due-runs" not in draw("{% due at 'paused' %}", at=timezone.now())
    assert draw("{% due at %}", at=None).strip() == ""


def test_a_field_is_tied_to_its_label_help_and_error():
    html = draw("{% field form.title %}", form=Sample({"title": "一二三四五六"}))
    tags = Tags(html)
    control = tags.one("input")
    assert tags.one("label")["for"] == control["id"]
    assert control["aria-invalid"] == "true"
    described = control["aria-describedby"].split()
    ids = {attrs["id"] for _, attrs in tags.found if "id" in attrs}
    assert len(described) == 2 and set(described) <= ids
    assert 'value="一二三四五六"' in html  # what was typed is still there


def test_a_help_of_the_template_is_tied_as_well():
    html = draw("{% field form.secret help='只有受理员看得见' %}", form=Sample())
    assert Tags(html).one("input")["aria-describedby"] == "id_secret_helptext"


def test_a_group_of_choices_is_a_fieldset_with_a_legend():
    html = draw("{% field form.kind %}", form=Sample({}))
    assert Tags(html).one("fieldset")["aria-describedby"] == "id_kind_error"
    assert "<legend>类型" in html and "请填写这一项" in html


def test_the_summary_links_every_field_at_fault():
    form = Sample({"title": EVIL, "kind": "x"})
    form.add_error(None, "重复提交")
    html = draw("{% form_errors form %}{% fields form %}", form=form)
    links = [attrs["href"] for tag, attrs in Tags(html).found if tag == "a"]
    assert links == ["#id_title", "#id_kind"]
    assert "重复提交" in html and EVIL not in html
    assert Tags(html).one("input", name="token")["type"] == "hidden"
    assert draw("{% form_errors form %}", form=Sample()).strip() == ""


LISTING = "{% listing title='待派' rows=rows count=count capped=capped since='08-22' next=next empty='没有待派的' empty_url='/r' %}<table></table>{% endlisting %}"  # noqa: E501


def test_a_list_says_what_how_many_and_since_when():
    html = draw(LISTING, rows=[1], count=1000, capped=True, next="?cursor=x")
    assert "1000+ 条" in html and "自 08-22 起" in html and "<table>" in html
    assert Tags(html).one("a")["rel"] == "next"


def test_an_empty_list_says_what_to_do():
    html = draw(LISTING, rows=[], count=0, capped=False, next="")
    assert "没有待派的" in html and "<table>" not in html and Tags(html).one("a")["href"] == "/r"


def test_a_list_refuses_options_it_does_not_know():
    with pytest.raises(TemplateSyntaxError, match="emtpy"):
        draw("{% listing emtpy='x' %}{% endlisting %}")


def test_nothing_typed_becomes_markup():
    event = {"at": timezone.now(), "who": EVIL, "text": EVIL, "title": EVIL, "facts": [(EVIL, EVIL)]}
    step = {"label": EVIL, "state": "done", "note": EVIL}
    item = {"url": "/x", "label": EVIL, "name": EVIL, "who": EVIL}
    html = draw(
        "{% timeline e %}{% track s %}{% tabs t %}{% files t %}{% badge x %}{% masked x '/r' x %}{% action x '/u' %}"
        "{% submit x %}{{ x|order_number }}{% panel title=x %}{{ x }}{% endpanel %}"
        "{% listing title=x since=x empty=x %}{{ x }}{% endlisting %}{% filters %}{{ x }}{% endfilters %}",
        e=[event], s=[step], t=[item], x=EVIL,
    )  # fmt: skip
    assert "<img" not in html
    assert html.count("&lt;img") > 10


def test_a_job_shows_how_far_it_is_and_how_long_it_takes():
    started = timezone.now() - timedelta(seconds=10)
    html = draw("{% progress 250 1000 started poll='/job' %}", started=started)
    assert "250/1000，大约还要 30 秒" in html and 'hx-get="/job"' in html and '<a href="">' in html
    assert "hx-get" not in draw("{% progress 9 9 started poll='/job' %}", started=started)


def test_a_masked_value_can_be_revealed_without_script():
    tags = Tags(draw("{% masked '139****0001' '/reveal' '电话' %}"))
    assert tags.one("a")["href"] == "/reveal"
    assert not [tag for tag, _ in Tags(draw("{% masked '139****0001' %}")).found if tag == "a"]


def test_an_order_number_copies_whole():
    html = draw("{{ number|order_number }}", number="4506000220261120000173")
    assert Tags(html).one("button")["data-copy"] == "4506000220261120000173"
    assert "<span>450600</span><span>02</span>" in html


@pytest.mark.parametrize(
    ("query", "cookie", "large"), [("", "", ""), ("elder=1", "", "x"), ("", "1", "x"), ("elder=0", "1", "")]
)
def test_large_type_by_parameter_or_cookie(rf, query, cookie, large):
    request = rf.get(f"/?{query}")
    request.COOKIES["huying_elder"] = cookie
    assert draw("{% elder as on %}{% if on %}x{% endif %}", request=request) == large
