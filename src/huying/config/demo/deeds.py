"""What each usual deed leaves behind, row for row as its operation does (workorders.operations, followup.operations)."""

from collections.abc import Callable
from datetime import datetime, timedelta

from huying.config.demo.ledger import Account, Ledger, Missed
from huying.config.demo.lives import Deed, Life
from huying.config.demo.player import CITIZEN, file_row
from huying.followup.models import Answers, Attempt, FollowUp, Rating
from huying.org.policies import Actor, citizen_actor, staff_actor
from huying.workorders.catalog import DECLINE_CODES
from huying.workorders.models import Assignment, Attachment, Clock, Verification
from huying.workorders.workflow import State, Task

Kind = Clock.Kind
UNSETTLED = {"start_follow_up", "attempt"}  # somebody has it in hand
TRY_AGAIN_WITHIN = timedelta(hours=24)


def enter(ledger: Ledger, life: Life) -> None:
    """Take a life into the ledger. Raises Missed for one that has to be played."""
    if life.wanted or life.new["template"] != "general" or (life.deeds and life.deeds[-1].code in UNSETTLED):
        raise Missed
    account = ledger.open(life)
    first = Deed(life.created, life.who, "create", {})
    new = life.new
    account.note(
        first, actor_of(ledger, life.who), after=life.first, channel=new["channel"], title=new["title"], kind=new["kind"],
        urgency=new["urgency"], overrides={},
    )
    for deed in life.deeds:
        if deed.code not in HANDLERS:
            raise Missed
        HANDLERS[deed.code](ledger, account, deed, actor_of(ledger, deed.who))
    if account.order.state == State.DRAFT:
        account.order.holder = account.order.created_by
    ledger.close(life, account)


def actor_of(ledger: Ledger, who: str) -> Actor:
    return staff_actor(ledger.stage.person(who)) if who else citizen_actor(CITIZEN)


def end(ledger: Ledger, account: Account, deed: Deed, *, cancel: bool = False) -> None:
    ledger.stop(account, deed.at, cancel=cancel)
    account.order.closed_at = deed.at


def direct_answer(ledger: Ledger, account: Account, deed: Deed, actor: Actor) -> None:
    order = account.order
    order.direct, order.answer, order.replied_at = True, deed.data["answer"], deed.at
    end(ledger, account, deed)
    account.note(deed, actor, after=State.CLOSED, answer=order.answer)


def decline(ledger: Ledger, account: Account, deed: Deed, actor: Actor) -> None:
    code, script = deed.data["code"], deed.data["script"]
    situation, _, channel = DECLINE_CODES[code]
    account.order.decline_code, account.order.answer = code, script
    end(ledger, account, deed)
    account.note(deed, actor, situation, State.DECLINED, code=code, script=script, channel=channel)


def refer(ledger: Ledger, account: Account, deed: Deed, actor: Actor) -> None:
    end(ledger, account, deed)
    account.note(deed, actor, deed.data["reason"], State.REFERRED, platform=deed.data["platform"])


def withdraw(ledger: Ledger, account: Account, deed: Deed, actor: Actor) -> None:
    end(ledger, account, deed, cancel=True)
    account.note(deed, actor, deed.data["reason"], State.WITHDRAWN)


def submit(ledger: Ledger, account: Account, deed: Deed, actor: Actor) -> None:
    ledger.start(account, Kind.REVIEW, ledger.stage.pack.review, deed.at)
    account.note(deed, actor, after=State.TO_REVIEW)


def pass_review(ledger: Ledger, account: Account, deed: Deed, actor: Actor) -> None:
    account.note(deed, actor, deed.data["note"], State.TO_DISPATCH)


def comment(ledger: Ledger, account: Account, deed: Deed, actor: Actor) -> None:
    account.note(deed, actor, deed.data["note"])


def urge(ledger: Ledger, account: Account, deed: Deed, actor: Actor) -> None:
    account.order.urge_count += 1
    account.note(deed, actor, deed.data["note"], count=account.order.urge_count)


def dispatch(ledger: Ledger, account: Account, deed: Deed, actor: Actor) -> None:
    order, stage, said = account.order, ledger.stage, deed.data
    code, pack = said["unit"], stage.pack
    unit = stage.units[code]
    if said["assistants"]:
        raise Missed
    ledger.stop(account, deed.at, Kind.REVIEW)
    task = Assignment(
        pk=ledger.key(Assignment), order=order, centre=stage.centre, unit=unit, role=Assignment.Role.MAIN,
        opinion=said["opinion"], clause=said["clause"], dispatched_at=deed.at, dispatched_by=actor.staff,
    )
    account.task = task
    account.rows.append(task)
    handle = pack.handle_by_urgency.get(order.urgency) or pack.handle(order.kind, order.urgency, order.caller_kind)
    task.sign_due_at = ledger.start(account, Kind.SIGN, pack.sign[order.urgency], deed.at, code).due_at
    task.due_at = ledger.start(account, Kind.HANDLE, handle, deed.at, code).due_at
    order.unit, order.dispatched_at = unit, deed.at
    account.note(
        deed, actor, after=State.TO_SIGN, unit=unit.name, unit_id=unit.pk, assistants=[], opinion=said["opinion"],
        clause=said["clause"],
    )


def task_of(account: Account) -> Assignment:
    if account.task is None:
        raise Missed
    return account.task


def sign(ledger: Ledger, account: Account, deed: Deed, actor: Actor) -> None:
    task = task_of(account)
    task.state, task.signed_at, task.signed_by = Task.HANDLING, deed.at, actor.staff
    ledger.stop(account, deed.at, Kind.SIGN)
    account.note(deed, actor, after=State.HANDLING, unit=task.unit.name, role=task.role, automatic=False)


def contact(ledger: Ledger, account: Account, deed: Deed, actor: Actor) -> None:
    task = task_of(account)
    task.contacted_at = task.contacted_at or deed.at
    account.note(deed, actor, deed.data["note"], unit=task.unit.name, way=deed.data["way"])


def verify(ledger: Ledger, account: Account, deed: Deed, actor: Actor) -> None:
    task, said = task_of(account), deed.data
    at = datetime.fromisoformat(said["when"])
    row = Verification(
        pk=ledger.key(Verification), assignment=task, centre=ledger.stage.centre, who=said["who"], at=at, way=said["way"],
        finding=said["finding"], note=said["note"], created_at=at, created_by=actor.staff,
    )
    proof = file_row(ledger.stage, account.order, deed, 0)
    proof.pk, proof.verification = ledger.key(Attachment), row
    account.rows += [row, proof]
    account.note(
        deed, actor, said["note"], unit=task.unit.name, who=said["who"], when=said["when"], way=said["way"],
        finding=said["finding"], files=[proof.pk],
    )


def reply(ledger: Ledger, account: Account, deed: Deed, actor: Actor) -> None:
    task, order, said = task_of(account), account.order, deed.data
    task.state, task.reply, task.replied_at, task.replied_by = Task.REPLIED, said["reply"], deed.at, actor.staff
    ledger.stop(account, deed.at, Kind.SIGN, Kind.HANDLE)
    order.answer, order.public_reply, order.replied_at = said["reply"], said["public_reply"], deed.at
    order.finding, order.outcome = said["finding"], said["outcome"]
    account.note(
        deed, actor, after=State.TO_CHECK, unit=task.unit.name, reply=said["reply"], finding=said["finding"],
        outcome=said["outcome"], files=[], unfinished=[], force="",
    )


def pass_check(ledger: Ledger, account: Account, deed: Deed, actor: Actor) -> None:
    order = account.order
    ledger.stop(account, deed.at, Kind.ANSWER)
    row = ledger.start(account, Kind.FOLLOW_UP, ledger.stage.pack.follow_up, deed.at)
    person = bytes(order.contact.phone_hash) if order.contact else b""
    account.round = FollowUp(
        pk=ledger.key(FollowUp), order=order, centre=ledger.stage.centre, round=1, opened_at=deed.at, due_at=row.due_at,
        call_by=row.due_at, person=person or order.pk.to_bytes(8, "big"),
    )
    account.rows.append(account.round)
    account.note(deed, actor, deed.data["note"], State.TO_FOLLOW_UP)


def round_of(account: Account) -> FollowUp:
    if account.round is None:
        raise Missed
    return account.round


def start_follow_up(ledger: Ledger, account: Account, deed: Deed, actor: Actor) -> None:
    account.note(deed, actor, after=State.FOLLOWING_UP, round=round_of(account).round)


def called(ledger: Ledger, account: Account, deed: Deed, actor: Actor, way: str, result: str, note: str) -> FollowUp:
    row = round_of(account)
    account.rows.append(Attempt(
        follow_up=row, centre=ledger.stage.centre, at=deed.at, way=way, result=result, note=note, by=actor.staff
    ))
    if row.first_attempt_at is None:
        row.first_attempt_at = deed.at
        ledger.stop(account, deed.at, Kind.FOLLOW_UP)
    row.attempts_made += 1
    row.last_attempt_at, row.last_result, row.call_by = deed.at, result, deed.at + TRY_AGAIN_WITHIN
    return row


def attempt(ledger: Ledger, account: Account, deed: Deed, actor: Actor) -> None:
    way, result, note = deed.data["way"], deed.data["result"], deed.data["note"]
    row = called(ledger, account, deed, actor, way, result, note)
    account.note(deed, actor, note, way=way, result=result, attempts=row.attempts_made, round=row.round)


def finish_follow_up(ledger: Ledger, account: Account, deed: Deed, actor: Actor) -> None:
    said = {name: deed.data[name] for name in ("contacted", "solved", "satisfaction", "unhappy")}
    row = called(ledger, account, deed, actor, deed.data["way"], "reached", "")
    account.rows.append(Answers(
        follow_up=row, order=account.order, centre=ledger.stage.centre, at=deed.at, text=deed.data["note"], by=actor.staff, **said
    ))
    row.state, row.result, row.finished_at, row.finished_by = FollowUp.State.DONE, "reached", deed.at, actor.staff
    account.order.satisfaction = said["satisfaction"]
    account.note(
        deed, actor, deed.data["note"], State.TO_CLOSE, way=deed.data["way"], result="reached", ended="reached",
        attempts=row.attempts_made, round=row.round, **said,
    )


def close(ledger: Ledger, account: Account, deed: Deed, actor: Actor) -> None:
    end(ledger, account, deed)
    account.note(deed, actor, deed.data["note"], State.CLOSED)


def rate(ledger: Ledger, account: Account, deed: Deed, actor: Actor) -> None:
    said, order = deed.data, account.order
    account.rows.append(Rating(
        order=order, centre=ledger.stage.centre, round=0, channel=said["channel"], satisfaction=said["satisfaction"],
        unhappy=said["reason"], text=said["text"], at=deed.at,
    ))
    order.satisfaction = order.satisfaction or said["satisfaction"]
    account.note(
        deed, actor, said["text"], satisfaction=said["satisfaction"], unhappy=said["reason"], medium=said["channel"]
    )


Handler = Callable[[Ledger, Account, Deed, Actor], None]
HANDLERS: dict[str, Handler] = {
    handler.__name__: handler
    for handler in (
        submit, direct_answer, decline, refer, withdraw, pass_review, comment, urge, dispatch, sign, contact, verify, reply,
        pass_check, start_follow_up, attempt, finish_follow_up, close, rate,
    )
}
