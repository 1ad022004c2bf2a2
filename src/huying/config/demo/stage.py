"""Everything the orders of one centre refer to, looked up once."""

from dataclasses import dataclass
from functools import cached_property

from huying.config.demo.city import City
from huying.config.demo.data import scenarios
from huying.config.demo.pictures import Picture, pictures
from huying.kernel import clock
from huying.kernel.calendar import WorkCalendar
from huying.org.models import Calendar, Centre, Staff, Unit
from huying.org.queries import calendar_of, work_calendar
from huying.workorders.models import OrderTemplate, RulePack
from huying.workorders.operations.importing.places import Places
from huying.workorders.queries import find_template, pack_in_force, pack_of, template_of
from huying.workorders.rules import Pack, Template


@dataclass
class Stage:
    """One centre with its people, units, calendars, rules, categories and pictures."""

    city: City

    @property
    def centre(self) -> Centre:
        return self.city.centre

    @property
    def units(self) -> dict[str, Unit]:
        return self.city.units

    def person(self, username: str) -> Staff:
        return self.city.staff[username]

    def having(self, *prefixes: str) -> list[str]:
        """User names that begin so: who takes turns at one kind of work."""
        return [name for name in self.city.staff if name.split("@")[0].rstrip("0123456789") in prefixes]

    @cached_property
    def liaisons(self) -> dict[str, str]:
        """Unit code -> user name of who acts for it."""
        codes = {unit.pk: code for code, unit in self.units.items()}
        found: dict[str, str] = {}
        for name, person in self.city.staff.items():
            if person.unit_id and name.startswith("liaison"):
                found.setdefault(codes[person.unit_id], name)
        return found

    @cached_property
    def calendars(self) -> dict[str, Calendar | None]:
        """Unit code -> its calendar; "" is the centre's own."""
        found = {code: calendar_of(centre=self.centre, unit=unit) for code, unit in self.units.items()}
        return {**found, "": calendar_of(centre=self.centre)}

    @cached_property
    def work(self) -> dict[str, WorkCalendar]:
        return {code: work_calendar(calendar) for code, calendar in self.calendars.items()}

    @cached_property
    def pack_row(self) -> RulePack:
        return pack_in_force(self.centre, clock.now())

    @cached_property
    def pack(self) -> Pack:
        return pack_of(self.pack_row)

    def template_row(self, code: str) -> OrderTemplate:
        if code not in self._templates:
            self._templates[code] = find_template(self.centre, code)
        return self._templates[code]

    def template(self, code: str) -> Template:
        return template_of(self.template_row(code))

    @cached_property
    def _templates(self) -> dict[str, OrderTemplate]:
        return {}

    @cached_property
    def categories(self) -> dict[str, int | None]:
        """Scenario -> id of its category, made where missing."""
        places = Places(self.centre)
        return {row["id"]: places.category(tuple(row["category"])) for row in scenarios()}

    @cached_property
    def pictures(self) -> list[Picture]:
        return pictures()
