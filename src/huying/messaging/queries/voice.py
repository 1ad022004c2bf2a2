"""How a centre speaks: its words and switches per scene, its signature and limits."""

import time
from dataclasses import dataclass, field

from huying.messaging.models import SendingRule, Template
from huying.messaging.rules import Scene
from huying.org.models import Centre

FRESH = 5.0
"""Seconds for which a process remembers a centre's templates: every order sends, and they change once a month."""


@dataclass(frozen=True)
class Voice:
    """`texts` and `off` hold only what differs from the shipped scene."""

    rule: SendingRule
    texts: dict[str, str] = field(default_factory=dict)
    off: frozenset[str] = frozenset()

    def text(self, scene: Scene) -> str:
        return self.texts.get(scene.code, scene.text)

    def is_on(self, scene: Scene) -> bool:
        return scene.code not in self.off


_known: dict[int, tuple[float, Voice]] = {}


def voice_of(centre_id: int) -> Voice:
    """The voice in force for a centre; at most `FRESH` seconds old."""
    until, voice = _known.get(centre_id, (0.0, None))
    if voice is None or until < time.monotonic():
        voice = _read(centre_id)
        _known[centre_id] = (time.monotonic() + FRESH, voice)
    return voice


def forget_voices() -> None:
    """After a change in this process, and between tests."""
    _known.clear()


def _read(centre_id: int) -> Voice:
    """Nearest first: the centre's own rows, then those of each centre above it."""
    lineage = Centre.objects.get(pk=centre_id).lineage
    texts: dict[str, str] = {}
    switches: dict[str, bool] = {}
    rows = {pk: list[Template]() for pk in lineage}
    for row in Template.objects.filter(centre_id__in=lineage):
        rows[row.centre_id].append(row)
    for owner in lineage:
        for row in rows[owner]:
            texts[row.scene], switches[row.scene] = row.text, row.is_on
    rules = {row.centre_id: row for row in SendingRule.objects.filter(centre_id__in=lineage)}
    rule = next((rules[owner] for owner in reversed(lineage) if owner in rules), SendingRule())
    return Voice(rule, texts, frozenset(code for code, is_on in switches.items() if not is_on))
