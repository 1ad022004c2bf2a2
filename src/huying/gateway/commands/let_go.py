"""Who asks a colleague and lets go of the telephone before anybody has answered.

Asterisk then keeps the channel of who let go until somebody answers, and lets the citizen go when nobody does. So the citizen
is sent on alone, as by a transfer without asking: whoever is called rings anew, and who is never answered goes back to a queue.
"""

import asyncio
from collections.abc import Sequence

import structlog

from huying.gateway.commands.hands import Consultation, Hands, bridge_of
from huying.gateway.legs import SEAT
from huying.kernel.errors import Refusal
from huying.switch import ami

log = structlog.get_logger("huying.gateway")
TRANSFER = "AttendedTransfer"
"""Said when the one who asked has left the two others, whether they talk already or not."""


class LetGo:
    def __init__(self, hands: Hands) -> None:
        self.hands = hands
        self._sending: set[asyncio.Task[None]] = set()

    def heard(self, event: ami.Message) -> None:
        """Of a consultation that we began; any other is the telephone's own."""
        seat = SEAT.fullmatch(event.get("OrigTransfererChannel", ""))
        asked = self.hands.consulting.get(seat[1]) if seat else None
        if seat and asked and asked.channel == seat[0]:
            del self.hands.consulting[seat[1]]
            task = asyncio.create_task(self._send_on(asked))
            self._sending.add(task)
            task.add_done_callback(self._sending.discard)

    async def _send_on(self, asked: Consultation) -> None:
        try:
            if _still_rings(await self.hands.line.listed("CoreShowChannels"), asked.citizen):
                await self.hands.send(asked.citizen, asked.target.exten)
        except Refusal as refusal:  # the citizen has gone, or the switch
            log.warning("let_go", said=refusal.code)


def _still_rings(rows: Sequence[ami.Message], citizen: str) -> bool:
    """Whether the only one with the citizen is somebody who has not answered."""
    _, others = bridge_of(citizen, rows)
    return bool(others) and all(row.get("ChannelStateDesc") != "Up" for row in others)
