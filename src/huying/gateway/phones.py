"""Telephones that are lost (a closed browser, a cut cable) and come back: their people are not offered calls meanwhile."""

import asyncio
import time

import structlog

from huying.calls.catalog import AgentState
from huying.calls.models import SeatSession
from huying.calls.operations import move_seat
from huying.gateway.database import Database
from huying.gateway.line import Line
from huying.kernel.errors import Refusal
from huying.switch import ami

log = structlog.get_logger("huying.gateway")
GRACE = 6.0
"""Seconds; a browser that loads its page anew is back sooner."""

AFTER_RESTART = 40.0
"""Telephones find a switch that was restarted at their next registration."""

GONE = {"UNAVAILABLE", "INVALID", "UNREACHABLE"}


class Phones:
    def __init__(self, line: Line, database: Database) -> None:
        self.line, self.database = line, database
        self.gone: dict[str, float] = {}  # extension -> since when
        self._patient_until = 0.0
        self._known = False

    async def load(self, *, restarted: bool) -> None:
        """How all telephones are now."""
        if restarted:
            self._patient_until = time.monotonic() + AFTER_RESTART
        try:
            rows = await self.line.listed("PJSIPShowEndpoints")
        except ami.ActionRefused:  # so it says that there is not one telephone, as before any was set up
            rows = []
        states = {row.get("ObjectName", ""): row.get("DeviceState", "") for row in rows}
        for extension, state in states.items():
            self._is(extension, state.upper().replace(" ", ""))
        self._known = True

    def heard(self, event: ami.Message) -> None:
        """PeerStatus: whether any telephone answers for the extension."""
        peer = event.get("Peer", "")
        if event.get("Event") == "PeerStatus" and peer.startswith("PJSIP/"):
            self._is(peer.removeprefix("PJSIP/"), event.get("PeerStatus", "").upper())

    def _is(self, extension: str, state: str) -> None:
        if state in GONE:
            self.gone.setdefault(extension, time.monotonic())
        else:
            self.gone.pop(extension, None)

    async def run(self) -> None:
        while True:
            await asyncio.sleep(1.0)
            now = time.monotonic()
            if self.line.link is None or not self._known or now < self._patient_until:
                continue
            lost = {extension for extension, since in self.gone.items() if now - since >= GRACE}
            try:
                await self.database.do(lambda lost=lost: tell_seats(lost, set(self.gone)))  # type: ignore[misc]
            except Refusal as refusal:
                log.warning("phones", said=refusal.code)


def tell_seats(lost: set[str], gone: set[str]) -> None:
    seats = SeatSession.objects.filter(ended_at=None, state__in=[AgentState.READY, AgentState.BUSY])
    for pk, extension, state, reason in seats.values_list("pk", "phone__extension", "state", "reason"):
        if state == AgentState.READY and extension in lost:
            move_seat(pk, "phone_lost")
        elif reason == "phone" and extension not in gone:
            move_seat(pk, "phone_back")
