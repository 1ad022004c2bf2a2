"""What a screen reader needs (WCAG 2.1 AA), page by page: one heading, labels, errors tied to their fields, order."""

import re
from html.parser import HTMLParser

import pytest

from portal.visitor import REPORT, SEND, TRACK, Visitor, photo
from workorders.play import Play

pytestmark = pytest.mark.django_db
PATHS = ["/portal/DEMO/", SEND, REPORT, "/portal/DEMO/send/mayor_mailbox/", TRACK, "/portal/DEMO/reward/", "/portal/DEMO/rate/"]


class Outline(HTMLParser):
    def __init__(self, page):
        super().__init__()
        self.ids, self.labelled, self.described, self.controls, self.headings, self.buttons = [], set(), set(), [], [], []
        self.open = None
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        if "id" in attrs:
            self.ids.append(attrs["id"])
        if tag == "label" and "for" in attrs:
            self.labelled.add(attrs["for"])
        self.described |= set(attrs.get("aria-describedby", "").split())
        if tag in {"input", "select", "textarea"} and attrs.get("type") != "hidden" and attrs.get("tabindex") != "-1":
            self.controls.append(attrs)
        if re.fullmatch(r"h[1-6]", tag):
            self.headings.append(int(tag[1]))
        if tag == "img":
            assert "alt" in attrs
        if tag == "html":
            assert attrs["lang"] == "zh-CN"


def check(page):
    outline = Outline(page)
    assert outline.headings.count(1) == 1 and outline.headings[0] == 1
    assert all(later - earlier <= 1 for earlier, later in zip(outline.headings, outline.headings[1:], strict=False))
    assert len(outline.ids) == len(set(outline.ids)), sorted(outline.ids)
    assert outline.described <= set(outline.ids), outline.described - set(outline.ids)
    for control in outline.controls:
        assert control.get("id") in outline.labelled or control.get("aria-label"), control
    for target in re.findall(r'<a href="#([^"]+)"', page):
        assert target in outline.ids, target


@pytest.mark.req("R117")
@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("elder", [False, True])
def test_pages_and_their_errors(cast, path, elder):
    visitor = Visitor(elder=elder)
    visitor.get(path)
    check(visitor.page)
    if "send" in path or "track" in path or "reward" in path:
        visitor.post(path, {**visitor.hidden(), "phone": "1", "content": ""})
        check(visitor.page)
        assert 'role="alert"' in visitor.page and "aria-invalid" in visitor.page


def test_pages_of_an_order(visitor, cast):
    play = Play(cast).handling().replied().to_close().do("reviewer1", "close")
    order = visitor.send_in(photo=photo())
    check(visitor.page)
    for path in (f"{TRACK}{order.number}/", f"{TRACK}{order.number}/add/", f"{TRACK}{order.number}/urge/",
                 f"{TRACK}{order.number}/withdraw/", f"{TRACK}{play.number}/", f"{TRACK}{play.number}/rate/", TRACK):
        visitor.get(path)
        check(visitor.page)
