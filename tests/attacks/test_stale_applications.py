"""What is left waiting when an order goes another way: applications, citizens' clocks, clocks that cannot strike."""

import sys
from datetime import UTC, datetime, timedelta

import pytest

from huying.kernel import clock
from huying.org.policies import NotAllowed
from huying.workorders.models import Clock
from huying.workorders.operations import ring
from huying.workorders.operations.extensions import NoExtension
from huying.workorders.queries import AlreadyDone
from huying.workorders.workflow import Plea, State, Task
from workorders.play import Play

pytestmark = pytest.mark.django_db
MONDAY = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
RETURN = {"clause": "职责清单第三条", "proposed_unit": "ZJ", "reason": "不属于本单位职责"}
LATER = {"reason": "备件到货需要时间"}


def clock_of(play, kind, unit=""):
    rows = Clock.objects.filter(order=play.order, kind=kind).order_by("-id")
    return (rows.filter(assignment__unit__code=unit) if unit else rows).first()


@pytest.mark.parametrize(("user", "action", "said"), [
    ("dispatcher1", "redispatch", {"unit": "ZJ", "reason": "派错单位"}),
    ("dispatcher1", "recall", {"reason": "需要补充"}),
])
def test_an_old_return_takes_nothing_from_the_next_unit(cast, user, action, said):
    play = Play(cast).handling().do("liaison1", "request_return", **RETURN)
    old = play.plea()
    play.do(user, action, **said)
    state = play.order.state
    with pytest.raises(AlreadyDone):
        play.do("reviewer1", "approve_return", target=old.pk, blame="dispatcher")
    old.refresh_from_db()
    play.order.refresh_from_db()
    assert (old.state, play.order.state) == (Plea.LAPSED, state)


def test_a_reply_ends_what_its_unit_had_asked_for(cast):
    play = Play(cast).handling().verified().do("liaison1", "request_return", **RETURN).replied()
    assert play.plea().state == Plea.LAPSED and play.order.state == State.TO_CHECK


@pytest.mark.parametrize(("user", "action", "said"), [
    ("dispatcher1", "withdraw", {"reason": "诉求人撤回"}), ("leader1", "withdraw", {"reason": "诉求人撤回"}),
])
def test_nothing_waits_on_a_finished_order(cast, user, action, said):
    play = Play(cast).handling().do("liaison1", "request_return", **RETURN).do(user, action, **said)
    assert not play.order.applications.filter(state__in=[Plea.PENDING, Plea.ARBITRATING]).exists()


def test_closing_ends_what_an_assistant_never_did_and_reopening_starts_clean(cast):
    play = Play(cast).handling(assistants=["SW"]).replied(force_reason="协办尚未反馈").to_close().do("reviewer1", "close")
    assert play.task("SW").state == Task.CANCELLED
    play.do("reviewer1", "reopen", reopen_kind="new_fact", reason="又坏了")
    play.do("dispatcher1", "dispatch", unit="CG", opinion="请重新核实", assistants=["SW"])
    assert sorted(play.order.assignments.filter(state="to_sign").values_list("unit__code", flat=True)) == ["CG", "SW"]


def test_the_citizens_clock_goes_on_when_a_suspended_unit_loses_the_order(cast):
    with clock.frozen(MONDAY) as now:
        play = Play(cast).handling()
        until = (clock.now() + timedelta(days=9)).isoformat()
        play.do("liaison1", "request_suspension", ground="testing", until=until, reason="送检", proof=[play.file()])
        play.do("supervisor1", "approve_suspension")
        assert clock_of(play, "answer").state == "paused"
        now.tick(timedelta(days=1))
        play.do("dispatcher1", "redispatch", unit="ZJ", reason="派错单位")
        answer = clock_of(play, "answer")
        assert answer.state == "running" and answer.wake_at


def test_a_recalled_order_has_somebodys_clock(cast):
    play = Play(cast).handling().do("dispatcher1", "recall", reason="需要补充")
    assert clock_of(play, "review").state == "running" and play.order.due_at == clock_of(play, "review").due_at


def test_one_clock_that_fails_keeps_no_other_waiting(cast, monkeypatch):
    with clock.frozen(MONDAY) as now:
        bad, good = Play(cast).dispatched(), Play(cast).dispatched()
        module = sys.modules["huying.workorders.operations.ring"]  # the package shows the function under this name
        strike = module.auto_sign
        monkeypatch.setattr(module, "auto_sign", lambda order, row: 1 / 0 if order.pk == bad.order.pk else strike(order, row))
        now.tick(timedelta(hours=6))
        while ring():
            pass
        assert good.task("CG").state == Task.HANDLING and bad.task("CG").state == Task.TO_SIGN
        assert clock_of(bad, "sign").wake_at > clock.now()
        monkeypatch.setattr(module, "auto_sign", strike)
        now.tick(timedelta(minutes=11))
        ring()
        assert bad.task("CG").state == Task.HANDLING


def delegated(cast):
    play = Play(cast).handling()
    due = play.task("CG").due_at
    return play.do("liaison1", "delegate", unit="CG-1", due=due.isoformat(), opinion="现场处理").do("subliaison1", "sign")


def test_a_sub_unit_gets_no_more_time_than_its_parent(cast):
    with clock.frozen(MONDAY):
        play = delegated(cast).do("subliaison1", "contact", way="phone", note="已联系", target=None)
        task = play.task("CG-1")
        with pytest.raises(NoExtension, match="城市管理局"):
            play.do("subliaison1", "request_extension", target=task.pk, workdays=2, proof=[play.file()], **LATER)


@pytest.mark.parametrize("urgency", ["critical", "urgent"])
def test_less_time_for_the_parent_is_less_for_the_sub_unit(cast, urgency):
    with clock.frozen(MONDAY):
        play = delegated(cast).do("dispatcher1", "set_urgency", urgency=urgency, reason="影响通行")
        parent, child = play.task("CG"), play.task("CG-1")
        assert child.due_at <= parent.due_at
        assert clock_of(play, "handle", "CG-1").due_at == child.due_at


def test_another_urgency_keeps_what_was_granted(cast):
    with clock.frozen(MONDAY):
        play = Play(cast).handling().do("liaison1", "contact", way="phone", note="已联系")
        play.do("liaison1", "request_extension", workdays=3, proof=[play.file()], **LATER).do("reviewer1", "approve_extension")
        extended = play.task("CG").due_at
        play.do("dispatcher1", "set_urgency", urgency="urgent", reason="影响通行")
        play.do("dispatcher1", "set_urgency", urgency="normal", reason="已经缓解")
        assert play.task("CG").due_at == extended


def test_an_assistants_extension_gives_the_citizen_no_longer_wait(cast):
    with clock.frozen(MONDAY):
        play = Play(cast).handling(assistants=["SW"])
        before = clock_of(play, "answer").due_at
        play.do("liaison3", "sign").do("liaison3", "contact", way="phone", note="已联系")
        play.do("liaison3", "request_extension", workdays=3, proof=[play.file()], **LATER).do("reviewer1", "approve_extension")
        assert clock_of(play, "answer").due_at == before


def test_overdue_again_after_an_extension_granted_late_is_told_as_such(cast):
    with clock.frozen(MONDAY) as now:
        play = Play(cast).handling().do("liaison1", "contact", way="phone", note="已联系")
        play.do("liaison1", "request_extension", workdays=3, proof=[play.file()], **LATER)
        now.move_to(play.task("CG").due_at + timedelta(minutes=1))
        while ring():
            pass
        assert clock_of(play, "handle").overdue_noted
        play.do("reviewer1", "approve_extension")
        assert not clock_of(play, "handle").overdue_noted


def test_a_special_draft_is_reviewed_before_it_is_dispatched(cast):
    play = Play(cast, is_special=True)
    with pytest.raises(NotAllowed):
        play.do("dispatcher1", "dispatch", unit="CG", opinion="请核实")


def test_an_order_edited_into_a_report_is_confidential(cast):
    play = Play(cast).do("agent1", "submit").do("leader1", "edit", kind="report", reason="实为举报")
    assert play.order.confidential
    assert clock_of(play, "answer").term["workdays"] == 16


def test_parts_of_a_split_order_keep_its_marks(cast):
    play = Play(cast, points=["路灯不亮", "路面破损"], is_sensitive=True, is_special=True, caller_kind="tourist", by="leader1")
    play.do("leader1", "split", points=[2], reason="两件事")
    child = play.order.linked.get(kind="split").order
    assert (child.is_sensitive, child.is_special, child.caller_kind) == (True, True, "tourist")
