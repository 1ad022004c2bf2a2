"""The manager connection and the queue's members against something that speaks the manager's protocol, badly when told."""

import asyncio

import pytest

from huying.calls.queries.seats import WantedMember
from huying.gateway import line as line_module
from huying.gateway.legs import Leg, Legs, SeatEvent
from huying.gateway.line import Address, Line
from huying.gateway.members import Members
from huying.kernel import clock
from huying.switch import ami

SECRET = "only-for-these-tests"


class Fake:
    """One manager; `answers` by action, else Success. Everything asked stands in `asked`."""

    def __init__(self) -> None:
        self.asked: list[dict[str, str]] = []
        self.answers: dict[str, str] = {}
        self.writers: list[asyncio.StreamWriter] = []
        self.logins, self.booted = 0, True

    async def start(self) -> int:
        self.server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        return self.server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        self.server.close()
        self.cut()
        await asyncio.sleep(0)

    def cut(self) -> None:
        for writer in self.writers:
            writer.close()
        self.writers.clear()

    def say(self, text: str) -> None:
        for writer in self.writers:
            writer.write(text.replace("\n", "\r\n").encode())

    def actions(self, name: str) -> list[dict[str, str]]:
        return [one for one in self.asked if one["Action"] == name]

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.writers.append(writer)
        writer.write(b"Asterisk Call Manager/11.0.0\r\n")
        try:
            while True:
                data = await reader.readuntil(b"\r\n\r\n")
                action = dict(row.split(": ", 1) for row in data.decode().removesuffix("\r\n\r\n").split("\r\n"))
                self._answer(action, writer)
        except (asyncio.IncompleteReadError, OSError):
            writer.close()

    def _answer(self, action: dict[str, str], writer: asyncio.StreamWriter) -> None:
        number, name = action["ActionID"], action["Action"]
        if name == "Login":
            self.logins += 1
            good = action["Secret"] == SECRET
            writer.write(f"Response: {'Success' if good else 'Error'}\r\nActionID: {number}\r\nMessage: -\r\n\r\n".encode())
            if self.booted:
                writer.write(b"Event: FullyBooted\r\n\r\n")
            return
        if name != "Filter":
            self.asked.append(action)
        text = self.answers.get(name, "Response: Success\nActionID: {id}\n\n").replace("{id}", number)
        writer.write(text.replace("\n", "\r\n").encode())


class Held:
    """A line with a record of what it went through."""

    def __init__(self, port: int, secret: str = SECRET) -> None:
        self.events, self.found, self.lost, self.fails = [], 0, 0, 0
        self.port, self.secret = port, secret
        self.line = Line(self.address, self.on_found, self.on_lost)
        self.line.heard = dict.fromkeys(("CEL", "Hold"), self.events.append)

    async def address(self) -> Address:
        return Address("127.0.0.1", self.port, self.secret)

    async def on_found(self, link: ami.Link) -> None:
        self.found += 1
        if self.fails:
            self.fails -= 1
            raise RuntimeError("the greeting failed")

    async def on_lost(self) -> None:
        self.lost += 1


async def until(question, seconds: float = 30.0) -> None:
    for _ in range(int(seconds * 100)):
        if question():
            return
        await asyncio.sleep(0.01)
    raise AssertionError("never came true")


@pytest.fixture(autouse=True)
def _quick(monkeypatch):
    monkeypatch.setattr(line_module, "WAITS", (0.01, 0.02))


def play(scene) -> None:
    """Run `scene(fake, held)` with a line that is held all the while."""

    async def run() -> None:
        fake = Fake()
        held = Held(await fake.start())
        task = asyncio.create_task(held.line.run())
        try:
            await scene(fake, held)
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            await fake.stop()

    asyncio.run(run())


def test_cut_off_it_comes_back_and_says_so():
    async def scene(fake, held):
        await until(lambda: held.found == 1)
        for times in (1, 2, 3):
            fake.cut()
            await until(lambda times=times: (held.lost, held.found) == (times, times + 1))
        fake.say("Event: CEL\nEventName: ANSWER\n\n")
        await until(lambda: any(event.get("EventName") == "ANSWER" for event in held.events))

    play(scene)


def test_nobody_there_then_somebody():
    async def scene(fake, held):
        port, held.port = held.port, 1
        fake.cut()
        await until(lambda: held.line.link is None)
        with pytest.raises(ami.SwitchAway):
            await held.line.action("Ping")
        found, held.port = held.found, port
        await until(lambda: held.found > found)
        assert (await held.line.action("Ping"))["Response"] == "Success"

    play(scene)


def test_a_wrong_secret_is_tried_again_with_the_right_one():
    async def scene(fake, held):
        held.secret = "wrong"
        fake.cut()
        await until(lambda: fake.logins >= 3)
        held.secret = SECRET
        found = held.found
        await until(lambda: held.found > found)

    play(scene)


def test_a_greeting_that_fails_is_begun_anew_with_a_new_connection():
    async def scene(fake, held):
        await until(lambda: held.found == 1)
        held.fails = 2
        fake.cut()
        await until(lambda: held.found == 4)
        await asyncio.sleep(0.05)
        assert held.line.link is not None
        assert held.found == 4

    play(scene)


def test_a_switch_that_is_still_starting_is_not_asked_for_anything():
    async def scene(fake, held):
        await until(lambda: held.found == 1)
        fake.booted = False
        fake.cut()
        await until(lambda: fake.logins == 2)
        fake.say("Event: CEL\nEventName: ANSWER\n\n")
        await until(lambda: held.events)
        assert (held.line.link, held.found) == (None, 1)
        fake.say("Event: FullyBooted\n\n")
        await until(lambda: held.found == 2 and held.line.link)

    play(scene)


def test_a_switch_that_never_has_started_is_called_again(monkeypatch):
    monkeypatch.setattr(line_module, "BOOT_SECONDS", 0.05)

    async def scene(fake, held):
        fake.booted = False
        fake.cut()
        await until(lambda: fake.logins >= 4)
        fake.booted, found = True, held.found
        await until(lambda: held.found > found)

    play(scene)


@pytest.mark.parametrize("steps", range(6))
def test_a_connection_is_closed_also_while_something_arrives(steps):
    async def scene(fake, held):
        link = await ami.connect("127.0.0.1", held.port, "huying", SECRET)
        link._reader.feed_data(b"Event: CEL\r\n\r\n")
        for _ in range(steps):
            await asyncio.sleep(0)
        closed, _ = await asyncio.wait({asyncio.create_task(link.close())}, timeout=30)
        assert closed and not link.alive

    play(scene)


def test_rubbish_in_the_stream_is_passed_over():
    async def scene(fake, held):
        await until(lambda: held.line.link)
        fake.writers[-1].write(b"\xff\xfe\x00 no colon\r\n\r\n: \r\n\r\nEvent\r\n\r\nEvent: CEL\r\nExtra: {\xc3\x28\r\n\r\n")
        fake.say("Event: Hold\nUniqueid: 1.2\n\n")
        await until(lambda: any(event.get("Event") == "Hold" for event in held.events))

    play(scene)


class Answering:
    """A database that is there, or not."""

    away_since: float | None = None


STATUS = """Response: Success
ActionID: {id}
EventList: start

Event: QueueParams
ActionID: {id}
Queue: q1

Event: QueueParams
ActionID: {id}
Queue: p7

Event: QueueMember
ActionID: {id}
Queue: q1
Location: PJSIP/8001
Penalty: 1
Paused: 0

Event: QueueMember
ActionID: {id}
Queue: q1
Location: PJSIP/8009
Penalty: 1
Paused: 1

Event: QueueStatusComplete
ActionID: {id}
EventList: Complete

"""


def wanted(extension="8001", *, paused=False, queues=None):
    return WantedMember(extension, "agent1", queues or {"q1": 1, "p7": 0, "q99": 1}, paused, "")


def with_members(scene) -> None:
    async def run(fake, held):
        fake.answers["QueueStatus"] = STATUS
        await until(lambda: held.line.link)
        members = Members(held.line, Answering(), Legs())
        await members.load()
        await scene(fake, members)

    play(run)


def sent(fake):
    about = ("Queue", "Interface", "Paused", "Penalty")
    skipped = {"QueueStatus"}
    return [(one["Action"], *(one[name] for name in about if name in one)) for one in fake.asked if one["Action"] not in skipped]


def test_only_what_differs_is_sent():
    async def scene(fake, members):
        await members.align([wanted(paused=True)])
        assert sent(fake) == [
            ("QueueRemove", "q1", "PJSIP/8009"), ("QueueAdd", "p7", "PJSIP/8001", "true", "0"),
            ("QueuePause", "PJSIP/8001", "true"),
        ]
        fake.asked.clear()
        await members.align([wanted(paused=True)])
        assert sent(fake) == []

    with_members(scene)


def test_a_level_that_changed_and_a_queue_left():
    async def scene(fake, members):
        await members.align([wanted(queues={"q1": 3})])
        assert ("QueuePenalty", "q1", "PJSIP/8001", "3") in sent(fake)

    with_members(scene)


def test_who_was_answered_a_moment_ago_is_not_let_loose_by_an_older_row():
    async def scene(fake, members):
        members.legs.seed(Leg("1.2", "PJSIP/8001-00000001", "1.1", rung=True, answered=True))
        members.told([SeatEvent("8001", "answered", clock.now(), "1.1")])
        await until(lambda: ("QueuePause", "PJSIP/8001", "true") in sent(fake))
        await members.align([wanted(paused=False)])
        assert ("QueuePause", "PJSIP/8001", "false") not in sent(fake)

    with_members(scene)


def test_an_action_refused_does_not_stop_the_others():
    async def scene(fake, members):
        fake.answers["QueueRemove"] = "Response: Error\nActionID: {id}\nMessage: not there\n\n"
        await members.align([wanted(paused=True)])
        assert ("QueuePause", "PJSIP/8001", "true") in sent(fake)

    with_members(scene)


def test_while_the_database_is_away_nobody_stays_paused_for_ever(monkeypatch):
    monkeypatch.setattr("huying.gateway.members.WITHOUT_DATABASE", 0.0)

    async def scene(fake, members):
        members.database.away_since = 1.0
        members.told([SeatEvent("8001", "answered", clock.now(), "1.1")])
        members.told([SeatEvent("8001", "hung_up", clock.now(), "1.1")])
        await members._release()
        await until(lambda: ("QueuePause", "PJSIP/8001", "false") in sent(fake))

    with_members(scene)
