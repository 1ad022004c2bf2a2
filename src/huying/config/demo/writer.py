"""What people say: a scenario, a place and a person make one appeal, and every word written about it afterwards."""

from dataclasses import dataclass, field
from datetime import datetime
from random import Random
from typing import Any

from huying.config.demo.data import load, scenarios
from huying.kernel.clock import SHANGHAI

Scenario = dict[str, Any]


@dataclass(frozen=True)
class Citizen:
    """An invented person with an invented number."""

    name: str
    phone: str
    gender: str


@dataclass(frozen=True)
class Corner:
    """One community of the city."""

    district: str
    district_name: str
    street: str
    code: str
    community: str

    @property
    def full(self) -> str:
        return f"{self.district_name}{self.street}{self.community}"

    @property
    def rural(self) -> bool:
        return self.community.endswith("村")

    @property
    def town(self) -> bool:
        """A country town or village; the town of 东兴 is a city by itself."""
        return not self.street.endswith("街道") and self.street not in {"东兴镇", "思阳镇"}


@dataclass
class Matter:
    """One appeal in words. `facts` fill the blanks of every sentence about it."""

    scenario: Scenario
    citizen: Citizen
    region: str
    district: str
    facts: dict[str, str]
    title: str = ""
    content: str = ""
    place: str = ""
    address: str = ""
    reply: dict[str, str] = field(default_factory=dict)

    @property
    def kind(self) -> str:
        return str(self.scenario["kind"])

    @property
    def unit(self) -> str:
        """The unit whose duty it is; the district's own for what is the district's business."""
        if self.scenario.get("local"):
            return {"450602": "GKQ", "450603": "FCQ", "450621": "SSX", "450681": "DXS"}[self.district]
        return str(self.scenario["unit"])


def citizens(dice: Random, count: int, among: range) -> list[Citizen]:
    """Invented people, each with a number of its own."""
    words = load("places")
    numbers = dice.sample(among, count)
    return [
        Citizen(dice.choice(words["surnames"]) + dice.choice(words["given"]), f"1390770{number:04}", dice.choice(["女", "男"]))
        for number in numbers
    ]


class Writer:
    """Makes matters. Everything comes from `dice`, so one seed tells one story."""

    def __init__(self, dice: Random, city: dict[str, Any]) -> None:
        self.dice = dice
        self.words = load("places")
        self.phrases = load("phrases")
        self.corners = [
            Corner(district["code"], district["name"], street["name"], f"{street['code']}{number}", community)
            for district in city["districts"] for street in district["streets"]
            for number, community in enumerate(street["communities"], 901)
        ]

    def matter(self, scenario: Scenario, citizen: Citizen) -> Matter:
        """One case of the scenario at a place where it can happen."""
        case, corner = self.dice.choice(scenario["cases"]), self.corner(scenario)
        facts = self.facts({**scenario, **case}, corner)
        matter = Matter({**scenario, **case}, citizen, corner.code, corner.district, facts)
        replies = matter.scenario["replies"]
        matter.reply = self.dice.choice(replies) if replies else {}
        matter.title = self.fill(self.dice.choice(case["titles"]), matter)
        ending = self.dice.choice(self.phrases["endings"][scenario["kind"]])
        matter.content = self.fill(self.dice.choice(case["contents"]), matter) + ending
        matter.place = self.dice.choice([facts["estate"], facts["road"], f"{facts['road']}与{facts['road2']}路口"])
        matter.address = self.dice.choice([f"{facts['building']}{facts['room']}", f"{self.dice.randint(1, 198)}号", ""])
        return matter

    def corner(self, scenario: Scenario) -> "Corner":
        """Villages have other matters than towns, and only some of them lie by the sea."""
        fits = [corner for corner in self.corners if corner.rural == bool(scenario.get("rural"))]
        if scenario.get("coast"):
            fits = [corner for corner in self.corners if corner.street in self.words["coasts"]]
        fits = fits or self.corners
        return self.dice.choices(fits, [1 if corner.town else 4 for corner in fits])[0]

    def facts(self, case: Scenario, corner: "Corner") -> dict[str, str]:
        """What fills the blanks, all of it at one place."""
        dice, words = self.dice, self.words
        names = words["towns"] if corner.town else words
        road, road2 = dice.sample(names["roads"], 2)
        floor = dice.randint(2, 6 if corner.town else 18)
        found = {
            "district": corner.district_name, "street": corner.street, "community": corner.community, "place": corner.full,
            "community2": f"{corner.community.removesuffix('社区').removesuffix('村')}新屋组", "road": road, "road2": road2,
            "place2": dice.choice(names["markets"]), "coast": dice.choice(words["coasts"].get(corner.street, ["海边"])),
            "estate": dice.choice(names["estates"]), "market": dice.choice(names["markets"]), "school": dice.choice(names["schools"]),
            "shop": dice.choice(words["shops"]), "building": f"{dice.randint(1, 16)}栋", "room": f"{floor}0{dice.randint(1, 4)}室",
            "floor": str(floor), "n": str(dice.randint(2, 9)), "days": str(dice.randint(2, 7)),
            "time": dice.choice(["昨晚十点", "清晨六点", "中午", "傍晚", "凌晨一点", "下午三点"]),
        }
        slots = {**case.get("slots", {}), "detail": case.get("details", [""])}
        return found | {name: dice.choice(values).format_map(found) for name, values in slots.items()}

    def fill(self, text: str, matter: Matter, **more: datetime) -> str:
        """The sentence with its blanks filled; times as 11月18日."""
        days = {name: f"{at.astimezone(SHANGHAI):%-m月%-d日}" for name, at in more.items()}
        return text.format_map({**matter.facts, **days})

    def phrase(self, name: str) -> Any:
        return self.dice.choice(self.phrases[name])


def weights_of(month: int, hour: int) -> list[float]:
    """How often each scenario comes up in that month at that hour."""
    part = "night" if hour >= 22 or hour < 6 else "morning" if hour < 9 else "evening" if hour >= 18 else "day"
    return [
        row["weight"] * row.get("months", {}).get(str(month), 1) * (1 if row["hours"] in {part, "all"} else 0.25)
        for row in scenarios()
    ]
