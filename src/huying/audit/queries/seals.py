"""How a seal over events is computed: one way for whoever seals and for whoever verifies."""

from collections.abc import Iterable

from huying.audit.models import Event
from huying.kernel.digest import sm3

BATCH = 10_000


def seal_of(previous: bytes, hashes: Iterable[bytes]) -> tuple[bytes, int]:
    """SM3 over the previous seal and the events' hashes in order of id, in batches; and how many there were."""
    seal, count, batch = previous, 0, bytearray()
    for one in hashes:
        batch += one
        count += 1
        if count % BATCH == 0:
            seal, batch = sm3(seal + bytes(batch)), bytearray()
    return sm3(seal + bytes(batch)), count


def hashes_between(after: int, upto: int) -> Iterable[bytes]:
    rows = Event.objects.filter(id__gt=after, id__lte=upto).order_by("id").values_list("hash", flat=True)
    return (bytes(one) for one in rows.iterator(chunk_size=BATCH))
