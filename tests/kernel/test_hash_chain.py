import json
import time
from datetime import UTC, date, datetime
from decimal import Decimal
from types import MappingProxyType
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from huying.kernel.clock import SHANGHAI
from huying.kernel.hashchain import GENESIS, as_stored, canonical, first_broken, link

AT = datetime(2026, 11, 20, 9, 30, 0, 123456, UTC)
RECORD = {"order": "4506000220261120000179", "action": "签收", "at": AT, "by": 12, "extra": {"b": [1, None], "a": True}}

unhurried = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
plain = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=8,
)
records = st.dictionaries(st.text("abcxyz", min_size=1, max_size=6), plain, max_size=6)


def chain(rows):
    links, previous = [], GENESIS
    for row in rows:
        previous = link(previous, row)
        links.append((row, previous))
    return links


def test_the_canonical_text_is_sorted_dense_and_in_utf8():
    assert canonical(RECORD).decode() == (
        '{"action":"签收","at":"2026-11-20T09:30:00.123Z","by":12,'
        '"extra":{"a":true,"b":[1,null]},"order":"4506000220261120000179"}'
    )


def test_other_types_have_one_form():
    record = {
        "day": date(2026, 11, 20),
        "money": Decimal("1.50"),
        "id": UUID(int=7),
        "blob": memoryview(b"\x01\xff"),
        "inner": MappingProxyType({"a": 1}),
    }
    assert (
        json.loads(canonical(MappingProxyType(record)))
        == as_stored(record)
        == {
            "day": "2026-11-20",
            "money": "1.50",
            "id": "00000000-0000-0000-0000-000000000007",
            "blob": "01ff",
            "inner": {"a": 1},
        }
    )


def test_the_same_instant_in_another_zone_or_with_microseconds_links_alike():
    assert link(GENESIS, {"at": AT}) == link(GENESIS, {"at": AT.astimezone(SHANGHAI).replace(microsecond=123999)})


@unhurried
@given(records)
def test_what_is_stored_reads_back_to_the_same_link(record):
    record["at"] = AT
    assert link(GENESIS, as_stored(record)) == link(GENESIS, record)
    assert link(GENESIS, dict(reversed(record.items()))) == link(GENESIS, record)


@unhurried
@given(st.lists(records, min_size=2, max_size=6, unique_by=lambda record: canonical(record)), st.data())
def test_a_changed_removed_inserted_or_swapped_row_is_found_where_it_is(rows, data):
    links = chain(rows)
    assert first_broken(links) is None
    at = data.draw(st.integers(0, len(rows) - 2))
    changed = [*links]
    changed[at] = ({**rows[at], "forged": 1}, links[at][1])
    assert first_broken(changed) == at
    assert first_broken(links[:at] + links[at + 1 :]) == at
    assert first_broken([*links[:at], (rows[at], links[-1][1]), *links[at:]]) == at
    assert first_broken([*links[:at], links[at + 1], links[at], *links[at + 2 :]]) == at


def test_a_chain_may_be_checked_from_an_anchor():
    links = chain([{"n": n} for n in range(5)])
    assert first_broken(links[2:], start=links[1][1]) is None
    assert first_broken(links[2:]) == 0


@pytest.mark.parametrize(
    ("record", "error"),
    [
        ({"at": datetime(2026, 1, 1)}, ValueError),  # noqa: DTZ001
        ({"x": float("nan")}, ValueError),
        ({"x": {1, 2}}, TypeError),
        ({"x": object()}, TypeError),
    ],
)
def test_what_has_no_canonical_form_is_refused(record, error):
    with pytest.raises(error):
        link(GENESIS, record)


def test_a_link_of_the_wrong_length_is_refused():
    with pytest.raises(ValueError, match="32 bytes"):
        link(b"short", RECORD)


def test_a_bulk_import_is_not_held_up_by_its_links():
    started, previous = time.perf_counter(), GENESIS
    for _ in range(5_000):
        previous = link(previous, RECORD)
    assert 5_000 / (time.perf_counter() - started) > 10_000
