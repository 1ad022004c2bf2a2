"""Records of the channel event log: the file, the manager interface, and whatever is neither."""

import csv
import io
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huying.switch import records
from huying.switch.records import FIELDS, NotARecord, Record, from_ami, from_csv, split
from telephony.node import eventually

STREAMS = sorted((Path(__file__).parent / "streams").glob("*.csv"))
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
names = st.text(st.characters(codec="ascii", exclude_categories=["Cc"]), min_size=1, max_size=20)


def line(**values):
    """A record as Asterisk writes it: every value quoted, quotes doubled."""
    return (",".join('"' + values.get(name, "").replace('"', '""') + '"' for name in FIELDS) + "\n").encode()


@given(
    at=st.integers(0, 4 * 10**15), linkedid=names, uniqueid=names, channel=texts,
    app_data=texts, cid_num=texts, exten=texts, peer=texts, said=texts,
)
def test_whatever_stands_in_a_record_is_read_back(at, said, **values):
    stamp = f"{at // 10**6}.{at % 10**6:06d}"
    extra = json.dumps({"extra": said}, ensure_ascii=False)
    made = line(kind="USER_DEFINED", user_event="KEY", at=stamp, extra=extra, **values)
    found, used = split(made + made)
    assert found == [made, made] and used == 2 * len(made)
    record = from_csv(made)
    assert record == from_csv(made.decode()) and record.key == from_csv(made).key
    assert record.at == datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=at) and record.data == said
    for name, value in values.items():
        assert getattr(record, name) == value


@given(st.binary(max_size=300))
def test_any_bytes_are_a_record_or_refused(data):
    lines, used = split(data)
    assert b"".join(lines) == data[:used]
    for each in [*lines, data]:
        try:
            assert isinstance(from_csv(each), Record)
        except NotARecord:
            continue


@given(st.lists(st.tuples(names, texts), min_size=1, max_size=6), st.data())
def test_a_growing_file_gives_each_record_once(rows, data):
    whole = b"".join(line(kind="ANSWER", at="1.000001", linkedid=one, uniqueid=one, app_data=two) for one, two in rows)
    at = data.draw(st.integers(0, len(whole)))
    first, used = split(whole[:at])
    rest, _ = split(whole[used:])
    assert b"".join(first + rest) == whole and len(first + rest) == len(rows)


def test_bytes_that_are_no_text_do_not_lose_the_record():
    made = line(kind="ANSWER", at="1795675682.000007", linkedid="a", uniqueid="a", channel="x").replace(b'"x"', b'"\xff\xfe,\n"')
    record = from_csv(made)
    assert record.channel == "\ufffd\ufffd,\n" and record.at.microsecond == 7
    assert record.key == from_csv(made).key


@pytest.mark.parametrize("wrong", [
    b"", b"\n", b'"a","b"\n', line(kind="ANSWER", at="", linkedid="a", uniqueid="a"),
    line(kind="ANSWER", at="1.5", linkedid="a", uniqueid="a"), line(kind="ANSWER", at="9" * 30 + ".000000", linkedid="a", uniqueid="a"),
    line(kind="", at="1.000000", linkedid="a", uniqueid="a"), line(kind="ANSWER", at="1.000000", linkedid="", uniqueid="a"),
    line(kind="ANSWER", at="1.000000", linkedid="a", uniqueid="a") * 2, b'"unfinished',
])
def test_what_is_no_record_is_refused(wrong):
    with pytest.raises(NotARecord):
        from_csv(wrong)


def test_a_damaged_line_does_not_swallow_the_rest():
    """A power cut leaves half a line with an open quote; what comes after it is still found."""
    good = line(kind="ANSWER", at="1.000001", linkedid="a", uniqueid="a", app_data="x" * 500)
    lines, used = split(b'"ANSWER","","17956\n' + good * 400)
    read = []
    for each in lines:
        try:
            read.append(from_csv(each))
        except NotARecord:
            continue
    assert len(read) > 250 and used > 0


@pytest.mark.parametrize("path", STREAMS, ids=lambda path: path.stem)
def test_recorded_streams_are_read_whole(path):
    data = path.read_bytes()
    lines, used = split(data)
    assert used == len(data)
    found = [from_csv(each) for each in lines]
    assert len({record.key for record in found}) == len(found)
    assert len(found) == sum(1 for _ in csv.reader(io.StringIO(data.decode())))
    assert not any(record.kind == "DTMF" for record in found)


def test_the_manager_tells_the_same_to_the_second(node, carrier, manager):
    agent = node.telephone("1001")
    node.members("support", "1001")
    call = carrier.call("12345", '13800138000').wait_answered()
    desk = agent.wait_offered().wait_answered().wait_heard()
    manager.act(Action="BlindTransfer", Channel=manager.channel("PJSIP/1001-"), Context="move", Exten="q-second")
    desk.wait_ended()
    node.wait_told("QUEUE second")
    call.hangup()
    node.quiet()
    written = node.records()
    with Path("/etc/localtime").open("rb") as file:
        here = ZoneInfo.from_file(file)

    def heard():
        return [from_ami(event, here) for event in manager.events.copy() if event.get("Event") == "CEL"]

    assert len(written) > 25
    eventually(lambda: len(heard()) >= len(written))
    assert [record.coarse() for record in written] == heard()


def test_the_file_is_written_at_once(node, carrier, manager):
    """What the manager tells is in the file, and not only when more has happened or the call is over."""
    call = carrier.call("12345", "13800138000").wait_answered()
    manager.wait("CEL", UserDefType="QUEUE")
    node.wait_told("QUEUE support")
    assert not any(record.kind == "HANGUP" for record in node.records())
    call.hangup()


def test_keys_differ_by_what_happened():
    base = Record(at=datetime(2026, 1, 1, tzinfo=UTC), linkedid="a", uniqueid="b", kind="HANGUP", channel="c")
    others = [
        Record(at=base.at, linkedid="a", uniqueid="b", kind="CHAN_END", channel="c"),
        Record(at=base.at + timedelta(microseconds=1), linkedid="a", uniqueid="b", kind="HANGUP", channel="c"),
        Record(at=base.at, linkedid="a", uniqueid="b", kind="HANGUP", channel="c", extra={"hangupcause": 16}),
    ]
    assert len({record.key for record in [base, *others]}) == 4
    shanghai = Record(at=base.at.astimezone(ZoneInfo("Asia/Shanghai")), linkedid="a", uniqueid="b", kind="HANGUP", channel="c")
    assert shanghai.key == base.key
    assert records.FILE == "log/cel.csv"
