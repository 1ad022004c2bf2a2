"""Whoever reaches the signalling port with something else than a call of ours gets nothing, and breaks nothing."""

import random
import socket

import pytest
from handset import Failed, Telephone

from telephony.node import eventually


def send(node, data, ip="127.0.0.9", patience=15):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as line:
        line.bind((ip, 0))
        line.sendto(data if isinstance(data, bytes) else data.encode(), node.server)
        line.settimeout(patience)
        try:
            return line.recv(65536).decode(errors="replace")
        except TimeoutError:
            return ""


def still_serves(node, carrier):
    call = carrier.call("12345", "13800138000").wait_answered()
    call.hangup()
    call.wait_ended()


INVITE = (
    "INVITE sip:12345@127.0.0.1 SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.2:9;branch=z9hG4bK{n}\r\nFrom: <sip:1@x>;tag={n}\r\n"
    "To: <sip:12345@x>\r\nCall-ID: {n}\r\nCSeq: 1 INVITE\r\nContact: <sip:x@127.0.0.2:9>\r\nMax-Forwards: 70\r\n"
)


def test_malformed_messages(node, carrier):
    dice = random.Random(12345)
    bad = [
        b"", b"\x00" * 2000, b"INVITE\r\n\r\n", b"INVITE sip: SIP/2.0\r\n\r\n", b"\xff\xfe" * 700, b"GET / HTTP/1.1\r\n\r\n",
        INVITE.format(n=1) + "Content-Length: 99999\r\n\r\nv=0", INVITE.format(n=2) + "Content-Length: -5\r\n\r\n",
        INVITE.format(n=3) + "Content-Type: application/sdp\r\nContent-Length: 10\r\n\r\nv=0\r\nm=\x00\r\n",
        INVITE.format(n=4) + "X: " + "y" * 6000 + "\r\nContent-Length: 0\r\n\r\n", INVITE.format(n=5) + "Via: " * 100 + "\r\n\r\n",
        INVITE.format(n=6).replace("sip:12345", "sip:" + "1" * 4000) + "Content-Length: 0\r\n\r\n",
        INVITE.format(n=7).replace("Max-Forwards: 70", "Max-Forwards: 0") + "Content-Length: 0\r\n\r\n",
        "BYE sip:x@127.0.0.1 SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.2:9;branch=z9hG4bKb\r\nFrom: <sip:1@x>;tag=q\r\n"
        "To: <sip:1@x>;tag=w\r\nCall-ID: none\r\nCSeq: 1 BYE\r\nContent-Length: 0\r\n\r\n",
        *(dice.randbytes(dice.randint(1, 1400)) for _ in range(100)),
    ]
    for data in bad:
        for ip in ("127.0.0.2", "127.0.0.9"):
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as line:
                line.bind((ip, 0))
                line.sendto(data if isinstance(data, bytes) else data.encode(), node.server)
    still_serves(node, carrier)
    assert node.process.poll() is None


@pytest.mark.parametrize("method", ["OPTIONS", "MESSAGE", "SUBSCRIBE", "PUBLISH", "REFER", "NOTIFY", "INFO"])
def test_strangers_learn_nothing(node, method):
    text = INVITE.format(n=method).replace("INVITE", method).replace("127.0.0.2:9", "127.0.0.9;rport")
    answer = send(node, text + "Content-Length: 0\r\n\r\n", patience=1)  # silence is as good
    status = answer.split(" ")[1] if answer else "none"
    assert status in {"none", "401", "403", "405", "481", "489"}, answer
    assert "22." not in answer and "asterisk" not in answer.lower()


def test_guessing_extensions_and_passwords(node):
    """An extension that exists answers as one that does not, and a wrong password does not get in."""
    def challenge(user):
        text = INVITE.format(n=f"r{user}").replace("INVITE", "REGISTER").replace("127.0.0.2:9", "127.0.0.9;rport")
        text = text.replace("sip:1@x", f"sip:{user}@x").replace("sip:12345@x", f"sip:{user}@x")
        return send(node, text + "Content-Length: 0\r\n\r\n").split("\r\n")[0]

    assert challenge("1001") == challenge("7777") == "SIP/2.0 401 Unauthorized"
    wrong = Telephone(node.server, user="1001", password="not-the-password")
    node.phones.append(wrong)
    with pytest.raises(Failed):
        wrong.register()


def test_a_phone_cannot_call_as_another_nor_abroad(node, outside):
    phone = node.telephone("1001")
    abroad = phone.call("0085212345678").wait_ended()
    assert abroad.status >= 400
    call = phone.call("013800138000", caller="1001", display="110", extra=["P-Asserted-Identity: <sip:110@x>"])
    far = outside.wait_offered().wait_answered()
    assert "sip:057112345@" in far.remote and "110" not in far.remote.replace("057112345", "")
    call.hangup()


def test_a_phone_cannot_reach_what_is_for_the_manager(node):
    phone = node.telephone("1001")
    node.telephone("1002")
    for called in ("q-1002", "w-1002", "room-1", "q-support", "s", "h", "nobody", "last-p1", "all", "only-carrier"):
        assert phone.call(called).wait_ended().status in {404, 484, 403}, called


def test_a_citizen_cannot_transfer(node, carrier, outside):
    """REFER from a trunk would let a caller dial at the city's expense."""
    agent = node.telephone("1001")
    node.members("support", "1001")
    call = carrier.call("12345", "13800138000").wait_answered()
    desk = agent.wait_offered().wait_answered()
    answer = carrier._ask(carrier.compose("REFER", call.target, call, ["Refer-To: <sip:057199998888@127.0.0.1>"]), call)
    assert answer.status >= 400
    for key in "*#9":
        call.press(key)
    call.press("057199998888#")
    desk.wait_heard(440, frames=75)
    assert outside.arrived == []
    assert not call.ended.is_set()
    call.hangup()


def test_a_carriers_lines_are_counted(node, carrier):
    calls = [carrier.call("12345", f"138001380{number:02}") for number in range(33)]
    eventually(lambda: all(call.ended.is_set() or call.answered.is_set() for call in calls))
    refused = [call for call in calls if call.ended.is_set()]
    for call in calls:
        call.hangup()
    assert {call.status for call in refused} == {503}
    assert 3 <= len(refused) <= 6  # never fewer; of calls that enter in the same instant each counts the others as well
    node.quiet()
    assert node.told().count("REFUSE lines") == len(refused)


def test_many_short_calls(node, carrier):
    """A hundred calls given up at once leave nothing behind."""
    calls = [carrier.call("12345", f"1380013{number:04}") for number in range(100)]
    for call in calls:
        call.cancel()

    def over():
        for call in calls:
            if call.answered.is_set():  # the answer crossed what took it back
                call.hangup()
        return all(call.ended.is_set() for call in calls)

    eventually(over)
    node.quiet()
    still_serves(node, carrier)
