"""How full the lists are, for the menu: quick and capped."""

from django.core.cache import cache
from django.db.models import Q

from huying.calls.models import Block, CallBack
from huying.calls.policies import blocks_seen_by, pool_seen_by
from huying.org.policies import Actor

MOST = 1000
FRESH = 5  # seconds; the menu asks on every page
VOICEMAILS = 20


def waiting_call_backs(actor: Actor) -> int:
    return pool_seen_by(actor).filter(state=CallBack.State.WAITING).order_by()[:MOST].count()


def blocks_to_decide(actor: Actor) -> int | None:
    """What waits for this person: nominations and appeals for whoever decides. Remembered for a moment."""
    if not actor.may("calls.approve_block"):
        return None
    return cache.get_or_set(f"calls.blocks.{actor.staff_id}", lambda: _blocks_to_decide(actor), FRESH)


def _blocks_to_decide(actor: Actor) -> int:
    appealed = Q(state=Block.State.ACTIVE, appealed_at__isnull=False, appeal_decision="")
    return blocks_seen_by(actor).filter(Q(state=Block.State.NOMINATED) | appealed).order_by()[:MOST].count()


def voicemails_for(actor: Actor) -> list[CallBack]:
    """Messages left that nobody has dealt with yet, the oldest first: they are waiting to become orders (R042)."""
    rows = pool_seen_by(actor).filter(kind=CallBack.Kind.VOICEMAIL, state=CallBack.State.WAITING)
    return list(rows.select_related("voicemail", "group")[:VOICEMAILS]) if actor.may("calls.answer") else []
