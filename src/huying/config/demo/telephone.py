"""The telephone of the demonstration: a carrier on loopback, numbers, skill groups, menu, telephones. Made where missing."""

from datetime import date, time
from typing import Any

from django.db.models import Model

from huying.calls.models import (
    CalledNumber,
    CallerList,
    Flow,
    FlowVersion,
    OtherDesk,
    Phone,
    PhoneSetting,
    Prompt,
    RouteRule,
    SeatPeriod,
    Skill,
    SkillGroup,
    Trunk,
)
from huying.calls.operations import config_changed
from huying.calls.operations.phones import phone_password
from huying.config.demo.city import City
from huying.config.demo.data import load
from huying.kernel import clock
from huying.org.models import Centre, Staff

SIGNED_ON, TRAINED_ON = date(2026, 3, 2), date(2026, 3, 13)


def wire(city: City) -> None:
    """The telephone of one centre and of those below it; safe to run again, what a person has changed stays as it is."""
    telephone = load("telephone")
    about = telephone["centres"][city.centre.code]
    Trunk.objects.get_or_create(name=telephone["trunk"]["name"], defaults={**telephone["trunk"], "centre": city.centre})
    PhoneSetting.objects.get_or_create(centre=city.centre, defaults={"seats": about["seats"], "lines": about["lines"]})
    let_in(city)
    groups = make_groups(city.centre, telephone["groups"])
    make_skills(city, groups, telephone["skills"])
    make_prompts(city.centre, about["city"], telephone["prompts"])
    flow = make_flow(city.centre, groups, telephone["flow"])
    make_numbers(city.centre, groups, flow, about["numbers"])
    for row in about["below"]:
        make_below(row, groups["general"])
    make_phones(city.centre, *about["phones"])
    if about.get("citizen"):
        citizen = {"centre": city.centre, "kind": Phone.Kind.CITIZEN, "password": phone_password(), "place": "市民电话（演示）"}
        Phone.objects.get_or_create(extension=about["citizen"], defaults=citizen)
    make_lists(city.centre, groups, telephone["lists"])
    for at, row in enumerate(telephone["desks"]):
        once(OtherDesk, {"centre": city.centre, "code": row["code"]}, name=row["name"], number=row["code"], order=(at + 1) * 10)
    for row in telephone["periods"]:
        begins, ends = (time.fromisoformat(row[name]) for name in ("begins", "ends"))
        rest = {"weekdays": row["weekdays"], "begins": begins, "ends": ends, "least": row["least"]}
        once(SeatPeriod, {"centre": city.centre, "name": row["name"]}, **rest)
    config_changed()


def once(model: type[Model], key: dict[str, Any], **rest: Any) -> Any:
    return model._default_manager.get_or_create(**key, defaults=rest)[0]


def let_in(city: City) -> None:
    """The hotline's own people have signed and been trained, so that they may take calls (R209)."""
    Staff.objects.filter(centre=city.centre, unit=None, confidentiality_signed_on=None).update(
        confidentiality_signed_on=SIGNED_ON, trained_on=TRAINED_ON
    )


def make_groups(centre: Centre, rows: list[dict[str, Any]]) -> dict[str, SkillGroup]:
    found: dict[str, SkillGroup] = {}
    for row in rows:
        rest = {name: value for name, value in row.items() if name not in {"code", "overflow"}}
        found[row["code"]] = once(SkillGroup, {"centre": centre, "code": row["code"]}, overflow=found.get(row["overflow"]), **rest)
    return found


def make_skills(city: City, groups: dict[str, SkillGroup], rows: dict[str, dict[str, int]]) -> None:
    for username, levels in rows.items():
        if username in city.staff:
            for code, level in levels.items():
                once(Skill, {"staff": city.staff[username], "group": groups[code]}, centre=city.centre, level=level)


def make_prompts(centre: Centre, name: str, rows: list[dict[str, str]]) -> None:
    now = clock.now()
    for row in rows:
        once(Prompt, {"centre": centre, "code": row["code"]}, name=row["name"], text=row["text"].format(city=name), changed_at=now)


def make_flow(centre: Centre, groups: dict[str, SkillGroup], row: dict[str, Any]) -> Flow:
    """The menu with its first version published."""
    flow: Flow = once(Flow, {"centre": centre, "name": row["name"]})
    if flow.published_id is None:
        graph = {"start": row["start"], "nodes": [node_of(centre, groups, node) for node in row["nodes"]]}
        version = FlowVersion.objects.create(
            centre=centre, flow=flow, number=1, graph=graph, note="演示城市", published_at=clock.now()
        )
        flow.draft, flow.published = graph, version
        flow.save(update_fields=["draft", "published"])
    return flow


def node_of(centre: Centre, groups: dict[str, SkillGroup], node: dict[str, Any]) -> dict[str, Any]:
    """The node with the names that the switch knows in the place of ours."""
    options = dict(node["options"])
    if "sound" in options:
        options["sound"] = f"c{centre.pk}/{options['sound']}"
    if "queue" in options:
        options["queue"] = groups[options["queue"]].queue
    if node["kind"] == "hours":
        options["name"] = f"c{centre.pk}"
    return {**node, "options": options}


def make_numbers(centre: Centre, groups: dict[str, SkillGroup], flow: Flow, rows: list[dict[str, Any]]) -> None:
    for row in rows:
        greeting = Prompt.objects.filter(centre=centre, code=row.get("greeting", "")).first()
        once(
            CalledNumber, {"number": row["number"]}, centre=centre, name=row["name"], group=groups[row["group"]],
            flow=flow if row.get("flow") else None, greeting=greeting, is_outgoing=row.get("outgoing", False),
        )


def make_below(row: dict[str, str], general: SkillGroup) -> None:
    """A district's representative number: its own centre and queue, helped out by the city's (R202)."""
    centre = Centre.objects.get(code=row["code"])
    PhoneSetting.objects.get_or_create(centre=centre, defaults={"seats": 5, "lines": 10})
    group = once(SkillGroup, {"centre": centre, "code": "general"}, name="综合", most_wait=20, overflow=general)
    place = centre.region.name if centre.region else centre.name
    text = f"您好，这里是{place}一二三四五热线，正在为您接通话务员，通话将被录音。"
    greeting = once(Prompt, {"centre": centre, "code": "welcome"}, name="问候语", text=text, changed_at=clock.now())
    once(CalledNumber, {"number": row["number"]}, centre=centre, name=row["name"], group=group, greeting=greeting, is_outgoing=True)


def make_phones(centre: Centre, first: str, last: str) -> None:
    have = set(Phone.objects.values_list("extension", flat=True))
    for at, number in enumerate(range(int(first), int(last) + 1), start=1):
        if str(number) not in have:
            Phone.objects.create(centre=centre, extension=str(number), password=phone_password(), place=f"{at} 号席")


def make_lists(centre: Centre, groups: dict[str, SkillGroup], rows: list[dict[str, Any]]) -> None:
    for row in rows:
        caller_list = once(CallerList, {"centre": centre, "code": row["code"]}, name=row["name"])
        rule = row["rule"]
        once(
            RouteRule, {"centre": centre, "name": rule["name"]}, order=rule["order"], priority=rule["priority"],
            caller_list=caller_list, group=groups.get(rule.get("group", "")),
        )
