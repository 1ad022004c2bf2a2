"""Keep a list's conditions under a name."""

from collections.abc import Mapping, Sequence

from huying.kernel.errors import Refusal
from huying.org.policies import Actor
from huying.workorders.models import SavedFilter

MOST = 20
NEVER_KEPT = {"phone", "page", "open", "csrfmiddlewaretoken", "name"}
"""A telephone number is personal data and is not kept in somebody's bookmarks."""


class TooManyFilters(Refusal):
    code = "too_many_filters"
    message = f"每个列表最多保存 {MOST} 组条件，请先删去不用的"


class NothingToSave(Refusal):
    code = "nothing_to_save"
    message = "没有可保存的条件（电话号码不会被保存）"


def save_filter(*, actor: Actor, desk: str, name: str, query: Mapping[str, Sequence[str]]) -> SavedFilter:
    """Keep `query` (as of a query string) under `name`, in place of one of the same name.

    Raises NothingToSave, TooManyFilters.
    """
    kept = {key: [text for text in values if text] for key, values in query.items() if key not in NEVER_KEPT}
    kept = {key: values for key, values in kept.items() if values}
    if not kept:
        raise NothingToSave
    mine = SavedFilter.objects.filter(staff=actor.staff, desk=desk)
    if mine.exclude(name=name).count() >= MOST:
        raise TooManyFilters
    found, _ = SavedFilter.objects.update_or_create(staff=actor.staff, desk=desk, name=name, defaults={"query": kept})
    return found


def drop_filter(*, actor: Actor, pk: int) -> bool:
    """Delete one's own; says whether there was one."""
    deleted, _ = SavedFilter.objects.filter(staff=actor.staff, pk=pk).delete()
    return bool(deleted)
