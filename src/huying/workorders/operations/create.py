"""An appeal becomes an order (R035, R041, R103, R274): one way in for every channel."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Model

from huying.audit.models import Event
from huying.audit.operations import compose
from huying.citizens.models import Caller, Contact
from huying.citizens.operations import new_contact
from huying.kernel import bus
from huying.kernel import clock as time
from huying.messaging.catalog import State as MessageState
from huying.messaging.models import Message
from huying.messaging.operations import ENQUEUE
from huying.messaging.operations import compose as compose_message
from huying.org.models import Centre
from huying.org.policies import Actor
from huying.workorders.catalog import Channel, Kind, Urgency, Way
from huying.workorders.events import OrderCreated
from huying.workorders.models import Category, Clock, OrderText, Point, WorkOrder
from huying.workorders.operations.act import STREAM
from huying.workorders.operations.clocks import SHOWN_AS_DUE, counted_clock
from huying.workorders.operations.numbers import next_number
from huying.workorders.operations.once import Outcome, key_row, seen
from huying.workorders.operations.rows import insert_together, next_keys
from huying.workorders.operations.search import words_of
from huying.workorders.operations.tell import words_for_caller
from huying.workorders.queries.ground import Ground, ground_of
from huying.workorders.queries.packs import pack_of, template_of
from huying.workorders.rules import BadInput
from huying.workorders.rules.extra import clean_extra
from huying.workorders.workflow import State

ALLOWED_FIRST = {State.DRAFT, State.TO_REVIEW}


@dataclass
class NewOrder:
    """What somebody appeals. Contact values are plain text here and nowhere else."""

    kind: str
    title: str
    content: str
    channel: Channel = Channel.PHONE
    points: list[str] = field(default_factory=list)
    template: str = "general"
    urgency: str = Urgency.NORMAL
    region: str = ""
    place: str = ""
    address: str = ""
    address_way: str = ""
    event_at: datetime | None = None
    confidential: bool | None = None
    is_group: bool = False
    is_sensitive: bool = False
    is_special: bool = False
    fields: Mapping[str, Any] = field(default_factory=dict)
    name: str = ""
    phone: str = ""
    id_number: str = ""
    gender: str = ""
    caller_kind: str = Caller.Kind.RESIDENT
    external_number: str = ""
    category: Category | None = None
    overrides: Mapping[str, str] = field(default_factory=dict)  # completeness hint -> why it was passed over


def check(new: NewOrder, ground: Ground) -> None:
    """Raise BadInput naming every field at fault."""
    wrong: dict[str, str] = {}
    if new.kind not in set(Kind):
        wrong["type"] = "诉求类型请从列表中选择"
    elif new.kind not in template_of(ground.template).kinds:
        wrong["type"] = "该专项不受理这种诉求类型"
    if not 2 <= len(new.title.strip()) <= 100:
        wrong["title"] = "标题请写 2 到 100 个字"
    if not 5 <= len(new.content.strip()) <= 5000:
        wrong["content"] = "诉求内容请写 5 到 5000 个字"
    if new.urgency not in set(Urgency):
        wrong["urgency"] = "紧急程度请从列表中选择"
    if new.caller_kind not in Caller.Kind.values:
        wrong["caller.kind"] = "诉求人身份请从列表中选择"
    if new.address_way and new.address_way not in set(Way):
        wrong["address_way"] = "核对方式请从列表中选择"
    if len(new.name) > 40:
        wrong["caller.name"] = "姓名最多 40 个字"
    if len(new.phone) > 30:
        wrong["caller.phone"] = "电话号码过长"
    if len(new.address) > 200 or len(new.place) > 200:
        wrong["address"] = "地址最多 200 个字"
    if new.event_at and new.event_at > time.now():
        wrong["event_at"] = "事发时间不能晚于现在"
    if new.region and ground.region is None:
        wrong["region"] = f"没有区划代码 {new.region[:12]}"
    if wrong:
        raise BadInput(fields=wrong)


@transaction.atomic
def create_order(
    *, actor: Actor, centre: Centre, new: NewOrder, state: State = State.TO_REVIEW, announce: bool = True
) -> WorkOrder:
    """Write the order down with its contact, points, clocks, words and first event.

    It begins as `draft` (an agent goes on working on it) or `to_review`. `announce`: tell the citizen that it was
    taken in; not when the next step, which tells more, follows at once. Raises BadInput, NoTemplate.
    """
    return create_inside(actor=actor, centre=centre, new=new, state=state, announce=announce)


def create_once(
    *, actor: Actor, centre: Centre, new: NewOrder, key: str, digest: bytes, state: State = State.TO_REVIEW
) -> Outcome:
    """`create_order` unless this person's `key` has been seen (see `once`). Raises KeyReused too.

    Of two at once the second waits in the unique index, loses what it has written, and answers with the first's number.
    """
    if number := seen(actor, key, digest):
        return Outcome(number, None)
    try:
        with transaction.atomic():
            order = create_inside(
                actor=actor, centre=centre, new=new, state=state, along=lambda order: key_row(actor, key, digest, order)
            )
    except IntegrityError:
        if number := seen(actor, key, digest):
            return Outcome(number, None)
        raise
    return Outcome(order.number, order)


def create_inside(
    *, actor: Actor, centre: Centre, new: NewOrder, state: State = State.TO_REVIEW, announce: bool = True,
    along: Callable[[WorkOrder], Model] | None = None,
) -> WorkOrder:
    """`create_order` for those who are in a transaction that ends with any error: it saves a savepoint.

    `along` makes a row that is written in the same statement.
    """
    assert state in ALLOWED_FIRST
    now = time.now()
    ground = ground_of(centre, template=new.template, region=new.region, at=now)
    check(new, ground)
    order = build(actor, centre, new, state, ground, now)
    order.fields = clean_extra(template_of(ground.template), new.fields)
    order.pk, contact_key, message_key = next_keys("workorders_workorder", "citizens_contact", "messaging_message")
    contact = contact_of(centre, new)
    if contact is not None:
        contact.pk = contact_key
        order.contact, order.caller_id = contact, contact.caller_id
    said = words_for_caller(order, "accepted") if announce else None
    message = compose_message(said) if said else None
    if message is not None:
        message.pk = message_key
    event = write_down(actor, order, new, ground, message, [along(order)] if along else [])
    bus.publish(OrderCreated(order.pk, order.number, order.state, event.pk))
    return order


def write_down(
    actor: Actor, order: WorkOrder, new: NewOrder, ground: Ground, message: Message | None, more: Sequence[Model]
) -> Event:
    """Every row of the order, in one trip, and the message's job; the first event."""
    clocks = first_clocks(order, ground)
    order.due_at = min(clocks, key=lambda clock: (clock.kind not in SHOWN_AS_DUE, clock.due_at)).due_at
    event = compose(
        order, stream=STREAM, kind="create", actor=actor, centre_id=order.centre_id, after=order.state, at=order.created_at,
        data={"channel": order.channel, "title": order.title, "kind": order.kind, "urgency": order.urgency,
              "overrides": dict(new.overrides)},
    )
    texts = [text.strip() for text in new.points if text.strip()]
    points = [Point(order=order, centre_id=order.centre_id, seq=seq, text=text) for seq, text in enumerate(texts, 1)]
    words = OrderText(order_id=order.pk, centre_id=order.centre_id, created_at=order.created_at, words=words_of(order))
    waiting = [message.pk] if message and message.state == MessageState.QUEUED else []
    insert_together(
        more, [order.contact] if order.contact else [], [order], points, clocks, [event], [words],
        [message] if message else [], also=ENQUEUE, values={"priority": 0, "keys": waiting},
    )
    return event


def build(actor: Actor, centre: Centre, new: NewOrder, state: State, ground: Ground, now: datetime) -> WorkOrder:
    """The order row with its number and the rule pack it keeps for life."""
    flow = template_of(ground.template).flow
    confidential = new.confidential if new.confidential is not None else new.kind == Kind.REPORT
    number = next_number(
        pattern=centre.number_pattern, template=ground.template, channel=new.channel,
        region=centre.region_id or "000000", day=now.astimezone(time.SHANGHAI).date(),
    )
    return WorkOrder(
        number=number, external_number=new.external_number, centre=centre, template=ground.template,
        pack=ground.pack, state=state, kind=new.kind, urgency=new.urgency, channel=new.channel,
        title=new.title.strip(), content=new.content.strip(), category=new.category, event_at=new.event_at,
        caller_kind=new.caller_kind, region_id=ground.region, place=new.place.strip(), address_confirmed_by=new.address_way,
        address_confirmed_at=now if new.address_way else None,
        confidential=confidential or flow.confidential or flow.hide_caller, is_group=new.is_group,
        is_sensitive=new.is_sensitive, is_special=new.is_special or flow.special,
        created_by=actor.staff if actor.kind == "staff" else None, holder=actor.staff if state == State.DRAFT else None,
        created_at=now,
    )


def contact_of(centre: Centre, new: NewOrder) -> Contact | None:
    """The contact row, not saved; none for an appeal without any personal data."""
    if not any((new.name, new.phone, new.id_number, new.address)):
        return None
    return new_contact(
        centre_id=centre.pk, name=new.name, phone=new.phone, id_number=new.id_number, address=new.address,
        gender=new.gender, kind=new.caller_kind, anonymous=new.caller_kind == Caller.Kind.ANONYMOUS,
    )


def first_clocks(order: WorkOrder, ground: Ground) -> list[Clock]:
    """The citizen's clock runs from the first moment; the review clock once the order waits for review."""
    pack, start = pack_of(ground.pack), order.created_at
    answer = pack.answer(order.kind, order.urgency, order.caller_kind)
    clocks = [counted_clock(order, Clock.Kind.ANSWER, answer, ground.calendar, start=start)]
    if order.state == State.TO_REVIEW:
        clocks.append(counted_clock(order, Clock.Kind.REVIEW, pack.review, ground.calendar, start=start))
    return clocks
