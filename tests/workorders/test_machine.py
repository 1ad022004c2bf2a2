"""Random lives: random people of the cast take random steps they are allowed, time passes, clocks strike.

Whatever comes of it, the order must be sound after every step: see `Life.sound`. Bounded to some twenty seconds.
"""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random
from uuid import uuid4

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from huying.audit.models import Event
from huying.audit.queries import verify
from huying.kernel import clock
from huying.kernel.errors import Refusal
from huying.org.models import Unit
from huying.workorders import policies
from huying.workorders.models import Clock, WorkOrder
from huying.workorders.operations import act, ring
from huying.workorders.rules import INPUTS
from huying.workorders.workflow import (
    BEFORE_DISPATCH,
    FINAL,
    FOLLOW_UP,
    TABLE,
    UNFINISHED,
    Plea,
    State,
    Task,
    leads,
)
from workorders.play import PHONE, Play

pytestmark = pytest.mark.django_db
BEGIN = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)  # a Monday, 10:00 in Shanghai
USERS = ("agent1", "leader1", "dispatcher1", "reviewer1", "followup1", "liaison1", "liaison2", "liaison3", "subliaison1",
         "deepliaison1", "unitleader1", "supervisor1", "director1")
RARE = {"withdraw", "merge", "decline", "refer", "direct_answer", "comment", "urge", "supplement", "supervise", "send_message",
        "mark_special", "rate", "split"}
BACK = {"recall", "redispatch", "add_assistant", "set_urgency", "edit", "reject_review", "reject_check", "reject_close", "reopen"}
BESIDE = RARE | {"set_urgency", "add_assistant"}  # what brings an order no further, or out of the world
PAUSES = [timedelta(minutes=20), timedelta(minutes=20), timedelta(hours=5), timedelta(hours=5), timedelta(days=1), timedelta(days=4)]


class Life:
    """An order, a target to merge it into, and who may do what with it."""

    def __init__(self, cast, seed: int) -> None:
        self.cast, self.dice, self.done = cast, Random(seed), []
        self.actors = {user: cast.actor(user) for user in USERS}
        self.play = Play(cast, points=["路灯不亮", "路面破损"], kind=self.dice.choice(["help", "complaint", "report"]))
        self.other = Play(cast, title="另一处路灯不亮")
        self.begin(self.dice.choice(["intake", "unit", "unit", "answered", "answered"]))

    def begin(self, where: str) -> None:
        """Not all lives begin at intake, else few would reach the end."""
        if where != "intake":
            self.play.handling(assistants=["SW"] if self.dice.random() < 0.5 else [])
        if where == "answered":
            self.play.replied(force_reason="协办随后反馈").do("reviewer1", "pass_check")

    @property
    def order(self) -> WorkOrder:
        return WorkOrder.objects.select_related("centre", "template", "pack", "unit").get(pk=self.play.order.pk)

    def actor(self, user: str):
        """The person as of a new request."""
        return replace(self.actors[user], request_id=uuid4().hex)

    def permitted(self):
        """(user, action, target) of everything that somebody may do now."""
        order = self.order
        tasks = list(order.assignments.select_related("unit"))
        pleas = list(order.applications.select_related("assignment__unit"))
        return [
            (user, action, target) for user, actor in self.actors.items() if self.sees(actor, order)
            for action in (*TABLE, *FOLLOW_UP) if actor.may(action.permission) and not action.code.endswith("_reward")
            for target in self.targets(action, tasks, pleas) if self.may(actor, order, action, target)
        ]

    def sees(self, actor, order) -> bool:
        return policies.visible_to(actor).filter(pk=order.pk).exists()

    def targets(self, action, tasks, pleas):
        if action.on == "assignment":
            return tasks
        if action.on == "application":
            kind = "return" if action.code == "arbitrate" else action.code.split("_", 1)[1]
            return [plea for plea in pleas if plea.kind == kind]
        return [None]

    def may(self, actor, order, action, target) -> bool:
        task = target if action.on == "assignment" else None
        plea = target if action.on == "application" else None
        try:
            policies.check(actor, order, action, task or (plea and plea.assignment))
        except Refusal:
            return False
        return policies.state_allows(action, order, task, plea)

    def step(self) -> None:
        if self.dice.random() < 0.2:
            return self.wait()
        codes = sorted({action.code for _, action, _ in self.choices})
        code = self.dice.choices(codes, [1 if code in RARE else 5 if code in BACK else 20 for code in codes])[0]
        user, action, target = self.dice.choice([choice for choice in self.choices if choice[1].code == code])
        before = self.order.state
        data = {name: self.value(name, target) for name in (*action.needs, *action.takes)}
        try:
            with transaction.atomic():
                act(actor=self.actor(user), number=self.play.number, code=action.code, data=data,
                    target=target.pk if target else None)
            self.done.append(f"{user}: {action.code} {getattr(target, 'pk', '')}")
        except Refusal as refused:
            self.done.append(f"({user}: {action.code}: {refused.message})")
        after = State(self.order.state)
        assert after == before or leads(action, State(before), after), self.done
        return None

    def wait(self) -> None:
        """Time passes; the clocks strike until none is due."""
        now = self.stopped.tick(self.dice.choice(PAUSES))
        rounds = 0
        while ring():
            rounds += 1
            assert rounds < 20, "a clock strikes for ever"
        assert not Clock.objects.filter(wake_at__lte=clock.now()).exists(), (self.done, "a clock is stuck")
        self.done.append(f"… {now:%m-%d %H:%M}")

    def value(self, name, target):
        spec, dice, now = INPUTS[name], self.dice, clock.now()
        own = {
            "due": lambda: dice.choice([now + timedelta(hours=2), target.due_at, target.due_at]),
            "until": lambda: now + timedelta(days=dice.choice([1, 3, 9])), "into": lambda: self.other.number,
            "force_reason": lambda: dice.choice(["", "协办尚在办理", "协办尚在办理"]), "amount": lambda: "100",
            "unit": lambda: dice.choice(["CG-1", "CG-1-1"] if target and has_below(target) else ["CG", "ZJ", "SW", "CG-1"]),
            "satisfaction": lambda: dice.choice(["yes", "no", "no"]), "back_to": lambda: dice.choice(["follow_up", "handle"]),
        }
        if name in own:
            return own[name]()
        return {
            "choice": lambda: dice.choice([value for value, _ in spec.choices]) if spec.choices else "",
            "unit": lambda: dice.choice(["CG", "ZJ", "SW"]),
            "units": lambda: dice.sample(["SW", "ZJ"], dice.choice([0, 0, 1])),
            "files": lambda: [self.play.file()], "whole": lambda: dice.choice([1, 3]), "points": lambda: [1],
            "moment": lambda: now, "text": lambda: "按职责清单第三条", "longtext": lambda: "已经按要求核实并处理完毕，详见附件",
        }.get(spec.kind, lambda: "说明")()

    # what must hold

    def sound(self) -> None:
        order, self.choices = self.order, self.permitted()
        tasks = list(order.assignments.select_related("parent", "unit"))
        live = list(order.clocks.filter(state__in=["running", "paused"]))
        said = (order.state, self.done)
        self.sound_tasks(order, tasks, live, said)
        self.sound_clocks(order, tasks, live, said)
        waiting = order.applications.filter(state__in=[Plea.PENDING, Plea.ARBITRATING]).select_related("assignment")
        assert all(plea.assignment.state in UNFINISHED for plea in waiting), ("application on a finished task", *said)
        if order.state in FINAL:
            assert not live and not waiting and order.due_at is None, ("final but alive", *said)
        else:
            able = [action for _, action, _ in self.choices if action.code not in BESIDE]
            assert able, ("nobody can act", *said)

    def sound_tasks(self, order, tasks, live, said) -> None:
        unfinished = [task for task in tasks if task.state in UNFINISHED]
        mains = [task for task in unfinished if task.role == "main"]
        if order.state in {State.TO_SIGN, State.HANDLING}:
            assert len(mains) == 1, ("no main unit", *said)
            assert (mains[0].state == Task.TO_SIGN) == (order.state == State.TO_SIGN), ("signed or not", *said)
            assert mains[0].unit_id == order.unit_id, ("another unit's order", *said)
        else:
            assert not mains, ("a main unit beside the state", *said)
        if order.state in FINAL | BEFORE_DISPATCH:
            assert not unfinished, ("tasks left over", *said)
        for task in unfinished:
            kinds = sorted((row.kind, row.state) for row in live if row.assignment_id == task.pk)
            run = "paused" if task.state == Task.SUSPENDED else "running"
            wanted = [("handle", run), ("sign", "running")] if task.state == Task.TO_SIGN else [("handle", run)]
            assert kinds == wanted, (task.unit.code, kinds, *said)
            assert next(row.due_at for row in live if row.assignment_id == task.pk and row.kind == "handle") == task.due_at, said
            if task.parent and task.parent.state in UNFINISHED:
                assert task.due_at <= task.parent.due_at, ("sub-unit due after its parent", *said)

    def sound_clocks(self, order, tasks, live, said) -> None:
        busy = {task.pk for task in tasks if task.state in UNFINISHED}
        for row in live:
            assert row.assignment_id is None or row.assignment_id in busy, ("clock of a finished task", row.kind, *said)
            if row.kind == "handle" or row.state == "running":
                assert row.wake_at is not None or row.overdue_noted, ("nobody will look at it", row.kind, *said)
        own = {row.kind: row.state for row in live if row.assignment_id is None}
        asleep = any(task.state == Task.SUSPENDED and task.role == "main" for task in tasks)
        if "answer" in own:
            assert (own["answer"] == "paused") == asleep, ("the citizen's clock", *said)
        if order.state in {State.TO_REVIEW, State.TO_DISPATCH}:
            assert own.get("review") == "running", ("no review clock", *said)
        else:
            assert "review" not in own, ("review clock left", *said)
        if order.state not in {State.TO_FOLLOW_UP, State.FOLLOWING_UP}:
            assert "follow_up" not in own, ("follow-up clock left", *said)
        shown = [row.due_at for row in live if row.state == "running" and row.kind != "answer"]
        shown = shown or [row.due_at for row in live if row.state == "running"]
        assert order.due_at == min(shown, default=None), ("due_at is stale", *said)


def has_below(target) -> bool:
    """Whether it is a task of the unit that has sub-units: to delegate, or to propose another."""
    return target.unit.code.startswith("CG")


def deepen(cast) -> None:
    """A third level of units, with its liaison."""
    from huying.org.models import Staff

    unit = Unit.objects.create(centre=cast.demo, code="CG-1-1", name="路灯班", parent=cast.units["CG-1"], region=cast.demo.region)
    person = Staff.objects.create(username="deepliaison1", name="班组联络员", centre=cast.demo, employer="unit", unit=unit)
    person.roles.set(cast.staff["liaison1"].roles.all())


def live(cast, seed: int, steps: int = 22) -> None:
    """One random life, and all of it taken back."""
    with transaction.atomic(), clock.frozen(BEGIN) as stopped:
        if not Unit.objects.filter(code="CG-1-1").exists():
            deepen(cast)
        life = Life(cast, seed)
        life.stopped = stopped
        life.sound()
        for _ in range(steps):
            life.step()
            life.sound()
        assert not list(verify())
        told = json.dumps(list(Event.objects.filter(stream="order").values_list("data", "reason")), ensure_ascii=False)
        assert not any(secret in told for secret in ("张小满", PHONE, "3 栋 2 单元")), "history names the appellant"
        transaction.set_rollback(True)


@settings(max_examples=18, deadline=None, database=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
@given(seed=st.integers(0, 10_000_000))
def test_random_lives_stay_sound(cast, seed):
    live(cast, seed)
