"""Blocked numbers as Asterisk itself knows them (its own small store), so that they are kept out while all of ours is dead."""

import structlog

from huying.calls.models import Block
from huying.gateway.line import Line
from huying.kernel import clock
from huying.kernel.errors import Refusal

log = structlog.get_logger("huying.gateway")
FAMILY = "blocked"


def blocked_numbers() -> set[str]:
    """In force now."""
    now = clock.now()
    rows = Block.objects.filter(state=Block.State.ACTIVE, ends_at__gt=now, begins_at__lte=now)
    return {row.number for row in rows if row.number.isdigit()}


async def keep_equal(line: Line, wanted: set[str]) -> None:
    """Send what differs."""
    rows = await _stored(line)
    for number in wanted - rows:
        await line.action("DBPut", Family=FAMILY, Key=number, Val="1")
    for number in rows - wanted:
        try:
            await line.action("DBDel", Family=FAMILY, Key=number)
        except Refusal as refusal:
            log.warning("blocked", said=refusal.code)


async def _stored(line: Line) -> set[str]:
    """`database show blocked` on the console: "/blocked/13900000000 : 1"."""
    said = (await line.action("Command", Command=f"database show {FAMILY}")).get("Output", "")
    keys = (row.split(":")[0].strip() for row in said.splitlines() if row.startswith(f"/{FAMILY}/"))
    return {key.removeprefix(f"/{FAMILY}/") for key in keys}
