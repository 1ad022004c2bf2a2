"""The manager client against a server that speaks the protocol, and that misbehaves in the ways real ones do."""

import asyncio
import contextlib
from collections.abc import Callable

import pytest

from huying.switch import ami

BANNER = b"Asterisk Call Manager/11.0.0\r\n"
Script = Callable[["Server", ami.Message], None]


class Server:
    """Answers each action by `script`; a test may also `say` anything at any time."""

    def __init__(self, script: Script | None = None, banner: bytes = BANNER) -> None:
        self.script, self.banner = script, banner
        self.asked: list[ami.Message] = []
        self.writer: asyncio.StreamWriter | None = None

    async def __aenter__(self) -> "Server":
        self.server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = self.server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        if self.writer:
            self.writer.close()
        self.server.close()
        await self.server.wait_closed()

    def say(self, *lines: str | bytes) -> None:
        assert self.writer
        self.writer.write(b"\r\n".join(line if isinstance(line, bytes) else line.encode() for line in lines) + ami.END)

    def success(self, action: ami.Message, *more: str) -> None:
        self.say("Response: Success", f"ActionID: {action['ActionID']}", *more)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.writer = writer
        writer.write(self.banner)
        with contextlib.suppress(asyncio.IncompleteReadError, OSError):
            while True:
                action = ami.Message.parse((await reader.readuntil(ami.END))[:-4])
                self.asked.append(action)
                if action["Action"] == "Login" and action["Secret"] == "right":
                    self.success(action, "Message: Authentication accepted")
                elif action["Action"] == "Login":
                    self.say("Response: Error", f"ActionID: {action['ActionID']}", "Message: Authentication failed")
                elif self.script:
                    self.script(self, action)
        writer.close()


def run(test, **server) -> None:
    """`test(server, link)` with a signed-in link."""

    async def main() -> None:
        async with Server(**server) as there, await ami.connect("127.0.0.1", there.port, "huying", "right") as link:
            await test(there, link)

    asyncio.run(asyncio.wait_for(main(), 60))


async def refused(port: int, secret: str = "right", timeout: float = 30) -> type[Exception]:
    with pytest.raises((ami.SwitchAway, ami.ActionRefused)) as caught:
        await ami.connect("127.0.0.1", port, "huying", secret, timeout=timeout)
    return caught.type


async def take(link: ami.Link, count: int) -> list[ami.Message]:
    found = []
    async for event in link.events():
        found.append(event)
        if len(found) == count:
            break
    return found


def test_signs_in_and_gets_the_answer_that_belongs_to_the_action():
    def backwards(server: Server, action: ami.Message) -> None:
        if action["Action"] == "Second":
            for one in reversed(server.asked[1:]):
                server.success(one, f"Message: {one['Action']}")

    async def test(server: Server, link: ami.Link) -> None:
        one, two = await asyncio.gather(link.action("First", Channel="a"), link.action("Second", Variable=["x=1", "y=2"]))
        assert (one["Message"], two["Message"]) == ("First", "Second")
        assert server.asked[1]["Channel"] == "a" and server.asked[2]["Variable"] == "x=1\ny=2"

    run(test, script=backwards)


def test_wrong_secret_nobody_there_and_strangers():
    async def main() -> None:
        async with Server() as server:
            assert await refused(server.port, "wrong") is ami.ActionRefused
            port = server.port
        assert await refused(port) is ami.SwitchAway
        async with Server(banner=b"SSH-2.0-OpenSSH_9.2\r\n") as server:
            assert await refused(server.port) is ami.SwitchAway
        async with Server(banner=b"") as server:
            assert await refused(server.port, timeout=0.5) is ami.SwitchAway

    asyncio.run(main())


def test_a_refused_action_says_why():
    def no(server: Server, action: ami.Message) -> None:
        server.say("Response: Error", f"ActionID: {action['ActionID']}", "Message: No such channel")

    async def test(server: Server, link: ami.Link) -> None:
        with pytest.raises(ami.ActionRefused, match="电话交换机未能完成操作：No such channel") as caught:
            await link.action("Hangup", Channel="PJSIP/1")
        assert caught.value.answer["Message"] == "No such channel"
        with pytest.raises(ami.ActionRefused):
            await link.listed("QueueStatus")

    run(test, script=no)


def test_lists_are_kept_apart_from_what_happens_meanwhile():
    def rows(server: Server, action: ami.Message) -> None:
        own = f"ActionID: {action['ActionID']}"
        server.success(action, "EventList: start")
        server.say("Event: QueueParams", "Queue: g1", own)
        server.say("Event: Newchannel", "Channel: PJSIP/1")
        server.say("Event: QueueMember", "Queue: g1", "Name: 张三", own)
        server.say("Event: QueueStatusComplete", "EventList: Complete", "ListItems: 2", own)

    async def test(server: Server, link: ami.Link) -> None:
        assert [row["Event"] for row in await link.listed("QueueStatus")] == ["QueueParams", "QueueMember"]
        assert [event["Event"] for event in await take(link, 1)] == ["Newchannel"]

    run(test, script=rows)


def test_a_list_may_be_empty_or_broken_off():
    def rows(server: Server, action: ami.Message) -> None:
        own = f"ActionID: {action['ActionID']}"
        server.success(action, "EventList: start")
        end = "cancelled" if action["Action"] == "Broken" else "Complete"
        server.say("Event: StatusComplete", f"EventList: {end}", own)

    async def test(server: Server, link: ami.Link) -> None:
        assert await link.listed("Status") == [] == await link.listed("Broken")

    run(test, script=rows)


def test_console_output_keeps_its_lines():
    def output(server: Server, action: ami.Message) -> None:
        server.success(action, "Message: Command output follows", "Output: one: 1", "Output:", "Output:  two")

    async def test(server: Server, link: ami.Link) -> None:
        assert await link.command("core show version") == "one: 1\n\n two"

    run(test, script=output)


@pytest.mark.parametrize("value", ["a\r\nAction: Command", "a\nb", "a\rb", "a\0b", "a\x85b", "a\u2028b", "x" * 1001, "呼" * 334])
@pytest.mark.parametrize("where", ["value", "list", "action"])
def test_nothing_can_smuggle_in_a_line(value, where):
    async def test(server: Server, link: ami.Link) -> None:
        with pytest.raises(ami.BadValue):
            if where == "action":
                await link.action(value)
            else:
                await link.action("Originate", Variable=[value] if where == "list" else value)
        assert [action["Action"] for action in server.asked] == ["Login"] and link.alive

    run(test)


def test_undecodable_bytes_and_characters_cut_in_two():
    async def test(server: Server, link: ami.Link) -> None:
        server.say(b"Event: Newchannel", b"CallerIDName: \xb1\xb1\xbe\xa9\xff", b"no colon here", b"", b": nameless")
        whole = "Event: Newstate\r\nCallerIDName: 王小明\r\n\r\n".encode()
        for byte in whole:
            server.writer.write(bytes([byte]))
            await server.writer.drain()
            await asyncio.sleep(0)
        one, two = await take(link, 2)
        assert one["Event"] == "Newchannel" and "\ufffd" in one["CallerIDName"]
        assert two == {"Event": "Newstate", "CallerIDName": "王小明"}

    run(test)


def test_a_huge_event_passes_and_an_endless_one_ends_the_connection():
    async def test(server: Server, link: ami.Link) -> None:
        server.say("Event: UserEvent", *(f"Key{n}: {'x' * 900}" for n in range(1000)))
        assert len((await take(link, 1))[0]) == 1001
        endless = b"Key: " + b"x" * (ami.LARGEST_MESSAGE + 2**17)
        server.writer.write(endless)
        assert [event async for event in link.events()] == []
        assert not link.alive

    run(test)


def test_ten_thousand_events_keep_their_order():
    async def test(server: Server, link: ami.Link) -> None:
        for number in range(10_000):
            server.say("Event: VarSet", f"Number: {number}")
        assert [event["Number"] for event in await take(link, 10_000)] == [str(n) for n in range(10_000)]

    run(test)


def test_a_reader_too_far_behind_is_cut_off(monkeypatch):
    monkeypatch.setattr(ami, "MOST_EVENTS", 100)

    async def test(server: Server, link: ami.Link) -> None:
        for number in range(500):
            server.say("Event: VarSet", f"Number: {number}")
            await asyncio.sleep(0)
        while link.alive:
            await asyncio.sleep(0.01)
        assert len([event async for event in link.events()]) <= 500
        with pytest.raises(ami.SwitchAway):
            await link.action("Ping")

    run(test)


def test_an_end_in_the_middle_of_an_action_fails_it_and_ends_the_events():
    def hang_up(server: Server, action: ami.Message) -> None:
        server.say("Event: Shutdown", "Shutdown: Cleanly")
        server.writer.close()

    async def test(server: Server, link: ami.Link) -> None:
        with pytest.raises(ami.SwitchAway, match="电话交换机没有应答"):
            await link.action("CoreStatus")
        assert [event["Event"] async for event in link.events()] == ["Shutdown"]
        assert [event async for event in link.events()] == []
        with pytest.raises(ami.SwitchAway):
            await link.action("Ping")

    run(test, script=hang_up)


def test_no_answer_in_time():
    async def test(server: Server, link: ami.Link) -> None:
        with pytest.raises(ami.SwitchAway):
            await link.action("Originate", timeout=0.1)
        server.say("Response: Success", f"ActionID: {server.asked[-1]['ActionID']}")  # too late: nobody's any more
        server.say("Event: Newchannel")
        assert len(await take(link, 1)) == 1

    run(test)


def test_a_silent_other_side_is_asked_and_then_given_up():
    async def main() -> None:
        async with Server() as server:
            link = await ami.connect("127.0.0.1", server.port, "huying", "right", idle=0.2)
            async with link:
                assert [event async for event in link.events()] == []
            assert [action["Action"] for action in server.asked] == ["Login", "Ping"]

    asyncio.run(asyncio.wait_for(main(), 60))


def test_a_quiet_other_side_that_answers_is_kept():
    def pong(server: Server, action: ami.Message) -> None:
        server.success(action, "Ping: Pong")

    async def main() -> None:
        async with Server(pong) as server:
            link = await ami.connect("127.0.0.1", server.port, "huying", "right", idle=1)
            async with link:
                while link.alive and len(server.asked) < 4:
                    await asyncio.sleep(0.05)
                assert link.alive

    asyncio.run(asyncio.wait_for(main(), 60))
