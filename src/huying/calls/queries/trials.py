"""Whose calls only test, and count for nothing (C10)."""

from dataclasses import dataclass

from huying.calls.models import ListedCaller, Phone


@dataclass(frozen=True, slots=True)
class Trials:
    """`numbers`: (centre, the number's hash); `phones`: extensions of the demonstration's citizen."""

    numbers: frozenset[tuple[int, bytes]]
    phones: frozenset[str]


def trials() -> Trials:
    listed = ListedCaller.objects.filter(list__is_test=True).values_list("list__centre_id", "number_hash")
    phones = Phone.objects.filter(kind=Phone.Kind.CITIZEN).values_list("extension", flat=True)
    return Trials(frozenset((centre, bytes(digest)) for centre, digest in listed), frozenset(phones))
