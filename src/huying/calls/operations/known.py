"""What the database has of calls that are about to be folded: read for all of them at once."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from huying.calls.models import Call, Leg, Recording


@dataclass(slots=True)
class Known:
    """Calls by their names, with their legs and the names of their recordings. The caller holds the calls' locks."""

    names: set[str] = field(default_factory=set)
    calls: dict[str, Call] = field(default_factory=dict)
    legs: dict[int, list[Leg]] = field(default_factory=lambda: defaultdict(list))
    tapes: dict[int, set[str]] = field(default_factory=lambda: defaultdict(set))

    @classmethod
    def of(cls, names: Iterable[str]) -> "Known":
        known = cls()
        known.read(names)
        return known

    def read(self, names: Iterable[str]) -> None:
        wanted = set(names) - self.names
        self.names |= wanted
        found = {call.linkedid: call for call in Call.objects.filter(linkedid__in=wanted)}
        self.calls |= found
        if not found:
            return
        keys = [call.pk for call in found.values()]
        for leg in Leg.objects.filter(call__in=keys):
            self.legs[leg.call_id].append(leg)
        for call, name in Recording.objects.filter(call__in=keys).values_list("call_id", "name"):
            self.tapes[call].add(name)

    def call(self, name: str) -> Call | None:
        """A call whose channel was joined with an older one's goes by a name that no record bears: that one is read now."""
        if name not in self.names:
            self.read([name])
        return self.calls.get(name)
