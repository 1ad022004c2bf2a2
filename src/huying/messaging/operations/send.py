"""Queue messages in the transaction that caused them: no commit, no message; committed, and a worker delivers it.

Cheap on purpose, an order being created waits for it: one INSERT and one job. Opt-out, frequency and the gateway are
looked at by the worker (`deliver`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings

from huying.audit.queries import quick
from huying.citizens.fields import blind_index
from huying.kernel import clock
from huying.kernel.errors import Refusal
from huying.kernel.phones import is_mobile, normalise_phone
from huying.messaging.catalog import Carrier, State
from huying.messaging.models import Message
from huying.messaging.queries import voice_of
from huying.messaging.rules import CODE, carrier_of, render, scene, segments

TASK = "huying.messaging.tasks.deliver_message"
QUEUE = "messages"
CODE_PRIORITY = 10
ENQUEUE = f"""
    procrastinate_defer_jobs_v1(ARRAY(
        SELECT ROW('{QUEUE}', '{TASK}', %(priority)s, NULL, NULL, jsonb_build_object('message_id', key), NULL)
            ::procrastinate_job_to_defer_v1
        FROM unnest(%(keys)s::bigint[]) AS key
    ))
"""  # noqa: S608  two constants
"""The jobs of the messages `keys`, as an expression of SQL: what procrastinate's own `defer_jobs` runs."""
CODE_EVERY = timedelta(seconds=60)
CODES_PER_HOUR = 5


class TooOften(Refusal):
    code = "too_often"
    message = "验证码发送过于频繁，请稍后再试"


class NoMobile(Refusal):
    code = "no_mobile"
    message = "请填写 11 位手机号"


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One message before it has its words; see `send`."""

    scene: str
    centre_id: int
    phone: str
    values: Mapping[str, str]
    subject: tuple[str, int]
    caller_id: int | None = None
    staff_id: int | None = None


def send(
    *, scene: str, centre_id: int, phone: str, values: Mapping[str, str], subject: tuple[str, int],
    caller_id: int | None = None, staff_id: int | None = None,
) -> Message:
    """Send the message of `scene` to `phone`, filled with `values`; `subject` is what it is about ("order", id).

    `values` must hold every field of the scene (packs/scenes.json), KeyError otherwise. `caller_id` lets an opt-out be
    found. A switched-off scene or a number that takes no messages leaves a row that says so and no job. For scene
    "code": raises NoMobile, and TooOften after one within a minute or five within an hour.
    """
    return send_all([Outgoing(scene, centre_id, phone, values, subject, caller_id, staff_id)])[0]


def send_all(outgoing: Sequence[Outgoing]) -> list[Message]:
    """Many at once (a merged order has hundreds of callers): two statements however many there are."""
    messages = [compose(each) for each in outgoing]
    Message.objects.bulk_create(messages)
    enqueue(messages)
    return messages


def enqueue(messages: Sequence[Message]) -> None:
    """A job for each message that waits, in this transaction."""
    waiting = [message for message in messages if message.state == State.QUEUED]
    codes = [message.pk for message in waiting if message.scene == CODE]
    others = [message.pk for message in waiting if message.scene != CODE]
    for keys, priority in ((codes, CODE_PRIORITY), (others, 0)):
        if keys:
            quick(f"SELECT {ENQUEUE}", {"priority": priority, "keys": keys})


def compose(outgoing: Outgoing) -> Message:
    """The row, not saved, with its words, signed with the centre's name as the networks ask."""
    kind, voice = scene(outgoing.scene), voice_of(outgoing.centre_id)
    phone = normalise_phone(outgoing.phone)
    text = render(kind, voice.text(kind), {"site": settings.PUBLIC_URL, **outgoing.values})
    text = f"【{voice.rule.signature}】{text}"
    mobile = is_mobile(phone)
    message = Message(
        centre_id=outgoing.centre_id, scene=outgoing.scene, phone=phone, phone_hash=blind_index(phone, purpose="phone"),
        caller_id=outgoing.caller_id, carrier=carrier_of(phone) if mobile else Carrier.OTHER, text=text,
        segments=segments(text), subject_stream=outgoing.subject[0], subject_id=outgoing.subject[1],
        sent_by_id=outgoing.staff_id, created_at=clock.now(),
    )
    if kind.code == CODE:
        _check_code(message, mobile)
    if not voice.is_on(kind):
        message.state, message.reason = State.SKIPPED, "该场景已关闭"
    elif not mobile:
        message.state, message.reason = State.SKIPPED, "不是手机号，收不到短信"
    return message


def _check_code(message: Message, mobile: bool) -> None:
    if not mobile:
        raise NoMobile(fields={"phone": NoMobile.message})
    recent = Message.objects.filter(phone_hash=message.phone_hash, scene=CODE)
    if recent.filter(created_at__gt=message.created_at - CODE_EVERY).exists():
        raise TooOften("验证码刚刚发过，请 1 分钟后再试")
    if recent.filter(created_at__gt=message.created_at - timedelta(hours=1)).count() >= CODES_PER_HOUR:
        raise TooOften("这个号码 1 小时内已发送 5 次验证码，请稍后再试")
