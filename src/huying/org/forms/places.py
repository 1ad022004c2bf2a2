"""Centres and handling units as forms."""

from typing import Any, cast

from django import forms
from django.urls import reverse

from huying.kernel import clock, numbering
from huying.kernel.errors import Refusal
from huying.org.models import Calendar, Centre, Region, Unit
from huying.org.policies import Actor
from huying.org.policies.manage import managed_centres, managed_units
from huying.org.queries.regions import regions_of
from huying.ui.fields import RegionField


class TreeChoice(forms.ModelChoiceField):  # type: ignore[type-arg]  # Django's class takes no arguments
    """Rows of a tree, each moved in by its depth."""

    def label_from_instance(self, obj: Any) -> str:
        return f"{'　' * obj.depth}{obj}"


class PlaceForm(forms.ModelForm):  # type: ignore[type-arg]
    """What centres and units share: a region in four levels and a calendar of the own centre or one above it."""

    def __init__(self, *args: Any, actor: Actor, centre: Centre, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.actor, self.centre = actor, centre
        self.fields["region"] = RegionField(
            label="所在区划", required=False, children=regions_of(centre), url=reverse("org:regions")
        )
        calendars = cast("forms.ModelChoiceField[Calendar]", self.fields["calendar"])
        calendars.queryset = Calendar.objects.filter(centre__in=centre.lineage)
        calendars.empty_label = "沿用上级"

    def clean_region(self) -> Region | None:
        code = self.cleaned_data["region"]
        if not code:
            return None
        try:
            return Region.objects.get(pk=code)
        except Region.DoesNotExist:
            raise forms.ValidationError("没有这个区划，请重新选择") from None


class UnitForm(PlaceForm):
    parent = TreeChoice(label="上级单位", queryset=Unit.objects.none(), required=False, empty_label="（无，直属中心）")

    class Meta:
        model = Unit
        fields = ["name", "short_name", "code", "parent", "phone", "region", "calendar", "duties", "is_active"]
        widgets = {"duties": forms.Textarea(attrs={"rows": 4})}
        help_texts = {
            "code": "本中心内唯一，导入导出时用来对应", "duties": "派单时供工单员参考，写清管什么、不管什么",
            "is_active": "停用后不再出现在派单名单里",
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = managed_units(self.actor).filter(centre=self.centre)
        if self.instance.pk:
            rows = rows.exclude(path__startswith=self.instance.path)
        parents = cast(TreeChoice, self.fields["parent"])
        parents.queryset = rows.order_by("path")
        if self.actor.unit_id:
            self._keep_inside(parents)

    def _keep_inside(self, parents: TreeChoice) -> None:
        """A unit's own manager neither moves the unit itself nor opens one beside it."""
        if self.instance.pk == self.actor.unit_id:
            del self.fields["parent"]
        else:
            parents.required, parents.empty_label = True, None


class CentreForm(PlaceForm):
    parent = TreeChoice(label="上级中心", queryset=Centre.objects.none(), empty_label=None)

    class Meta:
        model = Centre
        fields = ["name", "code", "parent", "level", "region", "calendar", "number_pattern", "is_active"]
        help_texts = {"code": "建立后不能修改", "is_active": "停用后，本中心的人员不能登录"}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        pattern = str(self.initial.get("number_pattern") or self.instance.number_pattern)
        shown = numbering.sample(pattern, region=self.instance.region_id or "450600", day=clock.now().astimezone(clock.SHANGHAI).date())
        self.initial["number_pattern"] = numbering.in_chinese(pattern)
        self.fields["number_pattern"].help_text = f"{numbering.HELP}。例：按已保存的规则，今天的第 17 件是 {shown}"
        if self.instance.pk:
            del self.fields["parent"], self.fields["code"]
        else:
            cast(TreeChoice, self.fields["parent"]).queryset = managed_centres(self.actor).filter(is_active=True)

    def clean_number_pattern(self) -> str:
        source: str = self.cleaned_data["number_pattern"]
        try:
            numbering.Pattern.parse(source)
        except Refusal as refusal:
            raise forms.ValidationError(refusal.message) from refusal
        return numbering.in_code(source)
