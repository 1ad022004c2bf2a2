"""Every path of an order's life, as the list of states it goes through (rules.md 3.4)."""

from datetime import timedelta

import pytest

from huying.audit.models import Event
from huying.kernel import clock
from huying.org.policies import NotAllowed, Outsourced, system_actor
from huying.workorders.models import Assignment, Clock, Link, WorkOrder
from huying.workorders.operations import act, ring
from huying.workorders.operations.extensions import NoExtension
from huying.workorders.operations.handle import AssistantsUnfinished, NotVerified
from huying.workorders.operations.returns import NoReturn
from huying.workorders.queries import AlreadyDone, NoSuchOrder
from huying.workorders.rules import BadInput
from huying.workorders.workflow import ACTIONS, Plea, State, Task
from workorders.play import Play

pytestmark = pytest.mark.django_db
S = State


@pytest.mark.req("R035", "R102", "R278", "R279")
def test_main_path(cast):
    play = Play(cast).handling().replied().to_close().do("reviewer1", "close")
    assert play.states == [S.DRAFT, S.TO_REVIEW, S.TO_DISPATCH, S.TO_SIGN, S.HANDLING, S.TO_CHECK, S.TO_FOLLOW_UP,
                           S.FOLLOWING_UP, S.TO_CLOSE, S.CLOSED]
    events = Event.objects.filter(stream="order", stream_id=play.order.pk).order_by("seq")
    assert [event.kind for event in events] == [
        "create", "submit", "pass_review", "dispatch", "sign", "verify", "reply", "pass_check", "close"]
    assert all(event.actor_name and event.at for event in events)
    assert not Clock.objects.filter(order=play.order, state__in=["running", "paused"]).exists()


@pytest.mark.req("R277")
def test_direct_answer_closes_at_once(cast):
    play = Play(cast, kind="consultation").do("agent1", "direct_answer", answer="可在政务大厅二楼办理")
    assert (play.order.state, play.order.direct) == (S.CLOSED, True)


def test_decline_needs_code_and_script(cast):
    with pytest.raises(BadInput) as refused:
        Play(cast).do("agent1", "decline", code="N99")
    assert set(refused.value.fields) == {"code", "script"}
    play = Play(cast).do("agent1", "decline", code="N02", script="请拨打当地 12345")
    assert (play.order.state, play.order.decline_code) == (S.DECLINED, "N02")


@pytest.mark.req("R278")
def test_review_sends_back_with_a_reason(cast):
    play = Play(cast).do("agent1", "submit").do("reviewer1", "reject_review", reason="缺少门牌号")
    assert play.order.state == S.DRAFT and play.order.holder.username == "agent1"
    assert Event.objects.filter(stream_id=play.order.pk, kind="reject_review", reason="缺少门牌号").exists()


@pytest.mark.req("R110", "R280")
def test_main_unit_waits_for_its_assistants(cast):
    play = Play(cast).handling(assistants=["SW", "ZJ"]).verified()
    with pytest.raises(AssistantsUnfinished, match=r"自来水公司、住房和城乡建设局|住房和城乡建设局、自来水公司"):
        play.do("liaison1", "reply", reply="已经全部处理完毕了。", finding="true", outcome="solved")
    play.do("liaison3", "sign").do("liaison3", "assist_reply", reply="管道已修复，现场已恢复。")
    with pytest.raises(AssistantsUnfinished):
        play.do("liaison1", "reply", reply="已经全部处理完毕了。", finding="true", outcome="solved")
    play.do("liaison1", "reply", reply="已经全部处理完毕了。", finding="true", outcome="solved", force_reason="住建局不涉及")
    assert play.order.state == S.TO_CHECK
    late = Clock.objects.get(assignment=play.task("ZJ"), kind="handle")
    assert late.state == Clock.State.RUNNING  # the assistant's own deadline goes on and is its own to answer for


@pytest.mark.req("R287")
def test_no_reply_without_the_four_elements(cast):
    play = Play(cast).handling()
    with pytest.raises(NotVerified):
        play.do("liaison1", "reply", reply="已经全部处理完毕了。", finding="true", outcome="solved")
    for missing in ("who", "when", "way", "proof"):
        said = {"who": "李工", "when": clock.now().isoformat(), "way": "visit", "finding": "true", "proof": [play.file()]}
        del said[missing]
        with pytest.raises(BadInput) as refused:
            play.do("liaison1", "verify", **said)
        assert set(refused.value.fields) == {missing}


@pytest.mark.req("R288")
def test_sub_unit_is_due_no_later_than_its_parent(cast):
    play = Play(cast).handling()
    due = play.task("CG").due_at
    with pytest.raises(BadInput) as refused:
        play.do("liaison1", "delegate", unit="CG-1", due=(due + timedelta(minutes=1)).isoformat(), opinion="请到现场")
    assert "due" in refused.value.fields
    play.do("liaison1", "delegate", unit="CG-1", due=due.isoformat(), opinion="请到现场")
    child = play.task("CG-1")
    assert (child.parent.unit.code, child.due_at) == ("CG", due)
    play.do("subliaison1", "sign", target=child.pk).do("subliaison1", "assist_reply", target=child.pk, reply="已到现场处理，情况属实。")
    with pytest.raises(NoSuchOrder):
        play.do("liaison2", "comment", note="与我无关")


@pytest.mark.req("R289")
def test_return_needs_clause_and_proposed_unit(cast):
    play = Play(cast).dispatched()
    with pytest.raises(BadInput) as refused:
        play.do("liaison1", "request_return", reason="不是我们的")
    assert set(refused.value.fields) == {"clause", "proposed_unit"}
    play.do("liaison1", "request_return", clause="三定方案第 4 条", proposed_unit="ZJ", reason="属住建职责")
    assert play.order.state == S.TO_SIGN  # nothing has changed yet, and the clock runs
    assert Clock.objects.filter(assignment=play.task("CG"), state="running", kind="handle").exists()
    play.do("reviewer1", "approve_return", blame="dispatcher")
    assert (play.order.state, play.order.unit, play.task("CG").state) == (S.TO_DISPATCH, None, Task.RETURNED)


def test_rejected_return_cannot_be_repeated(cast):
    play = Play(cast).dispatched().do("liaison1", "request_return", clause="第 4 条", proposed_unit="ZJ", reason="属住建职责")
    play.do("reviewer1", "reject_return", reason="职责清单第 12 条明确归你局")
    assert play.plea().state == Plea.REJECTED
    with pytest.raises(NoReturn, match="最多申请退回 1 次"):
        play.do("liaison1", "request_return", clause="第 5 条", proposed_unit="ZJ", reason="再退一次")


def test_second_return_goes_to_arbitration_and_the_clock_runs(cast):
    play = Play(cast).dispatched().do("liaison1", "request_return", clause="第 4 条", proposed_unit="ZJ", reason="属住建")
    play.do("reviewer1", "approve_return", blame="unclear")
    play.do("dispatcher1", "dispatch", unit="ZJ", opinion="请办理")
    play.do("liaison2", "request_return", clause="第 9 条", proposed_unit="CG", reason="属城管")
    assert play.plea().state == Plea.ARBITRATING
    assert Clock.objects.filter(assignment=play.task("ZJ"), state="running").count() == 2
    with pytest.raises(AlreadyDone):
        play.do("reviewer1", "approve_return", blame="unclear")
    with pytest.raises(NotAllowed):
        play.do("dispatcher1", "arbitrate", unit="CG", reason="会商决定", blame="unclear")
    play.do("supervisor1", "arbitrate", unit="CG", reason="会商决定由城管牵头", blame="unclear")
    assert (play.order.state, play.order.unit.code, play.order.no_return) == (S.TO_SIGN, "CG", True)
    with pytest.raises(NoReturn, match="不得再退"):
        play.do("liaison1", "request_return", clause="第 4 条", proposed_unit="ZJ", reason="还是住建")


def test_an_outsourced_account_decides_no_duty_and_closes_nothing(cast):
    role = cast.staff["reviewer1"].roles.get()
    cast.staff["dispatcher1"].roles.add(role)
    play = Play(cast).handling().replied().to_close()
    with pytest.raises(Outsourced):
        play.do("dispatcher1", "close")
    assert play.do("reviewer1", "close").order.state == S.CLOSED


@pytest.mark.req("R281")
def test_extension_within_its_limits(cast):
    play = Play(cast).handling()
    before = play.task("CG").due_at
    ask = {"workdays": 2, "reason": "配件三天后到货", "proof": [play.file()]}
    with pytest.raises(NoExtension, match="先联系诉求人"):
        play.do("liaison1", "request_extension", **ask)
    play.do("liaison1", "contact", way="phone", note="已告知需要配件").do("liaison1", "request_extension", **ask)
    play.do("reviewer1", "approve_extension")
    task = play.task("CG")
    assert (task.extension_count, task.extended_days) == (1, 2) and task.due_at > before
    with pytest.raises(NoExtension, match="还可申请 8 个"):
        play.do("liaison1", "request_extension", **(ask | {"workdays": 9, "proof": [play.file()]}))
    play.do("liaison1", "request_extension", **(ask | {"workdays": 8, "proof": [play.file()]}))
    play.do("reviewer1", "approve_extension")
    with pytest.raises(NoExtension, match="最多延期 2 次"):
        play.do("liaison1", "request_extension", **(ask | {"workdays": 1, "proof": [play.file()]}))


def test_extension_comes_too_late_on_the_last_day(cast):
    play = Play(cast).handling().do("liaison1", "contact", way="phone", note="已联系")
    with clock.frozen(play.task("CG").due_at - timedelta(hours=2)), pytest.raises(NoExtension, match="到期前至少 1 个工作日"):
        play.do("liaison1", "request_extension", workdays=1, reason="来不及了", proof=[play.file()])


def test_suspension_moves_the_due_time_by_its_working_length(cast):
    with clock.frozen(clock.now().replace(2026, 9, 14, 2, 0, 0, 0)) as now:  # Monday 10:00 in Shanghai
        play = Play(cast).handling()
        due = play.task("CG").due_at
        play.do("liaison1", "request_suspension", ground="testing", until="2026-09-16 10:00", reason="水质送检", proof=[play.file()])
        play.do("reviewer1", "approve_suspension")
        assert play.task("CG").state == Task.SUSPENDED and play.order.due_at is None
        now.tick(timedelta(days=2))
        assert ring() == 1  # wakes by itself
        assert play.task("CG").state == Task.HANDLING
        assert play.task("CG").due_at == due + timedelta(days=2)  # two working days, no week-end between
        assert Clock.objects.get(order=play.order, kind="answer").state == Clock.State.RUNNING


@pytest.mark.req("R286")
def test_unsigned_order_is_taken_as_signed_and_its_clock_ran_from_dispatch(cast):
    play = Play(cast).dispatched()
    task = play.task("CG")
    with clock.frozen(task.sign_due_at + timedelta(seconds=1)):
        assert ring() >= 1
    signed = play.task("CG")
    assert (signed.state, signed.auto_signed, signed.due_at) == (Task.HANDLING, True, task.due_at)
    assert Clock.objects.get(assignment=task, kind="sign").state == Clock.State.MISSED
    assert WorkOrder.objects.get(pk=play.order.pk).state == S.HANDLING
    assert Event.objects.get(stream_id=play.order.pk, kind="sign").actor_kind == "system"


@pytest.mark.req("R106")
def test_reminders_before_due_then_overdue_then_escalated(cast):
    play = Play(cast).handling()
    due = play.task("CG").due_at
    for at in (due - timedelta(hours=24), due - timedelta(hours=2), due, due + timedelta(days=4)):
        with clock.frozen(at):
            while ring():
                pass
    rows = Event.objects.filter(stream_id=play.order.pk, kind__in=["remind", "overdue", "escalate"]).order_by("seq")
    assert [row.kind for row in rows if row.data["clock"] == "handle"] == ["remind", "remind", "overdue", "escalate"]
    assert WorkOrder.objects.get(pk=play.order.pk).supervised


def test_two_workers_strike_a_clock_once(cast):
    play = Play(cast).dispatched()
    with clock.frozen(play.task("CG").sign_due_at):
        assert ring() == 1
        assert ring() == 0


@pytest.mark.req("R099")
def test_mayors_letter_is_signed_off_before_it_goes_out(cast):
    play = Play(cast, template="mayor_mailbox", kind="suggestion", fields={"letter_subject": "建公园", "reply_way": "letter"})
    play.handling().replied()
    assert play.order.state == S.TO_SIGN_OFF
    with pytest.raises(NotAllowed, match="主管领导签发"):
        play.do("unitleader1", "sign_off")
    play.do("director1", "reject_sign_off", reason="请补充时间表").do(
        "liaison1", "reply", reply="公园计划明年三月开工。", finding="true", outcome="planned")
    assert play.do("director1", "sign_off").order.state == S.TO_CHECK


@pytest.mark.req("R098")
def test_safety_report_hides_its_reporter_from_every_unit(cast):
    from huying.workorders.policies import sees_contact, visible_to

    play = Play(cast, template="safety_report", kind="report", fields={"enterprise": "某厂", "hazard": "fire"})
    assert play.order.confidential and play.order.is_special and play.number.startswith("AQ")
    play.do("agent1", "submit")
    with pytest.raises(NotAllowed):
        play.do("dispatcher1", "pass_review")  # special orders take a special right
    play.do("reviewer1", "pass_review").do("dispatcher1", "dispatch", unit="CG", opinion="请核查").do("liaison1", "sign")
    liaison = cast.actor("liaison1")
    assert visible_to(liaison).filter(pk=play.order.pk).exists()
    assert not sees_contact(liaison, play.order)


def test_result_check_sends_back_and_the_clock_goes_on(cast):
    play = Play(cast).handling().replied()
    due = play.task("CG").due_at
    play.do("reviewer1", "reject_check", reason="没有回应第二个诉求点")
    assert play.order.state == S.HANDLING
    assert Clock.objects.get(assignment=play.task("CG"), kind="handle", state="running").due_at == due


@pytest.mark.req("R284", "R285")
def test_closed_order_changes_only_by_reopening(cast):
    play = Play(cast).handling().replied().to_close().do("reviewer1", "close")
    for code, action in ACTIONS.items():
        if action.on == "order" and S.CLOSED not in action.frm:
            with pytest.raises((AlreadyDone, NotAllowed)):
                act(actor=system_actor(), number=play.number, code=code, data={})
    play.do("reviewer1", "reopen", reopen_kind="mis_close", reason="误办结，漏了一个诉求点")
    assert (play.order.state, play.order.reopen_count) == (S.TO_DISPATCH, 1)
    assert Event.objects.get(stream_id=play.order.pk, kind="reopen").data["reopen_kind"] == "mis_close"


@pytest.mark.req("R285")
def test_misdispatch_withdraw_merge_and_split_each_leave_their_reason(cast):
    moved = Play(cast).handling().do("dispatcher1", "redispatch", unit="ZJ", reason="看错了地点")
    assert (moved.order.state, moved.order.unit.code, moved.task("CG").state) == (S.TO_SIGN, "ZJ", Task.CANCELLED)
    with pytest.raises(NoSuchOrder):
        moved.do("liaison1", "comment", note="已经不归我们")
    back = Play(cast).dispatched().do("dispatcher1", "recall", reason="派错了")
    assert back.order.state == S.TO_DISPATCH and not Clock.objects.filter(order=back.order, kind="sign", state="running").exists()
    gone = Play(cast).handling().do("agent1", "withdraw", reason="诉求人来电撤销")
    assert gone.order.state == S.WITHDRAWN
    first, second = Play(cast), Play(cast)
    second.do("leader1", "merge", into=first.number, reason="同一事项")
    assert second.order.state == S.MERGED
    assert Link.objects.get(order=second.order, kind="merged").other_id == first.order.pk
    many = Play(cast, points=["路灯不亮", "垃圾没人收"]).do("leader1", "split", points=[2], reason="两件不同的事")
    assert [point.text for point in many.order.points.all()] == ["路灯不亮"]
    child = Link.objects.get(other=many.order, kind="split").order
    assert child.title.startswith("垃圾没人收") and child.contact.phone == "13907700001"


def test_an_urge_is_no_new_order(cast):
    play = Play(cast).handling()
    count = WorkOrder.objects.count()
    play.do("agent1", "urge", note="诉求人再次来电催问")
    assert (WorkOrder.objects.count(), play.order.urge_count) == (count, 1)


def test_urgency_recounts_the_clocks(cast):
    play = Play(cast).dispatched()
    start = play.task("CG").dispatched_at
    play.do("dispatcher1", "set_urgency", urgency="critical", reason="有人受伤")
    assert play.task("CG").sign_due_at == start + timedelta(minutes=15)
    assert play.task("CG").due_at == start + timedelta(hours=2)


def test_the_late_one_is_told_who_was_faster(cast):
    play = Play(cast).dispatched().do("liaison1", "sign")
    with pytest.raises(AlreadyDone, match=r"联络员甲 于 .* 签收.*当前状态“办理中”"):
        play.do("unitleader1", "sign")


def test_a_repeated_request_changes_nothing(cast):
    play = Play(cast).dispatched()
    actor = cast.actor("liaison1")
    first = act(actor=actor, number=play.number, code="sign", data={})
    again = act(actor=actor, number=play.number, code="sign", data={})
    assert first.version == again.version
    assert Event.objects.filter(stream_id=play.order.pk, kind="sign").count() == 1


def test_every_action_is_carried_out_by_somebody():
    from huying.workorders.operations import PERFORMERS

    by_itself = {"remind", "overdue", "escalate", "recount", "hand_over"}
    assert set(ACTIONS) - by_itself == set(PERFORMERS)


def test_only_one_live_main_assignment(cast):
    play = Play(cast).dispatched()
    assert Assignment.objects.filter(order=play.order, role="main", state="to_sign").count() == 1
