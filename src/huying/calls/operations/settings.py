"""What a centre decides about its telephone; every change is on the centre's own record."""

from collections.abc import Iterable
from typing import Any

from django.db import transaction

from huying.calls.models import CallerList, ListedCaller, PhoneSetting
from huying.calls.operations.tell import config_changed, tell
from huying.calls.queries.numbers import hash_of
from huying.org.models import Centre
from huying.org.operations.history import differences, record
from huying.org.policies import Actor

MANAGE = "calls.manage"


@transaction.atomic
def save_setting(*, actor: Actor, centre: Centre, values: dict[str, Any]) -> PhoneSetting:
    """In force at once: the next sign-in and the next call go by it. Raises NotAllowed."""
    actor.must(MANAGE)
    row, _ = PhoneSetting.objects.get_or_create(centre=centre)
    row = PhoneSetting.objects.select_for_update().get(pk=row.pk)
    before = {name: getattr(row, name) for name in values}
    for name, value in values.items():
        setattr(row, name, value)
    row.save()
    changed = {name: [str(old), str(new)] for name, (old, new) in differences(before, values).items()}
    if changed:
        record(centre.pk, "phone_setting.edit", actor, changes=changed)
        config_changed()
        tell("setting", centre.pk)
    return row


@transaction.atomic
def save_list(*, actor: Actor, row: CallerList, numbers: Iterable[tuple[str, str]] = ()) -> CallerList:
    """A list with the numbers to be added (normalised, note). Raises NotAllowed."""
    actor.must(MANAGE)
    made = row.pk is None
    row.save()
    fresh = {hash_of(number): (number, note) for number, note in numbers}
    rows = [
        ListedCaller(centre_id=row.centre_id, list=row, number=number, number_hash=digest, note=note)
        for digest, (number, note) in fresh.items()
    ]
    known = ListedCaller.objects.filter(list=row, number_hash__in=list(fresh)).count()
    ListedCaller.objects.bulk_create(rows, ignore_conflicts=True, batch_size=500)
    record(row.centre_id, "caller_list.add" if made else "caller_list.edit", actor, list=row.code, name=row.name,
           is_test=row.is_test, added=len(fresh) - known)
    return row


@transaction.atomic
def take_off(*, actor: Actor, row: ListedCaller) -> None:
    actor.must(MANAGE)
    record(row.centre_id, "caller_list.take_off", actor, list=row.list.code)
    row.delete()


@transaction.atomic
def delete_list(*, actor: Actor, row: CallerList) -> None:
    """With its numbers and with the route rules that ask for it, as a rule without its condition would fit everybody."""
    actor.must(MANAGE)
    record(row.centre_id, "caller_list.delete", actor, list=row.code, name=row.name)
    row.delete()
