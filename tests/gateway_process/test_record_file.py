"""The record file as it grows, is rotated, truncated, damaged; and our own beside it."""

import csv
import io
from datetime import UTC, datetime, timedelta

import pytest

from huying.gateway import recordfile
from huying.gateway.recordfile import Place
from huying.switch.records import FIELDS, Record

T0 = datetime(2026, 11, 26, 9, 0, tzinfo=UTC)


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "log").mkdir()
    return tmp_path


def line(number: int) -> bytes:
    values = {"kind": "CHAN_START", "at": f"{1764147600 + number}.000001", "linkedid": "1.1", "uniqueid": f"1.{number}",
              "channel": "PJSIP/8001-00000001"}
    text = io.StringIO()
    csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\n").writerow([values.get(name, "") for name in FIELDS])
    return text.getvalue().encode()


def put(folder, *numbers, name="cel.csv", rest=b""):
    with (folder / "log" / name).open("ab") as file:
        file.write(b"".join(map(line, numbers)) + rest)


def names(portion):
    return [int(record.uniqueid.partition(".")[2]) for record in portion.records]


def test_each_record_once_as_the_file_grows(folder):
    assert recordfile.read(folder, Place()).records == []
    put(folder, 1, 2, rest=line(3)[:20])
    first = recordfile.read(folder, Place())
    assert names(first) == [1, 2]
    put(folder, rest=line(3)[20:])
    second = recordfile.read(folder, first.place)
    assert names(second) == [3]
    assert names(recordfile.read(folder, second.place)) == []


def test_rotated_away_in_between_nothing_is_lost(folder):
    put(folder, 1, 2)
    place = recordfile.read(folder, Place()).place
    put(folder, 3)
    (folder / "log" / "cel.csv").rename(folder / "log" / "cel.csv.1")
    put(folder, 4)
    rest = recordfile.read(folder, place)
    assert (names(rest), rest.more) == ([3], True)
    after = recordfile.read(folder, rest.place)
    assert names(after) == [4]
    assert names(recordfile.read(folder, after.place)) == []


def test_truncated_it_is_read_from_the_beginning(folder):
    put(folder, 1, 2, 3)
    place = recordfile.read(folder, Place()).place
    (folder / "log" / "cel.csv").write_bytes(line(4))
    assert names(recordfile.read(folder, place)) == [4]


def test_damage_costs_the_damaged_lines_only(folder):
    put(folder, 1, rest=b'"rubbish",\x00\xff\n')
    put(folder, 2)
    portion = recordfile.read(folder, Place())
    assert (names(portion), portion.damaged) == ([1, 2], 1)


def test_a_long_file_comes_in_portions(folder, monkeypatch):
    monkeypatch.setattr(recordfile, "MOST", 3 * len(line(1)) + 5)
    put(folder, *range(1, 8))
    place, seen = Place(), []
    while True:
        portion = recordfile.read(folder, place)
        seen += names(portion)
        place = portion.place
        if not portion.more:
            break
    assert seen == list(range(1, 8))


def test_what_we_keep_ourselves_is_read_as_it_was(folder):
    hold = Record(at=T0 + timedelta(microseconds=123_456), linkedid="1.1", uniqueid="1.2", kind="HOLD", channel="PJSIP/8001-00000001")
    back = Record(at=T0, linkedid="2.0", uniqueid="2.0", kind="SWITCH_START", channel="", extra={"down_at": T0.isoformat()})
    for record in (hold, back):
        recordfile.keep(folder, record)
    assert recordfile.kept(folder) == [hold, back]
    assert [record.key for record in recordfile.kept(folder)] == [hold.key, back.key]
