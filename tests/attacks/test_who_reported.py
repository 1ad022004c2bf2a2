"""A unit tries to find out who reported it, and people try to see sensitive orders they may not."""

import pytest

from huying.citizens.fields import blind_index
from huying.followup.operations import answer_shown
from huying.kernel import clock
from huying.messaging.models import Message
from huying.workorders.models import Attachment
from huying.workorders.operations import act
from huying.workorders.policies import found_by_phone
from huying.workorders.queries.export_file import harmless
from huying.workorders.queries.filters import Filters, pinpointed
from huying.workorders.queries.similar import orders_of_caller, similar_orders
from huying.workorders.rules import BadInput
from huying.workorders.rules.desks import DESKS
from workorders.play import PHONE, Play

pytestmark = pytest.mark.django_db
BACKEND = "django.contrib.auth.backends.ModelBackend"


def signed_in(client, cast, user):
    client.force_login(cast.staff[user], backend=BACKEND)
    return client


LISTS = [f"/orders/desk/{code}/" for code in sorted({desk.code for desk in DESKS.values()})]


def pages(client, paths, **asked):
    """Text of all of these pages that this person has, all of it on one heap."""
    answers = [client.get(path, asked, follow=True) for path in paths]
    assert any(answer.status_code == 200 for answer in answers)
    return "".join(answer.content.decode() for answer in answers if answer.status_code == 200)


def test_trying_numbers_finds_no_report(cast, client):
    """A unit's lists have no filter by number at all; the search must not be one."""
    report, plain = Play(cast, kind="report").handling(), Play(cast).handling()
    shown = pages(signed_in(client, cast, "liaison1"), ["/orders/search/"], q=PHONE)
    assert plain.number in shown and report.number not in shown
    filters = Filters(phone=PHONE)
    for user, wanted in (("liaison1", {plain.number}), ("reviewer1", {plain.number, report.number})):
        assert set(found_by_phone(cast.actor(user)).filter(pk__in=pinpointed(filters, found_by_phone(cast.actor(user))))
                   .values_list("number", flat=True)) == wanted


def test_a_number_in_the_text_is_not_found_by_who_may_not_read_it(cast, client):
    play = Play(cast, content="来电人 13912345678 称路灯三天没有亮了").handling()
    assert play.number in pages(signed_in(client, cast, "reviewer1"), ["/orders/search/"], q="13912345678")
    assert play.number not in pages(signed_in(client, cast, "liaison1"), ["/orders/search/"], q="13912345678")


def test_direct_hits_by_phone(cast):
    from huying.workorders.queries.search import direct_hits

    report, plain = Play(cast, kind="report").handling(), Play(cast).handling()
    numbers = {line.order.number for line in direct_hits(cast.actor("liaison1"), PHONE)}
    assert numbers == {plain.number}
    assert {line.order.number for line in direct_hits(cast.actor("reviewer1"), PHONE)} == {plain.number, report.number}


def voice(play, cast, **more):
    said = {"purpose": "appeal", "name": "张小满的录音.mp3", "media_type": "audio/mpeg"} | more
    return Attachment.objects.create(order=play.order, centre=cast.demo, size=1, digest="0" * 64, **said)


@pytest.mark.parametrize("purpose", ["appeal", "supplement"])
@pytest.mark.parametrize("media_type", ["audio/mpeg", "video/mp4"])
def test_no_unit_hears_or_sees_the_reporter(cast, client, purpose, media_type):
    play = Play(cast, kind="report").handling()
    voice(play, cast, purpose=purpose, media_type=media_type)
    assert "录音" not in signed_in(client, cast, "liaison1").get(f"/orders/{play.number}/").content.decode()


def test_names_of_the_reporters_files_are_not_told(cast, client):
    play = Play(cast, kind="report").handling()
    voice(play, cast, media_type="image/jpeg", name="张小满身份证.jpg")
    page = signed_in(client, cast, "liaison1").get(f"/orders/{play.number}/").content.decode()
    assert "张小满" not in page and "材料" in page


def test_naming_a_hidden_file_does_not_bring_it_to_light(cast):
    play = Play(cast, kind="report").handling()
    hidden = voice(play, cast)
    at = clock.now().isoformat()
    said = {"who": "李工", "when": at, "way": "visit", "finding": "true", "proof": [hidden.pk]}
    for code, data in (("supplement", {"note": "补充", "files": [hidden.pk]}), ("verify", said)):
        with pytest.raises(BadInput):
            act(actor=cast.actor("liaison1"), number=play.number, code=code, data=data)
    hidden.refresh_from_db()
    assert (hidden.purpose, hidden.verification_id) == ("appeal", None)


def test_one_proof_is_not_used_twice(cast):
    play = Play(cast).handling()
    proof, at = play.file(), clock.now().isoformat()
    said = {"who": "李工", "when": at, "way": "visit", "finding": "true", "proof": [proof]}
    play.do("liaison1", "verify", **said)
    with pytest.raises(BadInput):
        play.do("liaison1", "verify", **said)


def test_another_units_application_is_between_it_and_the_hotline(cast, client):
    play = Play(cast).handling(assistants=["SW"])
    play.do("liaison1", "request_return", clause="条款", proposed_unit="ZJ", reason="本单位的内部难处")
    page = signed_in(client, cast, "liaison3").get(f"/orders/{play.number}/")
    assert page.status_code == 200
    assert [plea.unit.code for plea in page.context["page"].pleas] == []


@pytest.mark.parametrize("user", ["agent1", "dispatcher1", "followup1"])
def test_a_sensitive_order_is_nowhere(cast, client, user):
    play = Play(cast, title="特别敏感的一件事", is_sensitive=True, by="leader1").do("leader1", "submit")
    actor = cast.actor(user)
    assert not orders_of_caller(actor, PHONE)
    assert not similar_orders(actor, text="特别敏感的一件事，海湾社区路灯不亮", phone=PHONE)
    signed_in(client, cast, user)
    assert client.get(f"/orders/{play.number}/").status_code == 404
    for asked in ({}, {"q": "特别敏感的一件事", "phone": PHONE, "text": "特别敏感"}):
        assert play.number not in pages(client, [*LISTS, "/", "/orders/search/", "/followup/"], **asked)
    assert play.number in pages(signed_in(client, cast, "reviewer1"), LISTS)


@pytest.mark.parametrize("text", ["=1+1", "＝1+1", "  =1+1", "\n@SUM(A1)", "\t=1", "＋86", "-1"])
def test_no_cell_is_a_formula(text):
    assert harmless(text).startswith("'")


@pytest.mark.parametrize("typed", ["13912345678", "1391234", "１３９１２３４", "zhangsan@qq", "李四@"])
def test_a_list_narrowed_by_text_tells_a_unit_nothing_it_may_not_read(cast, client, typed):
    """Every filter of every list is a question; what is scrubbed from the page is not answered by it either."""
    play = Play(cast, content="来电人 13912345678、１３９１２３４５６７８，zhangsan@qq.com，称路灯三天没有亮了").handling()
    everything = ["/orders/desk/all/"]
    assert play.number not in pages(signed_in(client, cast, "liaison1"), everything, text=typed)
    assert play.number in pages(client, everything, text="路灯三天")
    if typed.isascii():
        assert play.number in pages(signed_in(client, cast, "reviewer1"), everything, text=typed)


def test_numbers_in_a_title_do_not_go_to_the_units_phone(cast):
    play = Play(cast, title="13912345678 来电称路灯不亮").dispatched()
    play.do("agent1", "urge", note="请回电 13912345678")
    texts = [message.text for message in Message.objects.filter(phone_hash=blind_index("13907700000", purpose="phone"))]
    assert len(texts) >= 2 and all("13912345678" not in text for text in texts)


@pytest.mark.req("R098")
def test_a_confidential_report_merged_needs_words_for_the_others(cast):
    report, plain = Play(cast, kind="report"), Play(cast, phone="13907700002").handling()
    report.do("dispatcher1", "merge", into=plain.number, reason="同一处工地")
    plain.verified()
    with pytest.raises(BadInput) as refused:
        plain.do("liaison1", "reply", reply="已约谈举报人所指的包工头并责令整改。", finding="true", outcome="solved")
    assert list(refused.value.fields) == ["public_reply"]
    plain.do("liaison1", "reply", reply="已约谈举报人所指的包工头并责令整改。", finding="true", outcome="solved",
             public_reply="工地已责令整改。")
    assert answer_shown(plain.order) == "工地已责令整改。"


def test_merged_into_an_answered_report_the_words_are_asked_for_at_once(cast):
    report, plain = Play(cast, kind="report").handling().replied(), Play(cast, phone="13907700002")
    with pytest.raises(BadInput) as refused:
        plain.do("dispatcher1", "merge", into=report.number, reason="同一处工地")
    assert list(refused.value.fields) == ["public_reply"]
    plain.do("dispatcher1", "merge", into=report.number, reason="同一处工地", public_reply="路灯已经修好。")
    report.order.refresh_from_db()
    assert answer_shown(report.order) == "路灯已经修好。" != report.order.answer
    with pytest.raises(BadInput):
        Play(cast, phone="13907700003").do(
            "dispatcher1", "merge", into=Play(cast, phone="13907700004").number, reason="同一处", public_reply="还没有答复")


@pytest.mark.parametrize("wanted", ["//evil.example/", "https://evil.example/", "javascript:alert(1)", "/orders/\r\nX-Evil: 1"])
def test_the_way_back_leads_nowhere_else_and_writes_no_header(cast, client, wanted):
    play = Play(cast)
    answer = signed_in(client, cast, "agent1").post(
        f"/orders/{play.number}/do/comment/", {"note": "已电话告知进度", "next": wanted}, headers={"HX-Request": "true"})
    assert answer.status_code == 200 and "X-Evil" not in answer.headers
    assert answer["HX-Redirect"].startswith("/orders/") and "evil.example" not in answer["HX-Redirect"]
