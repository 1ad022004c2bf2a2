"""The intake form: always bound to what has been typed, so that nothing is lost whatever comes back."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.urls import reverse
from django.utils.datastructures import MultiValueDict

from huying.citizens.models import Caller
from huying.desk.queries.places import PlaceUnclear, children_of, place_named
from huying.kernel.clock import SHANGHAI
from huying.org.models import Centre, Region
from huying.ui.fields import DayInput, RegionField
from huying.workorders.catalog import Channel, Kind, Urgency, Way
from huying.workorders.models import OrderTemplate
from huying.workorders.operations import NewOrder
from huying.workorders.queries import template_of
from huying.workorders.rules import ExtraField, Template
from huying.workorders.rules.hints import Facts

BY_HAND = [Channel.PHONE, Channel.MAIL, Channel.MEDIA, Channel.VISIT, Channel.PEER]
EXTRA = "x_"
WHY = "why_"
FEWEST_POINTS, MOST_POINTS = 1, 12
Typed = MultiValueDict[str, str]
CONFIDENTIAL = {"": None, "yes": True, "no": False}
"""Left to the type, a report is confidential and everything else is not (rules.md 3.3)."""


class IntakeForm(forms.Form):
    """`typed` holds every field of the page; `kind_of` the template chosen, whose own fields are named x_NAME."""

    phone = forms.CharField(label="来电号码", required=False, max_length=30)
    name = forms.CharField(label="称呼", required=False, max_length=40)
    gender = forms.ChoiceField(label="性别", required=False, choices=[("", "—"), ("female", "女"), ("male", "男")])
    caller_kind = forms.ChoiceField(label="身份", choices=Caller.Kind.choices, widget=forms.RadioSelect)
    kind = forms.ChoiceField(
        label="类型", widget=forms.RadioSelect, choices=Kind.choices(), error_messages={"required": "请选择诉求类型"}
    )
    urgency = forms.ChoiceField(label="紧急", widget=forms.RadioSelect, choices=Urgency.choices())
    title = forms.CharField(label="标题", min_length=2, max_length=100, error_messages={"required": "请写标题"})
    template = forms.ChoiceField(label="专项")
    content = forms.CharField(
        label="内容", min_length=5, max_length=5000, widget=forms.Textarea(attrs={"rows": 5}),
        error_messages={"required": "请写诉求内容", "min_length": "诉求内容至少写 5 个字"},
    )
    region = RegionField(label="区划", required=False, children=lambda parent: ())
    place_find = forms.CharField(label="地名", required=False, max_length=60)
    place = forms.CharField(label="地址", required=False, max_length=200)
    address = forms.CharField(label="门牌", required=False, max_length=200)
    confirmed = forms.BooleanField(label="已与来电人核对", required=False)
    address_way = forms.ChoiceField(label="核对方式", required=False, choices=Way.choices())
    event_at = forms.DateTimeField(
        label="事发", required=False, widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        error_messages={"invalid": "事发时间请写成 2026-11-20 09:05"},
    )
    channel = forms.ChoiceField(label="渠道", choices=[(row.value, row.label) for row in BY_HAND])
    external_number = forms.CharField(label="外部单号", required=False, max_length=60)
    confidential = forms.ChoiceField(
        label="保密", required=False, choices=[("", "保密按类型"), ("yes", "对承办单位保密"), ("no", "不需保密")]
    )
    is_group = forms.BooleanField(label="群体", required=False)
    is_sensitive = forms.BooleanField(label="敏感", required=False)
    call = forms.IntegerField(required=False, min_value=1, widget=forms.HiddenInput)
    reused = forms.CharField(required=False, max_length=40, widget=forms.HiddenInput)
    relation = forms.ChoiceField(label="关系", required=False, choices=[("copied", "内容复用"), ("reviews", "复查原单")])

    def __init__(self, typed: Typed, *, centre: Centre, templates: list[OrderTemplate], region_url: str = "") -> None:
        self.typed = typed = typed.copy()
        super().__init__(typed)
        self.centre = centre
        chosen = next((row for row in templates if row.code == typed.get("template")), templates[0])
        self.rules: Template = template_of(chosen)
        if len(self.rules.kinds) == 1:
            typed["kind"] = self.rules.kinds[0]
        self.fields["template"].choices = [(row.code, row.name) for row in templates]  # type: ignore[attr-defined]
        self.fields["kind"].choices = [(kind.value, kind.label) for kind in Kind if kind in self.rules.kinds]  # type: ignore[attr-defined]
        self.fields["region"] = RegionField(
            label="区划", required=False, children=children_of(centre), url=region_url or reverse("desk:regions")
        )
        for spec in self.rules.fields:
            self.fields[EXTRA + spec.name] = extra_field(spec)

    @property
    def points(self) -> list[str]:
        """The points of appeal as typed, empty ones left out."""
        return [text.strip() for text in self.typed.getlist("point") if text.strip()][:MOST_POINTS]

    @property
    def cards(self) -> list[str]:
        """What to draw: the points, and one empty card when none is left."""
        rows = self.typed.getlist("point")[:MOST_POINTS]
        wanted = max(FEWEST_POINTS, len(rows))
        return [*rows, *[""] * (wanted - len(rows))]

    @property
    def extra(self) -> list[forms.BoundField]:
        return [self[EXTRA + spec.name] for spec in self.rules.fields]

    @property
    def reasons(self) -> dict[str, str]:
        """Why a hint was passed over, by its code."""
        return {
            name.removeprefix(WHY): text.strip() for name, text in self.typed.items()
            if name.startswith(WHY) and isinstance(text, str) and text.strip()
        }

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if text := cleaned.get("place_find"):
            try:
                cleaned["region"] = place_named(self.centre, text).code
            except PlaceUnclear as unclear:
                self.add_error("place_find", unclear.fields["place_find"])
        if len(self.typed.getlist("point")) > MOST_POINTS:
            self.add_error(None, f"诉求点最多 {MOST_POINTS} 个，其余请另立一单")
        return cleaned

    def value(self, name: str) -> str:
        """A field as typed."""
        return str(self.typed.get(name) or "").strip()

    def new_order(self, overrides: Mapping[str, str]) -> NewOrder:
        """What is to be taken in, once the form is valid."""
        got = self.cleaned_data
        event_at = got["event_at"]
        return NewOrder(
            kind=got["kind"], title=got["title"], content=got["content"], channel=Channel(got["channel"]),
            points=self.points, template=got["template"], urgency=got["urgency"], region=got["region"], place=got["place"],
            address=got["address"], address_way=(got["address_way"] or Way.PHONE) if got["confirmed"] else "",
            event_at=event_at if event_at is None or event_at.tzinfo else event_at.replace(tzinfo=SHANGHAI),
            confidential=CONFIDENTIAL[got["confidential"]], is_group=got["is_group"],
            is_sensitive=got["is_sensitive"],
            fields={spec.name: got.get(EXTRA + spec.name) for spec in self.rules.fields},
            name="" if got["caller_kind"] == Caller.Kind.ANONYMOUS else got["name"], phone=got["phone"],
            gender=got["gender"], caller_kind=got["caller_kind"], external_number=got["external_number"],
            overrides=dict(overrides),
        )

    def facts(self) -> Facts:
        """What the hints look at; the form need not be valid."""
        got = getattr(self, "cleaned_data", {})
        return Facts(
            kind=self.value("kind"), title=self.value("title"), content=self.value("content"), points=self.points,
            urgency=self.value("urgency"), phone=self.value("phone"), name=self.value("name").strip(), place=self.value("place"),
            anonymous=self.value("caller_kind") == Caller.Kind.ANONYMOUS, address=self.value("address"),
            address_way=self.value("address_way") if self.value("confirmed") else "",
            has_event_time=bool(got.get("event_at")), is_group=bool(got.get("is_group")),
            confidential=bool(got.get("confidential")) or self.rules.flow.confidential or self.value("kind") == Kind.REPORT,
            party=" ".join(str(got.get(EXTRA + spec.name) or "") for spec in self.rules.fields if spec.kind == "text"),
        )

    def chosen_region(self) -> Region | None:
        return Region.objects.filter(pk=getattr(self, "cleaned_data", {}).get("region") or "").first()


def extra_field(spec: ExtraField) -> forms.Field:
    """A form field of a template's own field."""
    common: dict[str, Any] = {
        "label": spec.label, "required": spec.required, "error_messages": {"required": f"请填写{spec.label}"}
    }
    if spec.kind == "choice":
        return forms.ChoiceField(choices=[("", "请选择"), *spec.choices], **common)
    if spec.kind == "number":
        return forms.IntegerField(min_value=0, max_value=10**9, **common)
    if spec.kind == "date":
        return forms.DateField(widget=DayInput(), **common)
    if spec.kind == "bool":
        return forms.BooleanField(**common | {"required": False})
    widget = forms.Textarea(attrs={"rows": 2}) if spec.kind == "longtext" else forms.TextInput()
    return forms.CharField(max_length=5000 if spec.kind == "longtext" else 200, widget=widget, **common)
