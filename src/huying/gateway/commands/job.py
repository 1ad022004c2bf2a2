"""A command with everything that carrying it out takes, read from the database in one go."""

from dataclasses import dataclass
from typing import Any

from huying.calls.catalog import AgentState
from huying.calls.models import Command, OtherDesk, SeatSession, SkillGroup
from huying.calls.operations.carry_out import claim, finish
from huying.calls.rules.orders import ORDERS
from huying.kernel.errors import Refusal
from huying.org.models import Centre


class NotPossible(Refusal):
    """A sentence for who asked."""

    code = "not_possible"


@dataclass(frozen=True, slots=True)
class Target:
    """Where to: `exten` in the contexts `move` and `phones`; `asked` in `move` when a colleague consults them; `channel` is
    what rings when it is called by itself."""

    exten: str
    channel: str
    label: str
    asked: str
    queue: str = ""  # of a group


@dataclass(frozen=True, slots=True)
class Job:
    pk: int
    kind: str
    label: str
    extension: str
    answers: str  # models.Phone.Answering, "" for a browser's window
    centre: str
    target: Target | None
    other: str  # extension of the seat that a shift leader is after


def next_job() -> Job | None:
    """The oldest command that waits and can be understood; what cannot is refused here."""
    while (row := claim()) is not None:
        try:
            return _job(row)
        except Refusal as refusal:
            finish(row.pk, Command.State.FAILED, said=refusal.message, code=refusal.code)
    return None


def _job(row: Command) -> Job:
    order = ORDERS.get(row.kind)
    if order is None:
        raise NotPossible(f"没有“{row.kind}”这种电话操作")
    if row.session is None or row.session.ended_at is not None:
        raise NotPossible("坐席已签出，本次操作没有执行")
    phone = row.session.phone
    return Job(
        row.pk, row.kind, order.label, phone.extension, phone.answers, row.centre.code,
        _target(row) if order.target or row.about.get("to") else None, _other(row) if order.others else "",
    )


def _target(row: Command) -> Target:
    about, centre = row.about, row.centre
    to = about.get("to")
    if to == "agent":
        return _agent(str(about.get("extension", "")), row)
    if to == "group":
        found = _group(about, centre)
        asked = f"ask-{found.queue}"
        return Target(f"q-{found.queue}", f"Local/{asked}@move/n", found.name, asked, found.queue)
    if to == "desk":
        desk = OtherDesk.objects.filter(centre=centre, code=about.get("code", ""), is_active=True).first()
        if desk is None:
            raise NotPossible("没有这个热线，请重新选择")
        place = f"desk-{_desk_code(desk)}"
        return Target(place, f"Local/{place}@move/n", desk.name, place)
    if not row.secret.isdigit():
        raise NotPossible("号码有误，请重新填写")
    return Target(row.secret, f"Local/{row.secret}@outbound/n", "外线号码", row.secret)


def _agent(extension: str, row: Command) -> Target:
    seats = SeatSession.objects.filter(ended_at=None, phone__extension=extension).select_related("staff", "centre")
    seat = seats.first()
    if seat is None or not _related(seat.centre, row.centre):
        raise NotPossible(f"分机 {extension} 没有人签入，请另选坐席")
    if seat.pk == row.session_id:
        raise NotPossible("不能转给自己")
    if seat.state in {AgentState.TALKING, AgentState.RINGING}:
        raise NotPossible(f"{seat.staff.name}正在通话，请稍后再试或另选坐席")
    return Target(extension, f"PJSIP/{extension}", seat.staff.name, extension)


def _group(about: dict[str, Any], centre: Centre) -> SkillGroup:
    pk = about.get("group")
    groups = SkillGroup.objects.filter(is_active=True).select_related("centre")
    found = groups.filter(pk=pk).first() if isinstance(pk, int) else None
    if found is None or not _related(found.centre, centre):
        raise NotPossible("没有这个技能组，请重新选择")
    return found


def _desk_code(desk: OtherDesk) -> str:
    """A code means the number of the first centre that has it; another centre's own has the centre in its name."""
    first = OtherDesk.objects.filter(code=desk.code, is_active=True).order_by("centre_id", "order").first()
    return desk.code if first is None or first.number == desk.number else f"{desk.code}c{desk.centre_id}"


def _related(one: Centre, other: Centre) -> bool:
    """Of one line of centres: calls go up and down, not to a stranger's."""
    return one.path.startswith(other.path) or other.path.startswith(one.path)


def _other(row: Command) -> str:
    pk = row.about.get("seat")
    seats = SeatSession.objects.filter(ended_at=None).select_related("phone", "centre")
    seat = seats.filter(pk=pk).first() if isinstance(pk, int) else None
    if seat is None or not seat.centre.path.startswith(row.centre.path):
        raise NotPossible("该坐席已经签出，请刷新坐席墙")
    return seat.phone.extension
