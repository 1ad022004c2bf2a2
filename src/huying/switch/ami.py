"""The switch's manager interface: actions and their answers, and the stream of events. One connection; whoever holds it
connects again when it ends.

    async with await ami.connect("127.0.0.1", port, "huying", secret) as link:
        await link.action("QueueAdd", Queue="g1", Interface="PJSIP/1001")
        rows = await link.listed("QueueStatus")
        async for event in link.events():        # ends when the connection does
            ...
"""

import asyncio
import contextlib
import itertools
import re
from collections.abc import AsyncIterator, Iterable
from types import TracebackType
from typing import Self

from huying.kernel.errors import Refusal

SECONDS = 5.0  # for an answer
IDLE_SECONDS = 15.0  # without a word the other side is asked; another such time of silence is the end
LONGEST_LINE = 1000  # bytes; Asterisk throws longer ones away
LARGEST_MESSAGE = 4 * 2**20
MOST_EVENTS = 50_000  # not yet taken; a reader so far behind had better look at the whole state again
END = b"\r\n\r\n"
CONTROL = re.compile(r"[\x00-\x1f\x7f\x85\u2028\u2029]")

Value = str | int | Iterable[str]


class SwitchAway(Refusal):
    code = "switch_away"
    message = "电话交换机没有应答，请稍后再试；工单等其他功能不受影响"


class ActionRefused(Refusal):
    """The switch understood and said no; `answer` has its words."""

    code = "switch_refused"

    def __init__(self, answer: "Message") -> None:
        self.answer = answer
        super().__init__(f"电话交换机未能完成操作：{answer.get('Message', '没有说明原因')}")


class BadValue(Refusal):
    """It would have become a line of its own, or would have been thrown away."""

    code = "bad_switch_value"
    message = "要发给电话交换机的内容过长或含有换行等控制字符，请改正后重试"


class Message(dict[str, str]):
    """An event or an answer by its headers; a header that comes more than once keeps all its values, one a line."""

    @classmethod
    def parse(cls, data: bytes) -> "Message":
        found = cls()
        for line in data.decode("utf-8", "replace").split("\r\n"):
            name, colon, value = line.partition(":")
            if colon:
                value = value.removeprefix(" ")
                found[name] = f"{found[name]}\n{value}" if name in found else value
        return found


def encode(action: str, number: str, fields: dict[str, Value]) -> bytes:
    """The bytes of an action. Raises BadValue."""
    lines = [f"Action: {action}", f"ActionID: {number}"]
    for name, value in fields.items():
        values = [str(value)] if isinstance(value, str | int) else value
        lines += [f"{name}: {one}" for one in values]
    if any(CONTROL.search(line) or len(line.encode("utf-8", "replace")) > LONGEST_LINE for line in lines):
        raise BadValue
    return "\r\n".join(lines).encode() + END


class Link:
    """A connection that is signed in. Made by `connect`."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, idle: float = IDLE_SECONDS) -> None:
        self._reader, self._writer, self._idle = reader, writer, idle
        self._numbers = itertools.count(1)
        self._answers: dict[str, asyncio.Future[Message]] = {}
        self._lists: dict[str, list[Message]] = {}
        self._events: asyncio.Queue[Message | None] = asyncio.Queue()
        self._reading = asyncio.create_task(self._read())

    async def action(self, action: str, *, timeout: float = SECONDS, **fields: Value) -> Message:
        """Do something; the answer. Raises ActionRefused, SwitchAway, BadValue."""
        return (await self._ask(action, timeout, fields, listed=False))[0]

    async def listed(self, action: str, *, timeout: float = SECONDS, **fields: Value) -> list[Message]:
        """Ask for a list; its rows, without the answer before and the event that ends it. Raises as `action`."""
        return (await self._ask(action, timeout, fields, listed=True))[1]

    async def command(self, line: str, *, timeout: float = SECONDS) -> str:
        """What the console says to `line`."""
        return (await self.action("Command", timeout=timeout, Command=line)).get("Output", "")

    async def events(self) -> AsyncIterator[Message]:
        """What happens from the sign-in on, in order; ends when the connection does. For one reader."""
        while (event := await self._events.get()) is not None:
            yield event
        self._events.put_nowait(None)

    @property
    def alive(self) -> bool:
        return not self._reading.done()

    async def close(self) -> None:
        self._reading.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._reading
        self._writer.close()
        with contextlib.suppress(OSError):
            await self._writer.wait_closed()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def _ask(
        self, action: str, timeout: float, fields: dict[str, Value], *, listed: bool
    ) -> tuple[Message, list[Message]]:
        number = f"hy{next(self._numbers)}"
        data = encode(action, number, fields)
        if not self.alive:
            raise SwitchAway
        rows: list[Message] = []
        waiting = asyncio.get_running_loop().create_future()
        self._answers[number] = waiting
        if listed:
            self._lists[number] = rows
        try:
            self._writer.write(data)
            await self._writer.drain()
            async with asyncio.timeout(timeout):  # wait_for of Python 3.11 may lose a cancellation
                answer = await waiting
        except (OSError, TimeoutError) as error:
            raise SwitchAway from error
        finally:
            self._answers.pop(number, None)
            self._lists.pop(number, None)
        if answer.get("Response") in {"Error", "Fail"}:
            raise ActionRefused(answer)
        return answer, rows

    async def _read(self) -> None:
        buffer, asked = bytearray(), False
        try:
            while len(buffer) <= LARGEST_MESSAGE and self._events.qsize() <= MOST_EVENTS:
                try:
                    async with asyncio.timeout(self._idle):
                        data = await self._reader.read(2**16)
                except TimeoutError:
                    if asked:
                        return
                    self._writer.write(encode("Ping", "ping", {}))
                    asked = True
                    continue
                if not data:
                    return
                asked = False
                seen = max(0, len(buffer) - len(END) + 1)
                buffer += data
                while (end := buffer.find(END, seen)) >= 0:
                    self._sort(Message.parse(bytes(buffer[:end])))
                    del buffer[:end + len(END)]
                    seen = 0
        except OSError:
            return
        finally:
            self._events.put_nowait(None)
            for waiting in self._answers.values():
                if not waiting.done():
                    waiting.set_exception(SwitchAway())
            self._writer.close()

    def _sort(self, message: Message) -> None:
        """To whoever waits for it: an answer, a row of a list, else an event."""
        number = message.get("ActionID", "")
        rows = self._lists.get(number)
        if "Response" in message:
            waiting = self._answers.get(number)
            begins_list = rows is not None and message.get("EventList") == "start"
            if waiting and not waiting.done() and not begins_list:
                waiting.set_result(message)
        elif rows is not None and message.get("EventList", "").lower() in {"complete", "cancelled"}:
            waiting = self._answers.get(number)
            if waiting and not waiting.done():
                waiting.set_result(message)
        elif rows is not None:
            rows.append(message)
        elif "Event" in message:
            self._events.put_nowait(message)


async def connect(
    host: str, port: int, user: str, secret: str, *, events: str = "on", timeout: float = SECONDS, idle: float = IDLE_SECONDS
) -> Link:
    """A signed-in connection. Raises SwitchAway when nobody is there, ActionRefused when the secret is not right."""
    try:
        async with asyncio.timeout(timeout):
            reader, writer = await asyncio.open_connection(host, port)
    except (OSError, TimeoutError) as error:
        raise SwitchAway from error
    try:
        async with asyncio.timeout(timeout):
            banner = await reader.readline()
    except (OSError, TimeoutError, ValueError) as error:
        writer.close()
        raise SwitchAway from error
    if not banner.startswith(b"Asterisk Call Manager/"):
        writer.close()
        raise SwitchAway
    link = Link(reader, writer, idle=idle)
    try:
        await link.action("Login", timeout=timeout, Username=user, Secret=secret, Events=events)
    except BaseException:
        await link.close()
        raise
    return link
