"""Signing in to a seat and every change of what its person is doing (R209, R213, R222, R293).

`workflow.py` says what follows what. Each change locks the session, ends the open interval and begins the next at the
same instant, so the intervals of a session join without gap and add up to the signed-in time.
"""

from collections.abc import Iterable, Mapping

from django.db import transaction

from huying.calls.catalog import BUSY_REASONS, NOT_CHOSEN, AgentState
from huying.calls.models import Phone, PhoneSetting, SeatSession, ShiftNote, Skill
from huying.calls.operations.moves import begin_state, move_seat, moved
from huying.calls.operations.tell import tell_gateway, tell_of_seat
from huying.calls.queries.switch import gateway_lives
from huying.calls.workflow import IN_A_CALL
from huying.kernel import clock
from huying.kernel.errors import Refusal
from huying.org.models import Staff
from huying.org.operations.history import record
from huying.org.policies import Actor

FORCED = {"force_ready": "班长置闲", "force_busy": "班长置忙", "force_out": "班长签出"}


class MayNotSignIn(Refusal):
    """No confidentiality letter, no training, no right (R272)."""

    code = "may_not_sign_in"


class SeatsFull(Refusal):
    code = "seats_full"


class NoPhone(Refusal):
    code = "no_phone"


class NotSignedIn(Refusal):
    code = "not_signed_in"
    message = "您没有签入坐席，请先签入"


class BadState(Refusal):
    code = "bad_state"


def sign_in_seat(actor: Actor, phone: Phone | None = None, *, groups: Iterable[int] | None = None) -> SeatSession:
    """Sign the actor in at `phone` (none named: the phone that is his own) for `groups` (none named: all his skills).

    Whatever was open at that phone or of that person is taken over, unless a call is in hand there; `taken_over` of the
    session returned says so. The same person at the same phone again changes nothing. Raises MayNotSignIn, NoPhone, SeatsFull.
    """
    staff = actor.staff
    if staff is None or not actor.may("calls.answer"):
        raise MayNotSignIn("您没有接听电话的权限，不能签入坐席，请联系中心管理员")
    _check_fit(staff)
    with transaction.atomic():
        setting = _setting(staff.centre_id)  # its lock puts all signing in of a centre in a row
        phone = _phone(staff, phone)
        rivals = list(SeatSession.objects.filter(ended_at=None, centre_id=staff.centre_id).select_related("staff", "phone", "call"))
        same = next((one for one in rivals if one.staff_id == staff.pk and one.phone_id == phone.pk), None)
        skills = _skills(staff, groups)
        if same is not None:
            return _renewed(same, skills)
        old = [one for one in rivals if one.staff_id == staff.pk or one.phone_id == phone.pk]
        _check_capacity(setting, len(rivals) - len(old))
        said = [_take_over(one, staff, phone) for one in old]
        session = _open(staff, phone, skills)
    session.taken_over = "；".join(said)  # type: ignore[attr-defined]
    return session


def sign_out_seat(actor: Actor, session: SeatSession) -> SeatSession:
    """In the middle of a call it is noted, and done when the call is over."""
    return _asked(actor, session, "sign_out")


def set_state(actor: Actor, session: SeatSession, event: str, reason: str = "") -> SeatSession:
    """`event`: "ready", "busy" (with a reason), "finish" (the after-call work). Raises NotSignedIn, BadState."""
    if event not in {"ready", "busy", "finish"}:
        raise BadState(f"没有“{event}”这种状态操作")
    if event == "busy" and (reason not in BUSY_REASONS or reason in NOT_CHOSEN):
        raise BadState("请选择置忙原因", fields={"reason": "请选择置忙原因"})
    return _asked(actor, session, event, reason if event == "busy" else "")


def force_state(actor: Actor, session: SeatSession, event: str, reason: str = "") -> SeatSession:
    """A shift leader's hand: "force_ready", "force_busy", "force_out"; on the centre's record and in the shift log."""
    actor.must("calls.supervise")
    if event not in FORCED:
        raise BadState(f"没有“{event}”这种状态操作")
    with transaction.atomic():
        found = move_seat(session.pk, event, by=actor.name, forced=True)
        if found is None:
            raise NotSignedIn("该坐席已经签出")
        words = f"{actor.name}对{found.staff.name}执行{FORCED[event]}" + (f"：{reason}" if reason else "")
        ShiftNote.objects.create(
            centre_id=found.centre_id, at=clock.now(), staff=actor.staff, kind="forced", text=words[:500]
        )
        record(found.centre_id, f"seat.{event}", actor, reason=reason, staff=found.staff_id, session=found.pk)
    return found


def _asked(actor: Actor, session: SeatSession, event: str, reason: str = "") -> SeatSession:
    if actor.staff_id != session.staff_id:
        raise NotSignedIn("只能改变自己的坐席状态")
    found = move_seat(session.pk, event, reason=reason, by=actor.name)
    if found is None:
        raise NotSignedIn
    return found


def _check_fit(staff: Staff) -> None:
    missing = []
    if staff.confidentiality_signed_on is None:
        missing.append("尚未签署保密承诺书")
    if staff.trained_on is None:
        missing.append("尚未通过上岗培训")
    if missing:
        raise MayNotSignIn(f"您{'，'.join(missing)}，不能签入话务队列，请联系中心管理员办理")


def _check_capacity(setting: PhoneSetting, others: int) -> None:
    if others >= setting.seats:
        raise SeatsFull(
            f"坐席容量为 {setting.seats} 席，已有 {others} 席签入，不能再签入；请等其他坐席签出，或请管理员在话务参数中调整容量"
        )


def _setting(centre_id: int) -> PhoneSetting:
    PhoneSetting.objects.get_or_create(centre_id=centre_id)
    return PhoneSetting.objects.select_for_update().get(centre_id=centre_id)


def _phone(staff: Staff, phone: Phone | None) -> Phone:
    rows = Phone.objects.filter(centre_id=staff.centre_id, is_active=True)
    found = rows.filter(pk=phone.pk).first() if phone else rows.filter(owner=staff).first()
    if found is None:
        raise NoPhone("没有这部话机或已停用，请另选话机" if phone else "没有为您配置固定话机，请选择分机号后签入")
    if found.owner_id and found.owner_id != staff.pk:
        raise NoPhone(f"分机 {found.extension} 固定由他人使用，请另选话机")
    return found


def _skills(staff: Staff, groups: Iterable[int] | None) -> dict[str, int]:
    rows = dict(Skill.objects.filter(staff=staff, group__is_active=True).values_list("group_id", "level"))
    wanted = set(rows if groups is None else groups)
    if strange := wanted - set(rows):
        raise MayNotSignIn(f"所选技能组中有 {len(strange)} 个不是您的技能，请重新选择")
    return {str(group): level for group, level in rows.items() if group in wanted}


def _renewed(session: SeatSession, skills: dict[str, int]) -> SeatSession:
    """Signed in here already; perhaps for other groups."""
    if session.groups != skills:
        session.groups = skills
        session.save(update_fields=["groups"])
        tell_gateway(f"seat {session.pk}")
    session.taken_over = ""  # type: ignore[attr-defined]
    return session


def skills_changed(changed: Mapping[tuple[int, int], int | None]) -> None:
    """Whoever is signed in serves from now on by the new levels; cells are (person, group), None took the skill away (R225)."""
    people = {person for person, _ in changed}
    for session in SeatSession.objects.select_for_update(of=("self",)).filter(ended_at=None, staff_id__in=people):
        groups = dict(session.groups)
        for (person, group), level in changed.items():
            if person == session.staff_id and level is None:
                groups.pop(str(group), None)
            elif person == session.staff_id and level is not None:
                groups[str(group)] = level
        if groups != session.groups:
            session.groups = groups
            session.save(update_fields=["groups"])
            tell_of_seat("seats", session.centre_id, session.staff_id, None, session.pk)


def _take_over(old: SeatSession, staff: Staff, phone: Phone) -> str:
    """End an older seat in favour of a new one; the sentence for who comes.

    A call in hand would stay on the old telephone, where no bar could end it any more. Raises NoPhone.
    """
    if old.staff_id == staff.pk:
        if _has_call(old):
            raise NoPhone(
                f"您在分机 {old.phone.extension} 上还有通话，不能改在分机 {phone.extension} 签入；"
                "请先在话务条上挂断或在话机上挂机，无法挂断时请班长强制签出"
            )
        move_seat(old.pk, "taken_over", by=f"本人改在分机 {phone.extension} 签入")
        return f"您原在分机 {old.phone.extension} 的签入已由本次签入接管"
    if AgentState(old.state) in IN_A_CALL:
        raise NoPhone(f"分机 {phone.extension} 正由{old.staff.name}通话，请另选话机或稍后再试")
    move_seat(old.pk, "taken_over", by=f"{staff.name}在分机 {phone.extension} 签入")
    return f"分机 {phone.extension} 原由{old.staff.name}签入，已由您接管"


def _has_call(seat: SeatSession) -> bool:
    """Whether it surely is in a call: not if the call's record has ended, or its switch is away and cannot tell."""
    if AgentState(seat.state) not in IN_A_CALL or (seat.call and seat.call.ended_at):
        return False
    return gateway_lives(seat.call.node if seat.call else "")


def _open(staff: Staff, phone: Phone, skills: dict[str, int]) -> SeatSession:
    now = clock.now()
    session = SeatSession.objects.create(
        centre_id=staff.centre_id, staff=staff, phone=phone, groups=skills, state=AgentState.BUSY, state_since=now,
        started_at=now,
    )
    begin_state(session, "sign_in")
    moved(session, AgentState.OFFLINE, "sign_in")
    tell_of_seat("seats", session.centre_id, staff.pk, None, session.pk)
    return session


