"""Records as the switch writes them, played by hand: `Line(seconds)` is a call whose clock the test moves."""

from datetime import UTC, datetime, timedelta

from huying.switch.records import Record

BEGIN = datetime(2026, 11, 20, 1, 0, tzinfo=UTC)
NUMBER = "13907700001"


class Line:
    """One call. Every method writes what Asterisk writes; `wait` moves the clock, `rows` are the records."""

    def __init__(self, at: datetime = BEGIN, *, first: str = "1764139204.1", step: float = 0.001) -> None:
        self.at, self.linkedid, self.step = at, first, timedelta(seconds=step)
        self.rows: list[Record] = []
        self.names: dict[str, str] = {}
        self.bridges: dict[str, str] = {}
        self.count = 0

    def wait(self, seconds: float) -> "Line":
        self.at += timedelta(seconds=seconds)
        return self

    def note(self, kind: str, channel: str = "", *, event: str = "", extra: dict | None = None, **more: str) -> "Line":
        self.at += self.step
        self.rows.append(Record(
            at=self.at, linkedid=more.pop("linkedid", self.linkedid), uniqueid=channel, kind=kind,
            channel=self.names.get(channel, ""), user_event=event, extra=extra or {}, **more,
        ))
        return self

    def start(self, uniqueid: str, name: str, **more: str) -> str:
        self.names[uniqueid] = name
        self.note("CHAN_START", uniqueid, **more)
        return uniqueid

    def next_id(self) -> str:
        self.count += 1
        head, _, tail = self.linkedid.rpartition(".")
        return f"{head}.{int(tail) + self.count}"

    # The citizen.

    def enter(self, called: str = "12345", number: str = NUMBER, name: str = "PJSIP/carrier-00000001") -> "Line":
        self.citizen = self.start(self.linkedid, name, cid_num=number, exten=called, context="from-trunk")
        self.say("ENTER", called)
        return self.note("ANSWER", self.citizen, app="Answer", exten=called, context="number")

    def say(self, event: str, text: str = "", channel: str = "") -> "Line":
        return self.note(
            "USER_DEFINED", channel or self.linkedid, event=event, extra={"extra": text} if text else {}, app="CELGenUserEvent"
        )

    def queue(self, name: str = "q1") -> "Line":
        return self.say("HUMAN").say("QUEUE", name)

    # Others.

    def ring(self, extension: str = "8001") -> str:
        """The extension's telephone rings; its channel."""
        uniqueid = self.next_id()
        return self.start(uniqueid, f"PJSIP/{extension}-{self.count:08x}", context="phones")

    def dial(self, trunk: str = "carrier") -> str:
        uniqueid = self.next_id()
        return self.start(uniqueid, f"PJSIP/{trunk}-{self.count:08x}", context="from-trunk")

    def answer(self, channel: str) -> "Line":
        return self.note("ANSWER", channel, app="AppQueue")

    def join(self, *channels: str, bridge: str = "b1") -> "Line":
        for channel in channels:
            self.bridges[channel] = bridge
            self.note("BRIDGE_ENTER", channel, extra={"bridge_id": bridge, "bridge_technology": "simple_bridge"})
        return self

    def leave(self, *channels: str) -> "Line":
        for channel in channels:
            self.note("BRIDGE_EXIT", channel, extra={"bridge_id": self.bridges.pop(channel)})
        return self

    def connect(self, extension: str = "8001", *, after: float = 5, bridge: str = "b1") -> str:
        """Rings for so long, answers, and talks with the citizen."""
        channel = self.ring(extension)
        self.wait(after).answer(channel).join(channel, self.citizen, bridge=bridge)
        return channel

    def hang_up(self, channel: str, *, cause: int = 16, source: str = "") -> "Line":
        if channel in self.bridges:
            self.leave(channel)
        self.note("HANGUP", channel, extra={"hangupcause": cause, "hangupsource": source, "dialstatus": ""})
        return self.note("CHAN_END", channel)

    def end(self, *, by: str = "", cause: int = 16) -> "Line":
        """The citizen's channel goes; `by` is the channel of whoever hung up, the citizen's own when left out."""
        self.hang_up(self.citizen, cause=cause, source=self.names[by or self.citizen])
        return self.note("LINKEDID_END", self.citizen)

    def caller_leaves(self, agent: str) -> "Line":
        """In the middle of a talk."""
        self.leave(self.citizen).hang_up(agent, source=self.names[self.citizen])
        return self.end()

    def agent_leaves(self, agent: str) -> "Line":
        """The citizen stays on the line, in the dialplan."""
        return self.hang_up(agent, source=self.names[agent]).leave(self.citizen).say("QUEUEEND", "q1:ANSWERED:agent1")


def served(*, talk: float = 30, rating: str = "5") -> Line:
    """The ordinary call: menu, queue, agent, rating."""
    line = Line().enter().say("NODE", "f1v1:welcome").wait(3).say("KEY", "f1v1:welcome:1").queue()
    agent = line.say("RECORD", "1764139204.1.wav").connect("8001")
    line.wait(talk).agent_leaves(agent).say("INVITE", "key").wait(2).say("RATE", rating)
    return line.end(by=agent)
