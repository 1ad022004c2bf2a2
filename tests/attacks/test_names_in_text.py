"""A unit looks for the appellant's name in everything it may read, and tries to find orders by it."""

import pytest

from api.caller import ORDERS, Api
from huying.messaging.models import Message
from huying.messaging.rules import SCENES
from huying.workorders.models import Attachment
from huying.workorders.queries.export_file import export_rows
from workorders.play import Play

pytestmark = [pytest.mark.django_db, pytest.mark.req("R167")]
BACKEND = "django.contrib.auth.backends.ModelBackend"
NAMES = ("韦小川", "韦 小 川", "韦先生", "老韦")
TEXT = "来电人韦小川（韦 小 川）称路灯不亮，请找韦先生，邻居都叫他老韦。黄女士也知道。"


@pytest.fixture(params=["complaint", "report"])
def play(cast, request):
    """An order whose every text names the appellant; a report is confidential."""
    made = Play(
        cast, kind=request.param, name="韦小川", title="韦先生反映路灯不亮", content=TEXT, place="老韦家门前",
        points=["韦小川的灯", "韦先生的门"],
    )
    made.to_dispatch().do("dispatcher1", "dispatch", unit="CG", opinion="请联系韦小川").do("liaison1", "sign")
    Attachment.objects.filter(pk=made.file()).update(name="韦小川的照片.jpg", uploaded_by=None, purpose="appeal")
    return made


def signed_in(client, cast, user):
    client.force_login(cast.staff[user], backend=BACKEND)
    return client


def read(client, path, **asked):
    answer = client.get(path, asked, follow=True)
    assert answer.status_code == 200, path
    return answer.content.decode()


def left(text):
    return [name for name in NAMES if name in text]


def test_no_page_of_a_unit_names_the_appellant(cast, client, play):
    unit = signed_in(client, cast, "liaison1")
    for path in (f"/orders/{play.number}/", "/orders/desk/handling/", "/orders/desk/all/", f"/orders/{play.number}/do/reply/"):
        shown = read(unit, path)
        assert play.number in shown.replace("</span><span>", "") or "路灯不亮" in shown
        assert not left(shown), path
    assert "黄女士" in read(unit, f"/orders/{play.number}/")  # whoever else is named is part of the matter
    centre = read(signed_in(client, cast, "reviewer1"), f"/orders/{play.number}/")
    assert set(left(centre)) == set(NAMES)


def test_no_try_finds_it(cast, client, play):
    for user, there in (("reviewer1", True), ("liaison1", False)):
        who, api = signed_in(client, cast, user), Api(cast.staff[user])
        for name in ("韦小川", "韦先生", "老韦"):
            assert (f"/orders/{play.number}/" in read(who, "/orders/search/", q=name)) is there, name
            assert (play.number in api.get(f"{ORDERS}?q={name}").content.decode()) is there, name
        assert (f"/orders/{play.number}/" in read(who, "/orders/desk/all/", text="韦小川")) is there
        assert f"/orders/{play.number}/" in read(who, "/orders/search/", q="路灯不亮")
    found = read(signed_in(client, cast, "liaison1"), "/orders/search/", q="路灯不亮")
    assert "<mark>" in found and not left(found)


def test_nothing_the_interface_gives_a_unit_names_the_appellant(cast, play):
    unit = Api(cast.staff["liaison1"])
    for path in (ORDERS, f"{ORDERS}/{play.number}", f"{ORDERS}/{play.number}/events", f"{ORDERS}/{play.number}/attachments",
                 f"{ORDERS}/{play.number}/actions"):
        answer = unit.get(path)
        assert answer.status_code == 200 and not left(answer.content.decode()), path
    assert left(Api(cast.staff["reviewer1"]).get(f"{ORDERS}/{play.number}").content.decode())


def test_neither_message_nor_export_names_the_appellant(cast, play):
    play.do("supervisor1", "urge", note="韦先生又来电催问")
    to_unit = {code for code, scene in SCENES.items() if scene.audience == "unit"}
    sent = [row.text for row in Message.objects.filter(scene__in=to_unit)]
    assert len(sent) >= 2 and not [text for text in sent if left(text)]
    (row,) = export_rows(cast.actor("director1"), [play.order.pk])
    assert "路灯不亮" in "".join(row) and not left("".join(row))


def test_of_a_confidential_order_nothing_of_a_name_is_left(cast, client):
    made = Play(cast, kind="report", name="", caller_kind="anonymous", content="我叫陆海宁，免贵姓陆，本人是厂里职工，夜间排污。")
    made.handling()
    shown = read(signed_in(client, cast, "liaison1"), f"/orders/{made.number}/")
    assert "陆海宁" not in shown and "姓陆" not in shown and "夜间排污" in shown
    assert "夜间排污" in read(client, "/orders/search/", q="夜间排污")
    assert f"/orders/{made.number}/" not in read(client, "/orders/search/", q="陆海宁")
