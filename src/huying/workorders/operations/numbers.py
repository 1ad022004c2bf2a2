"""Give out order numbers: unique under concurrency and restarts; gaps may occur, repetitions never."""

from datetime import date

from django.db import InterfaceError, OperationalError, connections

from huying.audit.queries import quick
from huying.kernel.numbering import Pattern
from huying.workorders.catalog import CHANNEL_DIGITS, Channel
from huying.workorders.models import OrderTemplate
from huying.workorders.queries.packs import template_of

TAKE = """
    INSERT INTO workorders_numbercounter AS c (key, value) VALUES (%s, %s)
    ON CONFLICT (key) DO UPDATE SET value = c.value + EXCLUDED.value RETURNING value
"""


def take_serials(key: str, count: int = 1) -> int:
    """The last of `count` consecutive serials under `key`.

    Runs on a connection of its own that commits at once without waiting for the disk, so that no order waits for
    another's commit. A crash cannot repeat a number: the order's own commit flushes everything written before it.
    """
    own = connections["numbers"]
    own.health_check_done = True  # type: ignore[attr-defined]  # a dead one is noticed below; a serial lost does no harm
    try:
        row = quick(TAKE, [key, count], using="numbers")
    except (OperationalError, InterfaceError):
        if own.in_atomic_block:
            raise
        own.close()
        row = quick(TAKE, [key, count], using="numbers")
    assert row is not None
    return int(row[0])


def next_number(*, pattern: str, template: OrderTemplate, region: str, channel: Channel, day: date) -> str:
    """The next number by the template's own pattern, else by the centre's `pattern`. `day` is the date in Shanghai."""
    rule = Pattern.parse(template_of(template).number_pattern or pattern)
    digits = CHANNEL_DIGITS[channel]
    serial = take_serials(rule.counter_key(region=region, channel=digits, day=day))
    return rule.format(region=region, channel=digits, day=day, serial=serial)
