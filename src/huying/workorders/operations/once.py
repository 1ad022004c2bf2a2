"""A request that may arrive twice has one effect (issue, section 8): the key is written with the effect or not at all."""

from collections.abc import Callable
from dataclasses import dataclass

from huying.audit.queries import quick
from huying.kernel import clock
from huying.kernel.errors import Refusal
from huying.org.policies import Actor, NotAllowed
from huying.workorders.models import IdempotencyKey, WorkOrder

CLAIM = """
    INSERT INTO workorders_idempotencykey (staff_id, key, digest, number, created_at) VALUES (%s, %s, %s, '', %s)
    ON CONFLICT (staff_id, key) DO NOTHING RETURNING id
"""
NAME = "UPDATE workorders_idempotencykey SET number = %s WHERE id = %s RETURNING id"


class KeyReused(Refusal):
    """The same key came with another content: one of the two requests would be lost."""

    code = "key_reused"
    message = "这个 Idempotency-Key 已用于另一份内容，请换一个新的键"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a request came to: the order, or only its number when it had been carried out before."""

    number: str
    order: WorkOrder | None


def seen(actor: Actor, key: str, digest: bytes) -> str | None:
    """The order this person's `key` came to, None when it is new. Raises KeyReused."""
    row = quick("SELECT number, digest FROM workorders_idempotencykey WHERE staff_id = %s AND key = %s", [actor.staff_id, key])
    if row is None:
        return None
    if bytes(row[1]) != digest:
        raise KeyReused
    return str(row[0])


def key_row(actor: Actor, key: str, digest: bytes, order: WorkOrder) -> IdempotencyKey:
    """The row that says so from now on, to be written in one statement with the order (see `create_once`)."""
    return IdempotencyKey(
        staff_id=actor.staff_id or 0, key=key, digest=digest, number=order.number, created_at=order.created_at
    )


def once(actor: Actor, key: str, digest: bytes, effect: Callable[[], WorkOrder]) -> Outcome:
    """Inside a transaction: carry out `effect` unless this person's `key` has been seen. Raises KeyReused, and what the effect raises.

    Of two requests at once the second waits for the first to commit (the unique index makes it) and then finds the
    key; when the first rolls back, the second does the work.
    """
    if actor.staff_id is None:
        raise NotAllowed
    claimed = quick(CLAIM, [actor.staff_id, key, digest, clock.now()])
    if claimed is None:
        return Outcome(seen(actor, key, digest) or "", None)
    order = effect()
    quick(NAME, [order.number, claimed[0]])
    return Outcome(order.number, order)
