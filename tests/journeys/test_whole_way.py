"""One appeal from intake to the closed store, each step by its own person in the browser, on plain forms (issue: done when)."""

import re

import pytest

from huying.audit.queries import verify
from huying.followup.operations import make_rating_token
from huying.workorders.models import WorkOrder
from huying.workorders.workflow import State
from journeys.conftest import PHONE

PROOF = {"name": "现场.txt", "mimeType": "text/plain", "buffer": "现场核实：灯泡已换，恢复照明。".encode()}


def act(page, number, code, *, choose=(), files=(), **said):
    """Open the form of an action, fill it in, send it."""
    page.goto(re.sub(r"(https?://[^/]+).*", r"\1", page.url) + f"/orders/{number}/do/{code}/")
    for name, text in said.items():
        page.locator(f"[name={name}]").first.fill(text)
    for name, value in choose:
        box = page.locator(f"[name={name}]").first
        if box.evaluate("box => box.tagName") == "SELECT":
            box.select_option(value)
        else:
            page.locator(f"[name={name}][value={value}]").check()
    for name in files:
        page.locator(f"input[type=file][name^={name}]").first.set_input_files(PROOF)
    page.locator("main form button[type=submit]").last.click()
    assert page.locator(".alert-danger, .invalid-feedback, [role=alert]").count() == 0, page.inner_text("main")


def state_of(number):
    return WorkOrder.objects.values_list("state", flat=True).get(number=number)


@pytest.mark.req("R035", "R102", "R248")
def test_from_intake_to_the_closed_store(visit, shot, cast):
    agent = visit("agent1", "/desk/", js=False)
    agent.locator("[name=phone]").first.fill("13907700001")
    agent.locator("[name=name]").first.fill("张小满")
    agent.locator("[name=kind][value=complaint], [name=type][value=complaint]").first.check()
    agent.locator("[name=title]").first.fill("海湾社区路灯不亮")
    agent.locator("[name=content]").first.fill("海湾社区门口的路灯三天没有亮了，希望尽快修好。")
    agent.get_by_role("button", name="送审").first.click()
    if not WorkOrder.objects.exists():  # hints ask for a reason first
        for box in agent.locator("main input[name^=why], main input[name^=reason], main input[name^=override]").all():
            box.fill("来电人不清楚")
        agent.get_by_role("button", name="送审").last.click()
    number = WorkOrder.objects.get().number
    assert state_of(number) == State.TO_REVIEW

    act(visit("reviewer1", js=False), number, "pass_review")
    dispatcher = visit("dispatcher1", f"/orders/desk/to_dispatch/?open={number}", js=False)
    shot(dispatcher, "dispatcher-desk")
    act(dispatcher, number, "dispatch", unit="城市管理局（CG）", opinion="请核实路灯并答复诉求人")
    assert state_of(number) == State.TO_SIGN

    liaison = visit("liaison1", "/orders/desk/to_sign/", js=False, size=PHONE)
    shot(liaison, "liaison-phone")
    act(liaison, number, "sign")
    act(liaison, number, "contact", choose=[("way", "phone")], note="已电话联系，约今晚维修")
    act(liaison, number, "verify", who="李工", when="2026-01-05T09:00", choose=[("way", "visit"), ("finding", "true")], files=["proof"])
    act(liaison, number, "reply", reply="已于今日更换灯泡，路灯恢复照明，感谢监督。", choose=[("finding", "true"), ("outcome", "solved")])
    assert state_of(number) == State.TO_CHECK

    reviewer = visit("reviewer1", f"/orders/desk/to_check/?open={number}", js=False)
    shot(reviewer, "reviewer-check")
    act(reviewer, number, "pass_check")

    caller = visit("followup1", "/followup/", js=False)
    caller.get_by_role("button", name=f"回访 {number}").click()
    for label in ("联系过", "已解决", "满意"):
        caller.get_by_label(label, exact=True).check()
    caller.get_by_role("button", name="完成回访").click()
    assert state_of(number) == State.TO_CLOSE

    act(visit("reviewer1", js=False), number, "close")
    order = WorkOrder.objects.get()
    citizen = visit("", f"/r/{make_rating_token(order)}", js=False, size=PHONE)
    citizen.get_by_label("非常满意").check()
    citizen.locator("main button[type=submit]").first.click()
    citizen.get_by_text(re.compile("谢谢|感谢")).first.wait_for()
    assert state_of(number) == State.CLOSED

    store = visit("director1", "/orders/desk/closed/", js=False)
    store.get_by_text("海湾社区路灯不亮").first.wait_for()
    assert list(verify()) == []
