"""Signing in at a seat, and where a call is to go."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.db.models import Q

from huying.calls.models import Phone, SeatSession, Skill
from huying.kernel.errors import Refusal
from huying.org.models import Staff


class NoTarget(Refusal):
    code = "no_target"
    message = "请选择坐席、技能组、其他热线，或填写电话号码"


class PhoneSelect(forms.Select):
    """Each option says what kind of telephone it is: one in the browser needs a window opened with the click."""

    kinds: Mapping[int, str] = {}

    def create_option(self, name: str, value: Any, *rest: Any, **more: Any) -> dict[str, Any]:
        option = super().create_option(name, value, *rest, **more)
        if kind := self.kinds.get(getattr(value, "value", value)):
            option["attrs"]["data-kind"] = kind
        return option


class SignInForm(forms.Form):
    """The own telephone comes first; taken ones say by whom."""

    phone = forms.ModelChoiceField(Phone.objects.none(), label="分机", empty_label=None, widget=PhoneSelect)
    groups = forms.TypedMultipleChoiceField(
        label="本次接听的技能组", coerce=int, widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "请至少选择一个技能组"},
    )

    def __init__(self, *args: Any, staff: Staff, **options: Any) -> None:
        super().__init__(*args, **options)
        rows = Phone.objects.filter(centre_id=staff.centre_id, is_active=True).exclude(kind=Phone.Kind.CITIZEN)
        phones = rows.filter(Q(owner=None) | Q(owner=staff)).order_by("-owner", "extension")
        used = dict(SeatSession.objects.filter(ended_at=None, phone__in=phones).values_list("phone_id", "staff__name"))
        skills = list(Skill.objects.filter(staff=staff, group__is_active=True).select_related("group").order_by("level"))
        choice: Any = self.fields["phone"]
        choice.queryset = phones
        choice.label_from_instance = lambda row: _named(row, used.get(row.pk, ""))
        choice.widget.kinds = dict(phones.values_list("pk", "kind"))
        self.fields["groups"].choices = [  # type: ignore[attr-defined]
            (row.group_id, f"{row.group.name}（{row.level} 级）") for row in skills
        ]
        if not self.is_bound:
            own = SeatSession.objects.filter(ended_at=None, staff=staff).values_list("phone_id", flat=True).first()
            first = next((row for row in phones if row.pk == own or (own is None and row.pk not in used)), None)
            self.initial.update(phone=first, groups=[row.group_id for row in skills])


def _named(phone: Phone, user: str) -> str:
    words = [phone.extension, phone.place, phone.get_kind_display(), f"{user} 使用中" if user else ""]
    return " · ".join(filter(None, words))


def target_of(said: Mapping[str, str]) -> tuple[dict[str, Any], str]:
    """(`about`, outside number) of "agent:8002", "group:3", "desk:110" or a typed number. Raises Refusal."""
    kind, _, value = said.get("target", "").partition(":")
    number = said.get("number", "").strip()
    if kind == "agent" and value.isdecimal():
        return {"to": "agent", "extension": value}, ""
    if kind == "group" and value.isdecimal():
        return {"to": "group", "group": int(value)}, ""
    if kind == "desk" and value:
        return {"to": "desk", "code": value[:20]}, ""
    if number:
        return {"to": "number"}, number
    raise NoTarget(fields={"number": "请填写电话号码"})
