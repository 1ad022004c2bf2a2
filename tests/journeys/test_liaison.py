"""A liaison in a hurry, on the phone: sign, call, photo, reply; return, ask for more time, hand down; with and without script."""

import io
import re

import pytest
from PIL import Image

from huying.workorders.models import Application, Assignment, Attachment, WorkOrder
from huying.workorders.workflow import State, Task
from journeys.conftest import DESK, PHONE
from workorders.play import PHONE as NUMBER
from workorders.play import Play

REPLY = "已于今日上午更换灯泡 3 只，路灯恢复照明，已当面告知诉求人。"
WAYS = pytest.mark.parametrize("js", [True, False], ids=["script", "plain"])


def photo():
    picture = io.BytesIO()
    Image.effect_noise((640, 480), 40).convert("RGB").save(picture, "JPEG")
    return {"name": "现场.jpg", "mimeType": "image/jpeg", "buffer": picture.getvalue()}


def card(page, play):
    return page.locator(f'tr[data-order="{play.number}"]')


def fits(page):
    """Nothing runs out of the side of the phone, and what one taps is large enough for a thumb."""
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), page.url
    for button in page.locator("main .btn:visible").all():
        assert button.bounding_box()["height"] >= 40, button.inner_text()


def send(page, label):
    fits(page)
    page.locator("#act-form").get_by_role("button", name=label).click()


@pytest.fixture
def phone(visit):
    def opened(path="/orders/desk/to_sign/", *, js=True, user="liaison1"):
        page = visit(user, path, js=js, size=PHONE)
        fits(page)
        return page

    return opened


@WAYS
@pytest.mark.req("R102", "R259", "R287")
def test_sign_call_photo_reply(phone, shot, cast, js):
    lamp, other = Play(cast).dispatched(), Play(cast, title="井盖松动有异响", content="渔洲路井盖松动，踩上去会翻").dispatched()
    page = phone(js=js)
    shot(page, "liaison-phone")
    card(page, lamp).get_by_role("button", name="签收").click()
    page.get_by_text("已签收").wait_for()
    assert card(page, other).is_visible() and not card(page, lamp).count()

    page.get_by_role("link", name="办理中").click()
    card(page, lamp).get_by_role("link", name="联系").click()
    assert NUMBER not in page.content()
    page.get_by_label("电话", exact=True).check()
    page.get_by_label("说明").fill("已电话联系诉求人，约今天上午到场")
    send(page, "登记联系")
    page.get_by_text("已登记联系").wait_for()

    card(page, lamp).get_by_role("link", name="核实拍照").click()
    page.get_by_label("上门或现场").check()
    page.get_by_label("说明").fill("现场三只灯泡损坏")
    send(page, "登记核实")  # the photograph and the finding are missing: said beside the fields, nothing typed is lost
    page.get_by_text("请上传证明材料").first.wait_for()
    page.get_by_text("请选择事实认定").first.wait_for()
    assert page.get_by_label("说明").input_value() == "现场三只灯泡损坏"
    page.get_by_label("属实", exact=True).check()
    page.locator("input[type=file]").set_input_files(photo())
    if js:
        page.locator(".hy-picked img").wait_for()  # what was picked is shown before it is sent
    shot(page, "liaison-verify")
    send(page, "登记核实")
    page.get_by_text("已登记核实").wait_for()

    card(page, lamp).get_by_role("link", name="答复").click()
    page.get_by_label("答复内容").fill("已换")
    page.get_by_label("属实", exact=True).check()
    page.get_by_label("已解决").check()
    send(page, "答复")
    assert page.get_by_label("答复内容").input_value().strip() == "已换"
    page.get_by_label("答复内容").fill(REPLY)
    send(page, "答复")
    page.get_by_text("已答复").wait_for()

    order = WorkOrder.objects.get(number=lamp.number)
    check = order.assignments.get().verifications.get()
    assert (order.state, order.answer) == (State.TO_CHECK, REPLY)
    assert (check.way, check.finding, check.who, check.note) == ("visit", "true", "联络员甲", "现场三只灯泡损坏")
    assert [file.media_type for file in check.proofs.all()] == ["image/jpeg"]
    page.get_by_role("link", name="工单", exact=True).click()
    page.get_by_role("link", name="已反馈").click()
    card(page, lamp).wait_for()
    here = page.locator(".hy-list__about").inner_text()
    page.set_viewport_size({"width": DESK[0], "height": DESK[1]})
    page.reload()
    assert card(page, lamp).is_visible() and page.locator(".hy-list__about").inner_text() == here  # the same on a large screen


@WAYS
@pytest.mark.req("R289")
def test_not_ours_is_sent_back_with_the_clause_once(phone, shot, cast, js):
    play = Play(cast).dispatched()
    page = phone(f"/orders/{play.number}/", js=js)
    page.get_by_role("link", name="申请退回").click()
    page.locator("#act-form").wait_for()
    send(page, "申请退回")
    page.get_by_text("请填写依据条款").first.wait_for()
    page.get_by_label("依据条款").fill("市政设施移交清单第三条")
    page.get_by_label("建议承办单位").fill("自来水")
    page.get_by_label("理由").fill("小区内路灯由供水公司代管，不在移交清单内")
    shot(page, "liaison-return")
    send(page, "申请退回")
    page.get_by_text("退回审核中").first.wait_for()
    fits(page)
    plea = Application.objects.get()
    assert (plea.kind, plea.state, plea.clause, plea.proposed_unit.code) == ("return", "pending", "市政设施移交清单第三条", "SW")
    play.do("reviewer1", "reject_return", reason="属于本单位职责")
    page.reload()
    assert not page.get_by_role("link", name="申请退回").count()  # once per unit


@WAYS
@pytest.mark.req("R281", "R288")
def test_more_time_is_asked_for_and_the_rest_is_handed_down(phone, shot, cast, js):
    play = Play(cast).handling().do("liaison1", "contact", way="phone", note="已联系诉求人，说明需要等配件")
    page = phone(f"/orders/{play.number}/", js=js)
    page.get_by_role("link", name="申请延期").click()
    page.get_by_label("延期工作日").fill("3")
    page.get_by_label("理由").fill("等待配件到货")
    page.locator("input[type=file]").set_input_files(photo())
    send(page, "申请延期")
    page.get_by_text("延期审核中").first.wait_for()
    asked = Application.objects.get()
    assert (asked.kind, asked.workdays, asked.state) == ("extension", 3, "pending")
    assert Attachment.objects.filter(application=asked).count() == 1

    page.locator(".wo-more > summary").click()
    page.get_by_role("link", name="二级交办").click()
    assert page.get_by_label("反馈期限").input_value()  # the unit's own term, never later
    page.get_by_label("承办单位").fill("市容")
    page.get_by_label("交办意见").fill("请今天到现场更换灯泡")
    send(page, "二级交办")
    page.get_by_text("已二级交办").wait_for()
    fits(page)
    page.get_by_role("link", name="下派跟踪").click()
    card(page, play).get_by_text("市容管理科").first.wait_for()

    below = phone(user="subliaison1", js=js)
    card(below, play).get_by_role("button", name="签收").click()
    below.get_by_text("已签收").wait_for()
    below.get_by_role("link", name="办理中").click()
    card(below, play).get_by_role("link", name="反馈").click()
    below.get_by_label("答复内容").fill("灯泡 3 只已更换，现场恢复照明。")
    send(below, "协办反馈")
    below.get_by_text("已协办反馈").wait_for()
    assert Assignment.objects.get(unit__code="CG-1").state == Task.REPLIED


@pytest.mark.req("R260", "R262")
def test_followed_orders_and_the_way_of_one_found_by_number_or_title(phone, cast):
    mine, others = Play(cast).handling(), Play(cast, title="路灯杆倾斜").handling("ZJ", "liaison2")
    page = phone(f"/orders/{mine.number}/")
    page.get_by_role("button", name="关注", exact=True).click()
    page.get_by_text("已关注").wait_for()
    page.get_by_role("link", name="工单", exact=True).click()
    page.get_by_role("link", name="我关注的").click()
    card(page, mine).wait_for()
    for words, number, found in ((mine.number, mine.number, True), ("路灯不亮", mine.number, True), (others.number, others.number, False),
                                 ("路灯杆倾斜", others.number, False)):
        page.get_by_placeholder("内容、单号").fill(words)
        page.keyboard.press("Enter")
        page.wait_for_url(re.compile(rf"/search/|/{number}/$"))  # an exact number opens the order
        page.locator("main h1").wait_for()
        assert bool(page.locator(f'[data-order="{number}"]').count()) is found, words
    page.goto(page.url.split("/orders/")[0] + f"/orders/{mine.number}/")
    assert "办理中" in page.locator(".hy-track [aria-current=step]").inner_text()
    page.get_by_role("button", name="取消关注").click()
    page.get_by_text("已取消关注").wait_for()
    page.get_by_role("link", name="工单", exact=True).click()
    page.get_by_role("link", name="我关注的").click()
    assert not card(page, mine).count()
