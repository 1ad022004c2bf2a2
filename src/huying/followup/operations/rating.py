"""A citizen rates how his order was handled: once per closing, never overwritten (R054, R283, R284)."""

from dataclasses import dataclass
from typing import Any

from django.db import transaction

from huying.followup.catalog import Medium
from huying.followup.models import Rating, RatingToken
from huying.followup.operations.invite import closed_as
from huying.followup.operations.tokens import digest_of, make_rating_token
from huying.kernel import clock as time
from huying.kernel.errors import Refusal
from huying.org.policies import Actor, citizen_actor
from huying.org.queries import ALL, tenant_scope
from huying.workorders.catalog import Satisfaction, Unhappy
from huying.workorders.models import WorkOrder
from huying.workorders.operations import Step, performs
from huying.workorders.operations.act import finish
from huying.workorders.operations.closing import rating_open
from huying.workorders.queries import NoSuchOrder, pack_of
from huying.workorders.queries.merged import needs_public_words
from huying.workorders.rules import BadInput
from huying.workorders.workflow import ACTIONS, State

__all__ = ["AlreadyRated", "BadToken", "NotYetClosed", "OpenToken", "make_rating_token", "open_token", "rate", "rate_own"]

LONGEST = 500  # letters of a citizen's remark


class BadToken(Refusal):
    code = "bad_token"
    message = "评价链接不对或已过期。需要帮助请拨打 12345"


class AlreadyRated(Refusal):
    code = "already_rated"
    message = "您已经评价过了，谢谢！评价提交后不能修改；有新的情况请拨打 12345"


class NotYetClosed(Refusal):
    code = "not_yet_closed"
    message = "工单还没有办结，或已超过评价期限"


@dataclass(frozen=True, slots=True)
class OpenToken:
    """What the rating page may show: no personal data. `answer` is that of the order the matter was handled in."""

    number: str
    title: str
    answer: str
    closed_at: Any
    expires_at: Any
    rated: bool


def open_token(token: str) -> OpenToken:
    """What stands behind a link; opens the tenants' wall itself, a citizen has no centre. Raises BadToken."""
    with tenant_scope(ALL):
        row = _find(token)
        handled = closed_as(row.order)
        rated = Rating.objects.filter(order=row.order, round=row.round).exists()
    return OpenToken(
        row.order.number, row.order.title, answer_shown(handled), handled.closed_at, row.expires_at, rated
    )


def answer_shown(handled: WorkOrder) -> str:
    """The public words, where there are any; the full answer never to the citizens of orders handled together with a
    confidential one."""
    return handled.public_reply or ("" if needs_public_words(handled) else handled.answer)


def _find(token: str) -> RatingToken:
    """The unexpired token of an order that has not come back to life since."""
    row = RatingToken.objects.select_related("order").filter(digest=digest_of(token), expires_at__gt=time.now()).first()
    if row is None or row.round != row.order.reopen_count:
        raise BadToken
    return row


def rate(
    *, token: str, satisfaction: str, reason: str = "", text: str = "", channel: str = Medium.SMS, ip: str | None = None,
) -> Rating:
    """Rate by the link of a message; `reason` is one of `Unhappy`, required when not satisfied.

    Raises BadToken, AlreadyRated, BadInput (fields satisfaction, unhappy, note). Opens the tenants' wall itself.
    """
    with tenant_scope(ALL), transaction.atomic():
        row = _find(token)
        order = _locked(row.order_id)
        given = _rate(citizen_actor("诉求人", [order.pk], ip=ip), order, satisfaction, reason, text, channel)
        RatingToken.objects.filter(pk=row.pk).update(used_at=time.now())
    return given


def rate_own(
    *, actor: Actor, number: str, satisfaction: str, reason: str = "", text: str = "", channel: str = Medium.WEB,
) -> Rating:
    """Rate an order the citizen has proven to be his (number and phone code), within the pack's rating days of closing.

    Raises NoSuchOrder, NotYetClosed, AlreadyRated, BadInput. The caller has opened the tenants' wall.
    """
    with transaction.atomic():
        found = WorkOrder.objects.filter(number=number, pk__in=actor.order_ids).values_list("pk", flat=True).first()
        if found is None:
            raise NoSuchOrder
        order = _locked(found)
        handled = closed_as(order)
        if not rating_open(handled.closed_at, pack_of(order.pack).rating_days):
            raise NotYetClosed
        return _rate(actor, order, satisfaction, reason, text, channel)


def _locked(order_id: int) -> WorkOrder:
    return WorkOrder.objects.select_for_update(of=("self",)).select_related("pack").get(pk=order_id)


def _rate(actor: Actor, order: WorkOrder, satisfaction: str, reason: str, text: str, channel: str) -> Rating:
    action = ACTIONS["rate"]
    if order.state not in action.frm or (order.state == State.MERGED and closed_as(order).is_open):
        raise NotYetClosed
    if Rating.objects.filter(order=order, round=order.reopen_count).exists():
        raise AlreadyRated
    data = {"satisfaction": satisfaction, "unhappy": reason, "note": text.replace("\x00", "").strip(), "channel": channel}
    finish(Step(actor, action, order, before=order.state), data)
    return Rating.objects.get(order=order, round=order.reopen_count)


@performs("rate")
def perform(step: Step, data: dict[str, Any]) -> None:
    """The row and its event; an order nobody followed up takes its satisfaction from here."""
    check_rating(data)
    unhappy = data["unhappy"] if data["satisfaction"] == Satisfaction.NO else ""
    row = Rating.objects.create(
        order=step.order, centre_id=step.order.centre_id, round=step.order.reopen_count, channel=data["channel"],
        satisfaction=data["satisfaction"], unhappy=unhappy, text=data["note"], at=time.now(),
    )
    if not step.order.satisfaction:
        step.order.satisfaction = row.satisfaction
    step.note(row.text, satisfaction=row.satisfaction, unhappy=row.unhappy, medium=row.channel)


def check_rating(data: dict[str, Any]) -> None:
    """Raises BadInput naming each field at fault; dissatisfaction needs its reason (R107)."""
    wrong: dict[str, str] = {}
    if data["satisfaction"] not in set(Satisfaction):
        wrong["satisfaction"] = "请选择满意程度"
    if data["unhappy"] and data["unhappy"] not in set(Unhappy):
        wrong["unhappy"] = "不满意原因请从列表中选择"
    elif data["satisfaction"] == Satisfaction.NO and not data["unhappy"]:
        wrong["unhappy"] = "请选择不满意的原因，便于我们改进"
    if len(data["note"]) > LONGEST:
        wrong["note"] = f"意见最多 {LONGEST} 个字，现有 {len(data['note'])} 个"
    if data["channel"] not in set(Medium):
        raise ValueError(data["channel"])
    if wrong:
        raise BadInput(fields=wrong)
