"""The filter bar of a list. What cannot be read is dropped and said, never a reason to show nothing."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import Any

from django import forms
from django.core.cache import cache
from django.db.models import Q

from huying.kernel.clock import SHANGHAI
from huying.org.models import Region, Unit
from huying.org.policies import Actor
from huying.ui.fields import DayInput
from huying.workorders.catalog import Channel, Kind, Urgency
from huying.workorders.forms.units import UnitField
from huying.workorders.models import OrderTemplate
from huying.workorders.queries.filters import MARKS, Filters, branch_of
from huying.workorders.rules.desks import Desk
from huying.workorders.workflow import State

_FIRST_YEAR = 2000
FRESH = 60  # seconds


class FilterForm(forms.Form):
    text = forms.CharField(label="内容", required=False, max_length=50)
    number = forms.CharField(label="工单号", required=False, max_length=40)
    external = forms.CharField(label="外部单号", required=False, max_length=60)
    phone = forms.CharField(label="来电号码", required=False, max_length=30)
    state = forms.MultipleChoiceField(label="状态", required=False, choices=State.choices())
    kind = forms.ChoiceField(label="类型", required=False)
    urgency = forms.ChoiceField(label="紧急程度", required=False)
    channel = forms.ChoiceField(label="渠道", required=False)
    template = forms.ChoiceField(label="专项", required=False)
    region = forms.ChoiceField(label="区域", required=False)
    since = forms.DateField(label="受理从", required=False, widget=DayInput())
    until = forms.DateField(label="到", required=False, widget=DayInput())
    mark = forms.MultipleChoiceField(label="标记", required=False, choices=[(name, row[0]) for name, row in MARKS.items()])

    def __init__(self, data: Any, *, actor: Actor, desk: Desk) -> None:
        super().__init__(data, auto_id="filter_%s")  # an order opened beside the list has a form of its own
        self.use_required_attribute = False
        for name, label, choices in (("kind", "类型", Kind), ("urgency", "紧急程度", Urgency), ("channel", "渠道", Channel)):
            self.choose(name, f"全部{label}", choices.choices())
        self.choose("template", "全部专项", remembered("templates", actor, template_choices))
        self.choose("region", "全部区域", remembered("regions", actor, region_choices))
        states = [(value, label) for value, label in State.choices() if offers_state(desk, value)]
        if len(states) < 2:
            del self.fields["state"]
        else:
            self.states().choices = states
        if actor.unit_id:
            del self.fields["phone"]
        else:
            self.fields["unit"] = UnitField(
                label="承办单位", required=False, units=Unit.objects.filter(units_seen(actor)).order_by("path").only("name", "code")
            )

    def choose(self, name: str, empty: str, choices: list[tuple[str, str]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", empty), *choices]
        if len(choices) < 2:
            del self.fields[name]

    def states(self) -> forms.MultipleChoiceField:
        field = self.fields["state"]
        assert isinstance(field, forms.MultipleChoiceField)
        return field

    def filters(self) -> Filters:
        """What could be read of it; call after `is_valid` (whose answer may be no)."""
        said = self.cleaned_data
        unit = said.get("unit")
        return Filters(
            states=tuple(said.get("state") or ()), units=branch_of(int(unit)) if unit else (),
            kind=said.get("kind", ""), urgency=said.get("urgency", ""), region=said.get("region", ""),
            channel=said.get("channel", ""), template=int(said["template"]) if said.get("template") else None,
            since=midnight(said.get("since")), until=midnight(said.get("until"), after=1),
            text=said.get("text", "").replace("\x00", "").strip(), number=said.get("number", "").replace(" ", ""),
            external=said.get("external", "").strip(), phone=said.get("phone", "").strip(),
            marks=tuple(said.get("mark") or ()),
        )


class PeriodForm(forms.Form):
    """From a day to a day, both included."""

    since = forms.DateField(label="受理从", required=False, widget=DayInput())
    until = forms.DateField(label="到", required=False, widget=DayInput())


def midnight(day: date | None, *, after: int = 0) -> datetime | None:
    """The beginning of the day in Shanghai, or of the day `after` it."""
    if day is None or not _FIRST_YEAR <= day.year < 2200:
        return None
    return datetime.combine(day + timedelta(days=after), time.min, SHANGHAI)


def offers_state(desk: Desk, state: str) -> bool:
    if desk.over == "orders" or (desk.over == "mine" and desk.states):
        return not desk.states or state in desk.states
    return True


def units_seen(actor: Actor) -> Q:
    path = actor.staff.centre.path if actor.staff else "-"
    return Q(centre__path__startswith=path)


def remembered(name: str, actor: Actor, choices: Callable[[Actor], list[tuple[str, str]]]) -> list[tuple[str, str]]:
    """The choices of this person's centre, read anew every minute: they hardly change, and every list shows them."""
    centre = actor.staff.centre_id if actor.staff else 0
    found: list[tuple[str, str]] = cache.get_or_set(f"filter.{name}.{centre}", lambda: choices(actor), FRESH) or []
    return found


def template_choices(actor: Actor) -> list[tuple[str, str]]:
    """Shipped templates and those of the centres above and below."""
    if actor.staff is None:
        return []
    centre = actor.staff.centre
    near = Q(centre=None) | Q(centre__in=centre.lineage) | Q(centre__path__startswith=centre.path)
    return [(str(pk), name) for pk, name in OrderTemplate.objects.filter(near).values_list("pk", "name")]


def region_choices(actor: Actor) -> list[tuple[str, str]]:
    """The centre's own division and the two levels below it."""
    own = actor.staff.centre.region_id if actor.staff else None
    if own is None:
        return []
    rows = Region.objects.filter(Q(pk=own) | Q(parent=own) | Q(parent__parent=own)).order_by("code")
    found = list(rows.values_list("code", "name", "level"))
    top = next(level for code, _, level in found if code == own)
    return [(code, "　" * (level - top) + name) for code, name, level in found]
