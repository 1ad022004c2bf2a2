import pytest

from huying.messaging.rules import carrier_of, segments


@pytest.mark.req("R196")
@pytest.mark.parametrize(("phone", "carrier"), [
    ("13907700001", "mobile"), ("19800000000", "mobile"), ("17050000000", "mobile"), ("13000000000", "unicom"),
    ("17090000000", "unicom"), ("13300000000", "telecom"), ("13490000000", "telecom"), ("17000000000", "telecom"),
    ("19200000000", "broadnet"), ("15400000000", "other"),
])
def test_carrier_by_prefix(phone, carrier):
    assert carrier_of(phone) == carrier


@pytest.mark.parametrize(("letters", "parts"), [(1, 1), (70, 1), (71, 2), (134, 2), (135, 3)])
def test_parts_a_carrier_bills(letters, parts):
    assert segments("字" * letters) == parts
