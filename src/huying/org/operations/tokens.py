"""Bearer tokens: 256 random bits, shown once; only the SM3 digest is kept (issue, section 8)."""

import secrets
from collections.abc import Iterable
from datetime import timedelta

from django.db.models import Q

from huying.kernel import clock
from huying.kernel.digest import sm3
from huying.kernel.errors import Refusal
from huying.org.catalog import known_permissions
from huying.org.models import ApiToken, Staff
from huying.org.queries.entry import let_in

PREFIX = "hy_"
SEEN_EVERY = timedelta(minutes=1)


class UnknownScope(Refusal):
    code = "unknown_scope"
    message = "令牌范围有误"


class Disabled(Refusal):
    code = "disabled"
    message = "账号已停用，请先启用"


def issue_token(
    staff: Staff, *, scopes: Iterable[str] = (), days: int | None = None, label: str = ""
) -> tuple[str, ApiToken]:
    """A new token and its row. Empty `scopes` means all rights the person has, `days` None means until revoked.

    Raises UnknownScope, Disabled.
    """
    wanted = sorted(set(scopes))
    if unknown := [scope for scope in wanted if scope not in known_permissions()]:
        raise UnknownScope(f"没有这样的权限：{'、'.join(unknown)}", fields={"scopes": "没有这样的权限"})
    if not staff.is_active:
        raise Disabled
    raw = PREFIX + secrets.token_urlsafe(32)
    row = ApiToken.objects.create(
        staff=staff, digest=sm3(raw.encode()), label=label[:60], scopes=wanted,
        expires_at=clock.now() + timedelta(days=days) if days is not None else None,
    )
    return raw, row


def authenticate(raw: str) -> tuple[Staff, frozenset[str]] | None:
    """Whose token this is and what it is narrowed to; None for one unknown, expired, revoked, or of a disabled account.

    One query (and one a minute to note that it was used). `staff.centre` and `staff.unit` are loaded. Needs no
    tenant scope; the caller sets `centres_of(staff)` afterwards.
    """
    if not raw.startswith(PREFIX) or len(raw) > 100:
        return None
    now = clock.now()
    valid = ApiToken.objects.filter(
        Q(expires_at=None) | Q(expires_at__gt=now), digest=sm3(raw.encode()), revoked_at=None,
        staff__is_active=True, staff__centre__is_active=True,
    )
    row = valid.select_related("staff__centre", "staff__unit").first()
    if row is None:
        return None
    if row.seen_at is None or now - row.seen_at >= SEEN_EVERY:
        ApiToken.objects.filter(pk=row.pk).update(seen_at=now)
    return row.staff, frozenset(row.scopes)


def open_by_token(raw: str) -> tuple[Staff, frozenset[str]] | None:
    """`authenticate` with the rights read and the connection's scope set to that person's centres, all in one trip.

    The caller closes the scope again.
    """
    if not raw.startswith(PREFIX) or len(raw) > 100:
        return None
    now = clock.now()
    found = let_in(sm3(raw.encode()), now)
    if found is None:
        return None
    key, seen_at, scopes, staff = found
    if seen_at is None or now - seen_at >= SEEN_EVERY:
        ApiToken.objects.filter(pk=key).update(seen_at=now)
    return staff, frozenset(scopes)


def revoke_token(token: ApiToken) -> None:
    """It opens nothing from now on; the row stays."""
    ApiToken.objects.filter(pk=token.pk, revoked_at=None).update(revoked_at=clock.now())
