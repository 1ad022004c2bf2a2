"""The course of one order's life: who does what, when, and in which words. Nothing is written yet."""

from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import Any

from huying.config.demo.hours import into
from huying.config.demo.stage import Stage
from huying.config.demo.writer import Matter, Writer
from huying.kernel.deadline import due
from huying.workorders.catalog import Channel
from huying.workorders.workflow import State

MINUTE = timedelta(minutes=1)
DESK = (time(8, 30), time(21, 30))  # the hotline's own people work every day
SENT = {"dispatch", "redispatch", "arbitrate"}
CALLS = (time(9), time(20, 30))  # when citizens are called


@dataclass(frozen=True)
class Deed:
    """One action. `who` is a user name, "" the citizen. `files`: how many pictures go with it, and under which name."""

    at: datetime
    who: str
    code: str
    data: dict[str, Any]
    files: tuple[str, int] = ("", 0)


@dataclass
class Life:
    """What came in, from whom, and what was done about it, in order of time."""

    matter: Matter
    created: datetime
    who: str
    first: State
    new: dict[str, Any]
    deeds: list[Deed] = field(default_factory=list)
    wanted: bool = False  # a later life refers to it, so it must be there by then

    def until(self, now: datetime) -> "Life":
        """What has happened by `now`."""
        self.deeds = [deed for deed in self.deeds if deed.at <= now]
        return self


class Course:
    """Writes a life step by step; `at` is where it stands. `brisk`: nobody waits for office hours."""

    def __init__(
        self, stage: Stage, writer: Writer, matter: Matter, created: datetime, *, brisk: bool = False,
        template: str = "general", **new: Any,
    ) -> None:
        self.stage, self.writer, self.dice, self.matter, self.brisk = stage, writer, writer.dice, matter, brisk
        self.template, self.at = template, created
        self.channel = new.pop("channel", None) or self.dice.choices(
            [Channel.PHONE, Channel.WEB, Channel.APP, Channel.MAIL, Channel.MEDIA, Channel.VISIT], [78, 9, 7, 1, 2, 1])[0]
        self.agents = stage.having("agent")
        own = self.channel in {Channel.WEB, Channel.APP}
        agent = new.pop("agent", "") or self.dice.choice(self.agents)
        who = "" if own else agent
        first = State.TO_REVIEW if own else State.DRAFT
        self.life = Life(matter, created, who, first, self.new_order(**new))
        self.unit = ""
        self.asked = 0  # calls nobody took
        self.extra = 0  # workdays granted

    def new_order(self, **more: Any) -> dict[str, Any]:
        """The keyword arguments of NewOrder."""
        matter, scenario, dice = self.matter, self.matter.scenario, self.dice
        kind_of_caller = "tourist" if dice.random() < scenario.get("tourist", 0) else "resident"
        urgent = dice.random() < scenario.get("urgent", 0) * 0.5
        new: dict[str, Any] = {
            "kind": matter.kind, "title": matter.title, "content": matter.content, "channel": self.channel,
            "template": self.template, "urgency": "urgent" if urgent else "normal", "region": matter.region,
            "place": matter.place, "address": matter.address, "name": matter.citizen.name, "phone": matter.citizen.phone,
            "gender": matter.citizen.gender, "caller_kind": "enterprise" if scenario.get("enterprise") else kind_of_caller,
            "is_group": dice.random() < scenario.get("group", 0),
            "address_way": "phone" if self.channel == Channel.PHONE and dice.random() < 0.7 else "",
        }
        if dice.random() < 0.1:
            new["points"] = [matter.title, "希望书面或电话答复处理结果"]
        if dice.random() < 0.15:
            new["event_at"] = self.at - timedelta(minutes=dice.randint(20, 900))
        return new | more

    # --- time

    def later(self, low: float, high: float) -> datetime:
        """So many minutes on, whatever the hour."""
        self.at += timedelta(seconds=int(60 * self.dice.uniform(low, high)))
        return self.at

    def desk(self, low: float, high: float) -> datetime:
        """When the hotline's people get to it."""
        self.later(low, high)
        if not self.brisk:
            self.at = into(self.at, DESK, self.dice)
        return self.at

    def office(self, low: float, high: float, unit: str = "") -> datetime:
        """So many minutes of a unit's working time on; the centre's by default."""
        if self.brisk or self.new["urgency"] in {"urgent", "critical"}:
            return self.later(low * 0.4, high * 0.4)
        moved = self.stage.work[unit].add_working(self.at, self.dice.uniform(low, high) * MINUTE)
        self.at = moved + timedelta(seconds=self.dice.randint(0, 50))
        return self.at

    @property
    def new(self) -> dict[str, Any]:
        return self.life.new

    def do(self, by: str, action: str, files: tuple[str, int] = ("", 0), /, **data: Any) -> "Course":
        """Add a deed at the present moment."""
        self.life.deeds.append(Deed(self.at.replace(microsecond=0), by, action, data, files))
        return self

    # --- the hotline

    def direct(self) -> "Course":
        who = self.life.who or self.dice.choice(self.agents)
        self.later(1.5, 7) if self.life.who else self.desk(15, 240)
        answer = self.writer.fill(self.matter.scenario["answer"], self.matter)
        self.do(who, "direct_answer", answer=answer)
        if self.dice.random() < 0.3:
            mood, unhappy = self.mood()
            self.later(0.5, 3)
            self.do("", "rate", satisfaction=mood, reason=unhappy[0], text="", channel="key" if self.life.who else "web")
        return self

    def decline(self) -> "Course":
        code, script = self.writer.phrase("declines")
        self.later(2, 8) if self.life.who else self.desk(15, 200)
        return self.do(self.life.who or self.dice.choice(self.agents), "decline", code=code, script=script)

    def refer(self) -> "Course":
        platform, reason = self.writer.phrase("refers")
        self.desk(5, 40)
        return self.do(self.dice.choice(self.stage.having("dispatcher")), "refer", platform=platform, reason=reason)

    def withdraw(self) -> "Course":
        self.later(20, 900)
        return self.do(self.dice.choice(self.agents), "withdraw", reason=self.writer.phrase("withdraws"))

    def to_review(self) -> "Course":
        if self.life.first == State.DRAFT:
            self.later(1, 6)
            self.do(self.life.who, "submit")
        return self

    def reviewed(self) -> "Course":
        self.to_review().desk(4, 60)
        special = self.stage.template(self.template).flow.special or self.confidential or self.new.get("is_group")
        who = "reviewer1" if special else self.dice.choice(self.stage.having("dispatcher", "leader", "reviewer"))
        return self.do(who, "pass_review", note=self.writer.phrase("review_notes"))

    def dispatched(self, unit: str = "", *, assistants: tuple[str, ...] = ()) -> "Course":
        self.unit = unit or self.matter.unit
        self.desk(3, 45)
        clause = self.writer.phrase("clauses").format(n=self.dice.randint(3, 60), duty=self.stage.units[self.unit].name)
        return self.do(
            self.dice.choice(self.stage.having("dispatcher")), "dispatch", unit=self.unit, assistants=list(assistants),
            opinion=self.writer.phrase("opinions"), clause=clause,
        )

    # --- the unit

    @property
    def liaison(self) -> str:
        return self.stage.liaisons[self.unit]

    def signed(self) -> "Course":
        self.office(5, 60 if self.new["urgency"] != "normal" else 200, self.unit)
        return self.signs(self.unit)

    def signs(self, unit: str) -> "Course":
        """A unit's own signature, unless the clock has signed for it by then."""
        sent = next(deed.at for deed in reversed(self.life.deeds) if deed.code in {*SENT, "delegate"})
        limit = due(sent, self.stage.pack.sign[self.new["urgency"]], self.stage.work[unit]).at
        return self.do(self.stage.liaisons[unit], "sign") if self.at < limit else self

    def contacted(self) -> "Course":
        if not self.new.get("phone") or self.confidential:
            return self
        self.office(4, 60, self.unit)
        return self.do(self.liaison, "contact", way="phone", note=self.writer.phrase("contacts"))

    @property
    def confidential(self) -> bool:
        return bool(self.new.get("confidential")) or self.new["kind"] == "report"

    def due(self) -> datetime:
        """When the unit has to have replied: counted from its dispatch, as `operations.dispatch.assign` does."""
        new, pack = self.new, self.stage.pack
        term = self.stage.template(self.template).handle or pack.handle(new["kind"], new["urgency"], new["caller_kind"])
        term = pack.handle_by_urgency.get(new["urgency"], term)
        until = due(self.began, term, self.stage.work[self.unit]).at
        return self.stage.work[self.unit].after_workdays(until, self.extra) if self.extra else until

    @property
    def began(self) -> datetime:
        """When the unit got it."""
        return next(deed.at for deed in reversed(self.life.deeds) if deed.code in SENT)

    def replied(self, low: float = 0.12, high: float = 0.92) -> "Course":
        """Verified, then answered, that part of the way to the due time; beyond 1 is late."""
        if self.new["urgency"] == "urgent" and high <= 1:
            low, high = low * 0.4, high * 0.4
        start, end, share = self.at, self.due(), self.dice.uniform(low, high)
        wanted = self.at_work(self.began + (end - self.began) * share)
        if high <= 1 and wanted > end - 10 * MINUTE:
            wanted = end - self.dice.uniform(10, 90) * MINUTE
        wanted = max(wanted, start + self.dice.uniform(12, 40) * MINUTE)
        self.verified(start + (wanted - start) * self.dice.uniform(0.4, 0.8))
        self.at = wanted
        return self.answered()

    def at_work(self, at: datetime) -> datetime:
        calendar = self.stage.work[self.unit]
        if self.brisk or self.new["urgency"] in {"urgent", "critical"} or calendar.is_working(at):
            return at
        return calendar.add_working(at, self.dice.uniform(3, 80) * MINUTE)

    def verified(self, at: datetime) -> "Course":
        self.at = at
        seen = at - self.dice.uniform(2, 20) * MINUTE
        note = self.dice.choice(self.matter.scenario["notes"] or self.writer.phrases["verify_notes"])
        surname = self.dice.choice(self.writer.words["surnames"])
        return self.do(
            self.liaison, "verify", ("proof", 1), who=f"{surname}{self.dice.choice(['工', '队长', '科长', '副所长'])}",
            when=seen.isoformat(timespec="seconds"), way=self.dice.choice(["visit", "visit", "phone"]),
            finding=self.matter.reply["finding"], note=self.writer.fill(note, self.matter),
        )

    def answered(self, reply: dict[str, str] | None = None) -> "Course":
        reply = reply or self.matter.reply
        seen = next(deed.at for deed in reversed(self.life.deeds) if deed.code == "verify")
        text = self.writer.fill(reply["text"], self.matter, seen=seen, done=self.at)
        public = text if self.dice.random() < 0.3 else ""
        return self.do(self.liaison, "reply", reply=text, finding=reply["finding"], outcome=reply["outcome"], public_reply=public)

    # --- check, follow-up, closing

    def checked(self) -> "Course":
        self.desk(15, 90) if self.new["urgency"] == "urgent" else self.office(15, 190)
        return self.do(self.dice.choice(self.stage.having("reviewer")), "pass_check", note=self.writer.phrase("check_notes"))

    def mood(self) -> tuple[str, tuple[str, str]]:
        """How satisfied somebody is, and why not."""
        moods = self.writer.phrases["mood"]
        mood = self.dice.choices(list(moods), list(moods.values()))[0]
        return mood, tuple(self.writer.phrase("followup_bad")) if mood == "no" else ("", "")

    def called(self, mood: str = "", *, rehandle: str = "") -> "Course":
        """Followed up, the first time or after one or two calls that nobody took."""
        caller, unhappy = self.dice.choice(self.stage.having("followup")), ("", "")
        checked = self.at
        self.calling(30, 960)
        if self.at - checked > timedelta(hours=23):  # the first call is due within a day
            self.at = checked + self.dice.uniform(20, 200) * MINUTE
        while self.asked < 2 and self.dice.random() < 0.12:
            self.asked += 1
            self.do(caller, "start_follow_up")
            self.later(0.5, 2)
            self.do(caller, "attempt", way="phone", result=self.dice.choice(["no_answer", "busy"]), note="")
            self.calling(150, 400)
        if not mood:
            mood, unhappy = self.mood()
        elif mood == "no":
            unhappy = tuple(self.writer.phrase("followup_bad"))
        self.do(caller, "start_follow_up")
        self.later(2, 6)
        said = {"very": "followup_good", "yes": "followup_good", "fair": "followup_fair", "no": ""}[mood]
        note = unhappy[1] if mood == "no" else self.writer.phrase(said)
        answers: dict[str, Any] = {
            "contacted": "no" if unhappy[0] == "not_contacted" else "yes", "satisfaction": mood, "way": "phone",
            "solved": {"very": "yes", "yes": "yes", "fair": "partly", "no": "no"}[mood], "unhappy": unhappy[0], "note": note,
        }
        if rehandle:
            return self.do(caller, "rehandle", reason=rehandle, **answers)
        return self.do(caller, "finish_follow_up", **answers)

    def calling(self, low: float, high: float) -> None:
        self.later(low, high)
        if not self.brisk:
            self.at = into(self.at, CALLS, self.dice)

    def closed(self) -> "Course":
        self.office(20, 420)
        self.do(self.dice.choice([*self.stage.having("reviewer"), "supervisor1"]), "close", note=self.writer.phrase("close_notes"))
        if self.dice.random() < 0.22:
            self.later(30, 2800)
            mood, unhappy = self.mood()
            text = unhappy[1] if mood == "no" else self.writer.phrase("ratings")
            self.do("", "rate", satisfaction=mood, reason=unhappy[0], text=text, channel=self.dice.choice(["sms", "web"]))
        return self
