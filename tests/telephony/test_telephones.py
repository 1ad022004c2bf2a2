"""The tools of the telephony tests prove themselves: real calls with sound both ways, told apart by frequency."""

import pytest

from huying.switch.plan import Trunk
from telephony import audio
from telephony.conftest import PASSWORD
from telephony.node import eventually, free_ports

pytestmark = pytest.mark.phone


@pytest.fixture
def member(node):
    """Puts phones into the group and takes them out again."""
    inside = []

    def add(extension: str, group: str = "g1") -> None:
        inside.append((extension, group))
        node.cli(f"queue add member PJSIP/{extension} to {group}")

    yield add
    for extension, group in inside:
        node.cli(f"queue remove member PJSIP/{extension} from {group}")


def test_a_citizen_and_an_agent_hear_each_other(node, citizen, agent, member):
    alice = agent("1001")
    member("1001")
    call = citizen().dial("12345")
    call.say(440)
    ring = alice.ring().answer()
    ring.say(880)
    assert call.hears(880) and ring.hears(440)
    assert call.deaf_to(1600) and call.deaf_to(440) and ring.deaf_to(880)
    call.hang_up()
    ring.wait("ended")
    assert (ring.by, call.by) == ("them", "us")
    eventually(lambda: node.calls() == 0)


def test_hold_plays_music_and_retrieve_ends_it(node, citizen, agent, member):
    alice = agent("1002")
    member("1002")
    call = citizen().dial("12345").say(440)
    ring = alice.ring().answer().say(880)
    assert call.hears(880)
    ring.hold()
    assert call.hears(audio.MUSIC) and call.deaf_to(880)
    ring.resume()
    assert call.hears(880) and call.deaf_to(audio.MUSIC)
    assert call.hears(880) and ring.hears(440)
    ring.hang_up()
    call.wait("ended")
    assert call.by == "them"


def test_phones_call_each_other_and_press_keys(node, agent):
    bob, carol = agent("1003"), agent("1004")
    ring = []
    carol.auto = lambda call: ring.append(call.answer())
    call = bob.dial("1004")
    call.press("42#")
    eventually(lambda: ring and "".join(ring[0].media.heard_keys) == "42#")
    call.hang_up()


def test_a_refusal_and_a_caller_who_gives_up(node, citizen, agent, member):
    bob, carol = agent("1003"), agent("1004")
    call = bob.dial("1004", wait="ringing")
    carol.ring().refuse(486)
    call.wait("ended")
    assert call.by == "them" and call.code >= 400 and "up" not in call.states
    call = bob.dial("1004", wait="ringing")
    ring = carol.ring()
    call.hang_up()
    ring.wait("ended")
    assert (ring.by, ring.code) == ("them", 487)


def test_a_stranger_gets_nowhere(node):
    from telephony.telephone import Telephone

    with Telephone(node.address, "1001", password="wrong") as thief, pytest.raises(AssertionError, match=r"40[13]"):
        thief.register()


def test_many_at_once_through_sipp(node, sipp, member):
    answering = sipp.agents(node, ["1005", "1006"], [(880, 30)], PASSWORD, talk=2)
    member("1005")
    member("1006")
    load = sipp.citizens(node, "12345", [(440, 20)], calls=4, rate=4, talk=90)
    assert load.wait() == 0, load.errors()
    assert (load.gave_up(), answering.gave_up()) == (0, 4), answering.errors()  # the agents ended all four
    eventually(lambda: node.calls() == 0)


def test_tones_are_told_apart(tmp_path):
    mixed = [one + other for one, other in zip(
        audio.linear(b"".join(audio.tone(440))), audio.linear(b"".join(audio.tone(1600))), strict=True)]
    assert audio.hears(mixed, 440) and audio.hears(mixed, 1600)
    assert not audio.hears(mixed, 880) and not audio.hears(mixed, 480)
    assert audio.level([0] * 8000, 440) == -99.0
    assert all(abs(audio.decode(audio.encode(sample)) - sample) <= abs(sample) / 16 + 16 for sample in range(-32000, 32000, 37))


def test_a_carrier_and_phones_may_share_an_address(start_node, citizen, agent):
    """As in the demonstration, where everything is on one machine."""
    free = free_ports(1)[0]
    own = start_node(trunks=(Trunk("carrier", ("127.0.0.1",), f"127.0.0.1:{free}"),))
    alice = agent("1001", own)
    own.cli("queue add member PJSIP/1001 to g1")
    call = citizen("13800138000", own, host="127.0.0.1").dial("12345").say(440)
    ring = alice.ring().answer().say(880)
    assert call.hears(880) and ring.hears(440)
    with pytest.raises(AssertionError, match=r"40[13]"):  # whoever calls itself a phone must have its password
        citizen("1002", own, host="127.0.0.1").dial("12345")
