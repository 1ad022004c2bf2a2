"""A centre words its own messages, switches scenes, and tries them out (R053, R263)."""

from django.db import transaction

from huying.audit.operations import append
from huying.kernel import clock
from huying.kernel.errors import Refusal
from huying.kernel.phones import is_mobile, normalise_phone
from huying.messaging.models import Message, SendingRule, Template
from huying.messaging.operations.send import NoMobile, send
from huying.messaging.queries import forget_voices, voice_of
from huying.messaging.rules import check_text, sample_values, scene
from huying.org.models import Centre
from huying.org.policies import Actor

STREAM = "template"


class BadRule(Refusal):
    code = "bad_rule"
    message = "请检查签名和频次"


@transaction.atomic
def save_template(*, actor: Actor, centre: Centre, code: str, text: str, is_on: bool) -> Template:
    """The centre's own words and switch for one scene, with an event. Raises NotAllowed, BadTemplate."""
    actor.must("messaging.manage")
    kind = scene(code)
    text = check_text(kind, text)
    now, voice = clock.now(), voice_of(centre.pk)
    was = {"text": voice.text(kind), "is_on": voice.is_on(kind)}
    Template.objects.bulk_create(
        [Template(centre=centre, scene=code, text=text, is_on=is_on, updated_at=now)], ignore_conflicts=True
    )
    row = Template.objects.select_for_update().get(centre=centre, scene=code)
    row.text, row.is_on, row.updated_at, row.updated_by = text, is_on, now, actor.staff
    append(
        row, stream=STREAM, kind="save", actor=actor, centre_id=centre.pk, at=now,
        data={"scene": code, "was": was, "text": text, "is_on": is_on},
    )
    row.save()
    forget_voices()
    return row


@transaction.atomic
def save_rule(*, actor: Actor, centre: Centre, signature: str, per_hour: int, per_day: int) -> SendingRule:
    """The centre's signature and frequency cap. Raises NotAllowed, BadRule."""
    actor.must("messaging.manage")
    wrong: dict[str, str] = {}
    signature = signature.strip()
    if not 2 <= len(signature) <= 20 or set(signature) & set("【】{}"):
        wrong["signature"] = "签名 2 到 20 个字，不含括号"
    if not 1 <= per_hour <= per_day <= 200:
        wrong["per_day"] = "每小时至少 1 条，每天不少于每小时，最多 200 条"
    if wrong:
        raise BadRule(fields=wrong)
    row, _ = SendingRule.objects.update_or_create(
        centre=centre, defaults={"signature": signature, "per_hour": per_hour, "per_day": per_day}
    )
    forget_voices()
    return row


def try_out(*, actor: Actor, centre: Centre, code: str, phone: str) -> Message:
    """Send the scene as it stands, with invented values, to a phone at hand. Raises NotAllowed, NoMobile, TooOften."""
    actor.must("messaging.manage")
    if not is_mobile(normalise_phone(phone)):
        raise NoMobile(fields={"phone": NoMobile.message})
    return send(
        scene=code, centre_id=centre.pk, phone=phone, values=sample_values(scene(code)), subject=("trial", centre.pk),
        staff_id=actor.staff_id,
    )
