"""Make, change and end subscriptions; each is on the history of the centre."""

import secrets
from collections.abc import Sequence

from django.conf import settings
from django.db import transaction

from huying.kernel import clock
from huying.kernel.errors import Refusal
from huying.org.operations.history import record
from huying.org.policies import Actor, NotAllowed
from huying.workorders.models import Webhook
from huying.workorders.rules import BadInput
from huying.workorders.rules.addresses import BadAddress, parse_address
from huying.workorders.workflow import ACTIONS

CREATED, EVERY = "created", "*"
EVERY_CALL = "call.*"
CALL_EVENTS = ("call.entered", "call.rang", "call.answered", "call.ended")
EVENTS = (CREATED, *ACTIONS, EVERY, *CALL_EVENTS, EVERY_CALL)
MOST = 50
SHORTEST_SECRET = 16


class TooManyWebhooks(Refusal):
    code = "too_many_webhooks"
    message = f"一个中心最多 {MOST} 个事件订阅，请先删除不用的"


def check_url(url: str) -> str:
    """Raises BadInput."""
    try:
        parse_address(url, private=settings.WEBHOOK_PRIVATE)
    except BadAddress as wrong:
        raise BadInput(wrong.message, fields={"url": wrong.message}) from None
    return url


def check_events(events: Sequence[str]) -> list[str]:
    """Raises BadInput."""
    unknown = [code for code in events if code not in EVENTS]
    if unknown or not events:
        message = f"没有事件“{unknown[0][:40]}”" if unknown else "请至少订阅一个事件"
        raise BadInput(message, fields={"events": message})
    return sorted(set(events))


def check_secret(secret: str) -> str:
    """Raises BadInput."""
    if not (SHORTEST_SECRET <= len(secret) <= 100 and secret.isascii() and secret.isprintable()):
        message = f"签名密钥应为 {SHORTEST_SECRET} 到 100 个英文字符；省略时自动生成"
        raise BadInput(message, fields={"secret": message})
    return secret


@transaction.atomic
def subscribe(*, actor: Actor, url: str, events: Sequence[str], secret: str = "") -> Webhook:
    """A new subscription, which hears what `actor` may know of. Raises NotAllowed, BadInput, TooManyWebhooks."""
    actor.must("workorders.webhooks")
    if actor.staff is None:
        raise NotAllowed
    if Webhook.objects.filter(centre=actor.staff.centre).count() >= MOST:
        raise TooManyWebhooks
    row = Webhook(
        centre=actor.staff.centre, staff=actor.staff, scopes=sorted(actor.scopes), url=check_url(url),
        events=check_events(events), secret=check_secret(secret) if secret else secrets.token_urlsafe(32),
        created_at=clock.now(),
    )
    row.save(force_insert=True)
    record(row.centre_id, "webhook.subscribe", actor, webhook=row.pk, url=row.url, events=row.events)
    return row


@transaction.atomic
def change(
    *, actor: Actor, webhook: Webhook, url: str | None = None, events: Sequence[str] | None = None,
    secret: str | None = None, is_active: bool | None = None,
) -> Webhook:
    """Change what is given. From then on it hears what `actor` may know of, not what its maker might.

    Raises NotAllowed, BadInput.
    """
    actor.must("workorders.webhooks")
    if actor.staff is None:
        raise NotAllowed
    webhook.staff, webhook.scopes = actor.staff, sorted(actor.scopes)
    webhook.url = check_url(url) if url is not None else webhook.url
    webhook.events = check_events(events) if events is not None else webhook.events
    webhook.secret = check_secret(secret) if secret is not None else webhook.secret
    webhook.is_active = is_active if is_active is not None else webhook.is_active
    webhook.save()
    record(
        webhook.centre_id, "webhook.change", actor, webhook=webhook.pk, url=webhook.url, events=webhook.events,
        is_active=webhook.is_active, new_secret=secret is not None,
    )
    return webhook


@transaction.atomic
def unsubscribe(*, actor: Actor, webhook: Webhook) -> None:
    """The subscription and its delivery log are gone; the history keeps that it was there. Raises NotAllowed."""
    actor.must("workorders.webhooks")
    record(webhook.centre_id, "webhook.unsubscribe", actor, webhook=webhook.pk, url=webhook.url)
    webhook.delete()
