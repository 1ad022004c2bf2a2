"""Centres, regions, calendars, units and people: made where missing, left alone where they are."""

from dataclasses import dataclass, field
from typing import Any

from huying.config.demo.data import load, unit_rows
from huying.org.models import Calendar, Centre, Employer, Region, Role, Staff, Unit
from huying.org.operations import install_roles
from huying.org.operations.history import record
from huying.org.operations.units import save_unit
from huying.org.policies import Actor, system_actor

MAKER = "演示城市"
DUTY_PHONE = "1390770{:04}"


@dataclass
class City:
    """One centre as the demonstration needs it."""

    centre: Centre
    units: dict[str, Unit] = field(default_factory=dict)
    roles: dict[str, Role] = field(default_factory=dict)
    staff: dict[str, Staff] = field(default_factory=dict)


def build(code: str) -> City:
    """The centre `code` with everything around it; safe to run again."""
    actor = system_actor(MAKER)
    regions = make_regions(load("regions")[code])
    city = City(make_centre(code, regions))
    city.roles = install_roles(city.centre)
    calendars = make_calendars(city.centre, load("units")["calendars"][code])
    make_units(actor, city, code, calendars, regions)
    make_people(actor, city, code)
    for row in load("units")["centres"][code]["below"]:
        make_below(city.centre, row, regions)
    return city


def make_regions(data: dict[str, Any]) -> dict[str, Region]:
    """The city down to its communities, whose codes 901 and up no real community has."""
    rows = [Region(code=data["code"], name=data["name"], level=Region.Level.CITY, full_name=data["name"])]
    for district in data["districts"]:
        rows.append(below(rows[0], district["code"], district["name"], Region.Level.DISTRICT))
        above = rows[-1]
        for street in district["streets"]:
            rows.append(below(above, street["code"], street["name"], Region.Level.STREET))
            parent = rows[-1]
            for number, name in enumerate(street["communities"], 901):
                rows.append(below(parent, f"{street['code']}{number}", name, Region.Level.COMMUNITY))
    Region.objects.bulk_create(rows, ignore_conflicts=True)
    return {region.code: region for region in Region.objects.filter(code__in=[row.code for row in rows])}


def below(parent: Region, code: str, name: str, level: Region.Level) -> Region:
    return Region(code=code, name=name, parent=parent, level=level, full_name=f"{parent.full_name}{name}")


def make_centre(code: str, regions: dict[str, Region]) -> Centre:
    name = load("units")["centres"][code]["name"]
    city = next(region for region in regions.values() if region.level == Region.Level.CITY)
    centre, made = Centre.objects.get_or_create(code=code, defaults={"name": name, "region": city})
    if made:
        record(centre.pk, "centre.create", system_actor(MAKER), centre=centre.pk, code=code, name=name)
    return Centre.objects.get(pk=centre.pk)  # with its path


def make_below(centre: Centre, row: dict[str, str], regions: dict[str, Region]) -> None:
    defaults = {"name": row["name"], "parent": centre, "region": regions[row["region"]], "level": Centre.Level.COUNTY}
    child, made = Centre.objects.get_or_create(code=row["code"], defaults=defaults)
    if made:
        install_roles(child)
        record(centre.pk, "centre.create", system_actor(MAKER), centre=child.pk, code=child.code, name=child.name)


def make_calendars(centre: Centre, rows: dict[str, Any]) -> dict[str, Calendar]:
    found = {}
    for key, row in rows.items():
        found[key], _ = Calendar.objects.get_or_create(centre=centre, name=row["name"], defaults={"data": row["data"]})
    if centre.calendar_id is None and "default" in found:
        centre.calendar = found["default"]
        centre.save(update_fields=["calendar"])
    return found


def make_units(
    actor: Actor, city: City, code: str, calendars: dict[str, Calendar], regions: dict[str, Region]
) -> None:
    have = {unit.code: unit for unit in Unit.objects.filter(centre=city.centre)}
    for number, row in enumerate(unit_rows(code)):
        unit = have.get(row["code"])
        if unit is None:
            unit = save_unit(actor, Unit(
                centre=city.centre, code=row["code"], name=row["name"], short_name=row.get("short", ""),
                parent=city.units.get(row["parent"]), duties=row["duties"], phone=DUTY_PHONE.format(9000 + number),
                calendar=calendars.get(row.get("calendar", "")), region=regions.get(row.get("region", "")) or city.centre.region,
            ))
        city.units[unit.code] = unit


def make_people(actor: Actor, city: City, code: str) -> None:
    """Everybody with an account: those shown with their passwords, colleagues, and a liaison in every unit."""
    people = load("people")
    rows = [row for row in (*people["shown"], *people["extras"]) if row.get("centre", "DEMO") == code]
    named = {row["unit"] for row in rows if row.get("unit")}
    rows += [liaison(unit, at) for at, unit in enumerate(city.units) if unit not in named]
    have = {person.username: person for person in Staff.objects.filter(centre=city.centre)}
    for row in rows:
        username = row["user"] if code == "DEMO" or "@" in row["user"] else f"{row['user']}@{code}"
        city.staff[username] = have.get(username) or make_person(actor, city, username, row)


def liaison(unit: str, at: int) -> dict[str, str]:
    people = load("people")
    surnames, given = people["liaison_surnames"], people["liaison_given"]
    name = surnames[at % len(surnames)] + given[at * 11 % len(given)]
    return {"user": f"liaison.{unit.lower()}", "role": "liaison", "name": name, "employer": "unit", "unit": unit,
            "number": f"{3100 + at}"}


def make_person(actor: Actor, city: City, username: str, row: dict[str, str]) -> Staff:
    """An account nobody can sign in with until it is given a password."""
    person = Staff(
        username=username, name=row["name"], number=row["number"], centre=city.centre, employer=Employer(row["employer"]),
        unit=city.units.get(row.get("unit", "")),
    )
    person.set_unusable_password()
    person.save(force_insert=True)
    person.roles.add(city.roles[row["role"]])
    record(city.centre.pk, "staff.create", actor, staff=person.pk, username=username, name=person.name,
           employer=row["employer"], roles=[row["role"]])
    return person
