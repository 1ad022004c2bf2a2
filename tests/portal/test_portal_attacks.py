"""What strangers try: scripts, files that are something else, forged pages, floods."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from huying.portal.models import OnlineDraft
from huying.portal.rules.limits import LIMITS
from huying.workorders.models import Attachment, WorkOrder
from portal.visitor import PHONE, REPORT, SEND, TEXT, TRACK, Visitor, photo

pytestmark = pytest.mark.django_db
SCRIPT = "<script>alert(1)</script><img src=x onerror=alert(2)>'\"；路灯不亮了"


def body(visitor):
    """The page as the browser gets it, entities not resolved."""
    return visitor.last.content.decode()


def ask(visitor, method, *args, **more):
    visitor.last = getattr(visitor, method)(*args, **more)
    return visitor.last


@pytest.mark.req("R255")
def test_scripts_come_back_as_text(visitor):
    order = visitor.send_in(content=SCRIPT, place=SCRIPT, name="<b>张</b>")
    ask(visitor, "get", f"/portal/DEMO/track/{order.number}/")
    assert "<script>alert" not in body(visitor) and "&lt;script&gt;" in body(visitor)
    assert "<img src=x" not in body(visitor)
    ask(visitor, "post", SEND, {"content": SCRIPT, "phone": '"><script>x</script>', "region": "<x>", "step": "<x>"})
    assert "<script>x" not in body(visitor) and "<script>alert" not in body(visitor)
    ask(visitor, "get", TRACK, number='"><script>x</script>')
    assert "<script>x" not in body(visitor)


def test_no_page_has_anything_inline_and_all_carry_the_policy(visitor):
    order = visitor.send_in(photo=photo())
    for path in (SEND, REPORT, TRACK, "/portal/DEMO/", "/portal/DEMO/reward/", "/portal/DEMO/rate/",
                 *(f"/portal/DEMO/track/{order.number}/{what}" for what in ("", "add/", "urge/", "withdraw/"))):
        answer = ask(visitor, "get", path)
        policy = answer.headers["Content-Security-Policy"]
        assert "script-src 'self'" in policy and "unsafe-inline" not in policy
        assert not any(sign in body(visitor) for sign in (" style=", " onclick=", "javascript:", "<style"))


@pytest.mark.req("R255")
@pytest.mark.parametrize(("name", "content"), [
    ("a.svg", b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'), ("a.html", b"<html><script>alert(1)</script>"),
    ("a.jpg", b"<?php system($_GET[0]); ?>"), ("a.jpg", b"\xff\xd8\xff\xe0" + b"<script>alert(1)</script>"),
    ("a.exe", b"MZ" + bytes(200)), ("a.pdf", b"%PDF-1.4 /JavaScript (app.alert(1)) %%EOF"), ("a.txt", b"#!/bin/sh\nrm -rf /"),
    ("../../../etc/passwd", b"root:x:0:0"), ("a.zip", b"PK\x03\x04" + bytes(40)), ("leer.jpg", b""),
])
def test_files_that_are_something_else(visitor, name, content):
    visitor.fill(papers=SimpleUploadedFile(name, content, "image/jpeg"))
    assert visitor.errors() and not Attachment.objects.exists() and not WorkOrder.objects.exists()
    assert TEXT in visitor.page


def test_nine_files_and_no_more(visitor):
    visitor.fill(_keep="1", papers=[photo(f"{'x' * n}.jpg") for n in range(1, 12)])
    assert Attachment.objects.count() == 9
    visitor.fill(papers=[photo("还有一张很长很长名字的照片.jpg")])
    assert "最多 9 个" in visitor.errors()


def test_another_draft_cannot_be_taken_over_or_read(visitor, another):
    visitor.fill(_keep="1", photo=photo())
    mine = OnlineDraft.objects.get()
    for token in (str(mine.key), "x", "", f"{mine.key}:1:abc", visitor.hidden()["draft"][:-2] + "xx"):
        another.post(SEND, {"draft": token, "content": "别人的内容来了", "_keep": "1"})
        assert TEXT not in another.page and "现场.jpg" not in another.page
    mine.refresh_from_db()
    visitor.get(SEND)
    assert TEXT in visitor.page and "别人的内容" not in visitor.page


def test_files_of_another_draft_cannot_be_removed(visitor, another):
    visitor.fill(_keep="1", photo=photo())
    another.fill(_remove=str(Attachment.objects.get().pk))
    assert Attachment.objects.exists()


def test_a_draft_of_one_centre_is_none_of_another(visitor, cast):
    visitor.fill(_keep="1")
    visitor.post("/portal/OTHER/send/", {"draft": visitor.hidden()["draft"], "_keep": "1", "content": ""})
    assert TEXT not in visitor.page


@pytest.mark.parametrize("path", [SEND, TRACK, "/portal/DEMO/code/", "/portal/DEMO/reward/", "/portal/DEMO/leave/"])
def test_forms_from_elsewhere_are_refused(cast, path):
    from django.test import Client

    visitor = Visitor(client=Client(enforce_csrf_checks=True))
    assert visitor.post(path, phone=PHONE, content=TEXT).status_code == 403


def test_actions_on_an_order_want_a_token_too(cast):
    from django.test import Client

    strict = Visitor(client=Client(enforce_csrf_checks=True))
    for what in ("add", "urge", "withdraw", "rate"):
        assert strict.post(f"/portal/DEMO/track/1/{what}/", note="x").status_code == 403
    assert strict.post("/r/abc", satisfaction="very").status_code == 403


def test_what_fills_in_the_hidden_field_is_told_and_a_person_gets_on(visitor):
    visitor.prove()
    visitor.fill(leave_empty="http://spam.example")
    assert "应当留空" in visitor.errors() and not WorkOrder.objects.exists() and TEXT in visitor.page
    assert "spam.example" not in visitor.page
    assert visitor.fill().status_code == 302


def flood(monkeypatch, what, most):
    limit = LIMITS[what]
    monkeypatch.setitem(LIMITS, what, type(limit)(most, limit.span, limit.words))


def test_a_flood_from_one_phone_is_stopped_and_says_so(visitor):
    visitor.prove()
    words = ["路灯", "井盖", "噪音", "停水", "油烟", "垃圾", "树枝"]
    answers = [visitor.fill(content=f"{word * 6}问题要处理", _again="1") for word in words]
    assert [answer.status_code for answer in answers] == [302] * 6 + [429]
    assert "过一会儿再试" in visitor.errors() or "稍后再提交" in visitor.errors()
    assert "垃圾" not in visitor.page and "树枝树枝" in visitor.page and WorkOrder.objects.count() == 6


def test_a_flood_of_anonymous_reports_from_one_address(visitor, monkeypatch):
    flood(monkeypatch, "anonymous_address", 2)
    said = {"anonymous": "on", "phone": "", "extra_enterprise": "某厂", "extra_hazard": "fire"}
    statuses = []
    for n in range(4):
        visitor.client.cookies.clear()
        statuses.append(visitor.fill(REPORT, content=f"第 {n} 次举报消防通道堵塞", **said).status_code)
    assert statuses == [302, 302, 429, 429] and "12345" in visitor.errors() and "第 3 次举报" in visitor.page


def test_a_flood_of_drafts_keeps_the_words_on_the_page(visitor, monkeypatch):
    flood(monkeypatch, "draft_address", 2)
    for _ in range(3):
        visitor.client.cookies.clear()
        answer = visitor.fill(_keep="1")
    assert answer.status_code == 429 and TEXT in visitor.page and OnlineDraft.objects.count() == 2


def test_a_flood_of_files(visitor, monkeypatch):
    flood(monkeypatch, "file_address", 2)
    visitor.fill(_keep="1", papers=[photo("a.jpg"), photo("bb.jpg")])
    visitor.fill(papers=[photo("ccc.jpg")])
    assert "上传文件过于频繁" in visitor.errors() and Attachment.objects.count() == 2 and TEXT in visitor.page


def test_counts_say_nothing_of_whom_they_count(visitor):
    from huying.portal.models import Attempt

    visitor.send_in()
    assert Attempt.objects.exists()
    assert all(b"203.0.113.5" not in bytes(row.key) and PHONE.encode() not in bytes(row.key) for row in Attempt.objects.all())


@pytest.mark.parametrize("said", [
    {"content": "\x00\x00路灯坏了好几天"}, {"region_0": "330100"}, {"region": "999999999999"}, {"kind": "dragon"},
    {"identity": "king"}, {"place": "x" * 5000}, {"content": "长" * 6001}, {"phone": "1" * 500}, {"step": "nonsense"},
    {"_remove": "-1"}, {"_remove": "99999999999999999999"}, {"extra_x": "1"}, {"draft": "ä" * 3000},
])
def test_nonsense_is_an_error_beside_a_field_not_a_crash(visitor, said):
    visitor.prove()
    assert visitor.fill(**said).status_code in {200, 302}


@pytest.mark.parametrize("path", ["/portal/DEMO/track/%00/", "/portal/DEMO/track/' OR 1=1--/", "/portal/%27/", "/portal/DEMO/sent/x/",
                                  "/portal/DEMO/send/%3Cx%3E/", "/portal/DEMO/track/" + "9" * 400 + "/"])
def test_odd_addresses(visitor, path):
    assert visitor.get(path).status_code in {302, 404}


def test_nobody_frames_or_caches_what_is_personal(visitor):
    order = visitor.send_in()
    answer = visitor.get(f"/portal/DEMO/track/{order.number}/")
    assert "no-store" in answer.headers["Cache-Control"] and answer.headers["X-Frame-Options"] == "DENY"
    assert "frame-ancestors" in answer.headers["Content-Security-Policy"]

