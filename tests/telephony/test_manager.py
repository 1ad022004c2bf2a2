"""The manager client against the real Asterisk."""

import asyncio

import pytest

from huying.gateway.line import hear_only
from huying.switch import ami

pytestmark = pytest.mark.phone


def on(node, test, **options) -> None:
    async def main() -> None:
        plan = node.plan
        async with await ami.connect("127.0.0.1", plan.ami_port, "huying", plan.ami_secret, **options) as link:
            await test(link)

    asyncio.run(asyncio.wait_for(main(), 120))


async def until(link: ami.Link, name: str, **values: str) -> ami.Message:
    async for event in link.events():
        if event.get("Event") == name and all(event.get(key) == value for key, value in values.items()):
            return event
    raise AssertionError(f"the connection ended before {name}")


def test_a_wrong_secret_is_refused(node):
    async def main() -> None:
        with pytest.raises(ami.ActionRefused, match="Authentication failed"):
            await ami.connect("127.0.0.1", node.plan.ami_port, "huying", "not-the-secret-at-all")

    asyncio.run(main())


def test_answers_lists_and_the_console(node):
    async def test(link: ami.Link) -> None:
        assert "AsteriskVersion" in await link.action("CoreSettings")
        assert (await link.command("core show version")).startswith("Asterisk 2")
        queues = await link.listed("QueueStatus")
        assert {row["Queue"] for row in queues if row["Event"] == "QueueParams"} >= {"g1", "g2"}
        assert await link.listed("CoreShowChannels") == []
        with pytest.raises(ami.ActionRefused, match="No such channel"):
            await link.action("Hangup", Channel="PJSIP/nobody-00000001")
        with pytest.raises(ami.ActionRefused):
            await link.action("NoSuchAction")

    on(node, test)


def test_members_come_and_go_with_chinese_names(node):
    async def test(link: ami.Link) -> None:
        await link.action("QueueAdd", Queue="g2", Interface="PJSIP/1001", MemberName="王小明", Penalty=2)
        event = await until(link, "QueueMemberAdded")
        assert (event["MemberName"], event["Penalty"]) == ("王小明", "2")
        with pytest.raises(ami.ActionRefused, match="Already there"):
            await link.action("QueueAdd", Queue="g2", Interface="PJSIP/1001")
        await link.action("QueueRemove", Queue="g2", Interface="PJSIP/1001")
        await until(link, "QueueMemberRemoved")

    on(node, test)


def test_a_line_at_the_limit_arrives_whole_and_a_longer_one_is_not_sent(node):
    async def test(link: ami.Link) -> None:
        value = "x" * (ami.LONGEST_LINE - len("Value: "))
        await link.action("DBPut", Family="test", Key="long", Val="y")
        await link.action("Setvar", Variable="TEST_LONG", Value=value)
        found = await link.action("Getvar", Variable="TEST_LONG")
        assert found["Value"] == value
        with pytest.raises(ami.BadValue):
            await link.action("Setvar", Variable="TEST_LONG", Value=value + "x")
        await link.action("DBDel", Family="test", Key="long")

    on(node, test)


def test_a_call_is_told_as_it_happens(node, citizen, agent):
    async def test(link: ami.Link) -> None:
        await link.action("QueueAdd", Queue="g1", Interface="PJSIP/1001", MemberName="a")
        call = await asyncio.to_thread(citizen("13800138001").dial, "12345")
        ring = await asyncio.to_thread(alice.ring)
        ring.answer()
        begun = await until(link, "AgentConnect", Queue="g1")
        assert begun["CallerIDNum"] == "13800138001" and begun["Interface"] == "PJSIP/1001"
        await asyncio.to_thread(call.hang_up)
        ended = await until(link, "Hangup", Uniqueid=begun["Uniqueid"])
        assert ended["Linkedid"] == begun["Linkedid"]
        await link.action("QueueRemove", Queue="g1", Interface="PJSIP/1001")

    alice = agent("1001")
    on(node, test)


def test_a_caller_cannot_forge_events_by_their_name(node, citizen, agent):
    """What a caller calls itself stands in events: it must stay one header, whatever is in it."""
    async def test(link: ami.Link) -> None:
        await link.action("QueueAdd", Queue="g1", Interface="PJSIP/1001")
        phone = citizen("13800138002")
        phone.name = "x%0d%0aEvent: Shutdown%0d%0a\\r\\nEvent: Shutdown \udcff".encode("utf-8", "replace").decode()
        call = await asyncio.to_thread(phone.dial, "12345")
        event = await until(link, "Newchannel")
        assert event["CallerIDNum"] == "13800138002" and "Shutdown" in event["CallerIDName"]
        await asyncio.to_thread(call.hang_up)
        seen = set()
        async for event in link.events():
            seen.add(event["Event"])
            if event["Event"] == "Hangup":
                break
        assert "Shutdown" not in seen
        await link.action("QueueRemove", Queue="g1", Interface="PJSIP/1001")

    on(node, test)


def test_its_end_ends_the_link_and_one_can_come_back(start_node):
    own = start_node()

    async def test(link: ami.Link) -> None:
        await asyncio.to_thread(own.kill)
        assert [event async for event in link.events() if event["Event"] == "Hangup"] == []
        with pytest.raises(ami.SwitchAway):
            await link.action("Ping")
        with pytest.raises(ami.SwitchAway):
            await ami.connect("127.0.0.1", own.plan.ami_port, "huying", own.plan.ami_secret)
        await asyncio.to_thread(own.start)
        again = await ami.connect("127.0.0.1", own.plan.ami_port, "huying", own.plan.ami_secret)
        async with again:
            assert (await again.action("Ping"))["Ping"] == "Pong"

    on(own, test)


def test_a_filtered_connection_hears_what_it_asked_for_and_nothing_else(node, citizen):

    async def test(link: ami.Link) -> None:
        await hear_only(link, ("CEL", "Hangup"))
        call = await asyncio.to_thread(citizen().dial, "12345")
        await asyncio.to_thread(call.hang_up)
        names = set()
        async for event in link.events():
            names |= {event["Event"], event.get("EventName", "")}
            if {"LINKEDID_END", "Hangup"} <= names:
                break
        assert "Newchannel" not in names and "Newstate" not in names

    on(node, test)
