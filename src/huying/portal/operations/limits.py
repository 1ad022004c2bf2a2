"""Count what is limited, by a hash that says nothing about whom it is counted for."""

from huying.citizens.fields import blind_index
from huying.kernel import clock
from huying.org.models import Centre
from huying.portal.models import Attempt
from huying.portal.rules.limits import LIMITS, TooMuch


def check_limit(what: str, value: str, centre: Centre) -> None:
    """Raise TooMuch when the limit `what` is used up for `value`. Nothing is counted, nothing without a value."""
    if not value:
        return
    limit = LIMITS[what]
    now = clock.now()
    rows = Attempt.objects.filter(key=_key(what, value), what=what, at__gt=now - limit.span)
    times = list(rows.order_by("-at").values_list("at", flat=True)[: limit.most])
    if len(times) >= limit.most:
        raise TooMuch(limit.words, int((times[-1] + limit.span - now).total_seconds()) + 1)


def count_use(what: str, value: str, centre: Centre, times: int = 1) -> None:
    """One use more; the caller is outside of a transaction that may still be taken back."""
    if value:
        rows = [Attempt(centre=centre, what=what, key=_key(what, value), at=clock.now()) for _ in range(times)]
        Attempt.objects.bulk_create(rows)


def _key(what: str, value: str) -> bytes:
    return blind_index(f"{what}:{value}", purpose="portal.limit")
