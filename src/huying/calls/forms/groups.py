"""Skill groups, route rules, least seats by period."""

from datetime import time
from typing import Any

from django import forms
from django.db.models import Q

from huying.calls.forms.rows import RowForm, WordsField
from huying.calls.models import RouteRule, SeatPeriod, SkillGroup

WEEKDAYS = [("1", "周一"), ("2", "周二"), ("3", "周三"), ("4", "周四"), ("5", "周五"), ("6", "周六"), ("7", "周日")]


def clock_input() -> forms.TimeInput:
    return forms.TimeInput(attrs={"type": "time"}, format="%H:%M")


class GroupForm(RowForm):
    near = ("overflow",)
    ranges = {"ring_seconds": (5, 120), "most_wait": (5, 7200), "weight": (0, 100), "wrap_seconds": (0, 3600)}

    class Meta:
        model = SkillGroup
        fields = [
            "name", "code", "strategy", "ring_seconds", "most_wait", "overflow", "weight", "announces", "offers_call_back",
            "offers_voicemail", "wrap_seconds",
        ]
        help_texts = {
            "code": "小写字母、数字、连字符", "most_wait": "等到这么久仍无人接听，转溢出组或请市民预约回拨",
            "weight": "数字大的队列先分配坐席", "overflow": "可以是上级、下级中心的技能组",
        }

    def clean_overflow(self) -> SkillGroup | None:
        chosen: SkillGroup | None = self.cleaned_data["overflow"]
        at, seen = chosen, set()
        while at is not None and at.pk not in seen:
            if at.pk == self.instance.pk:
                raise forms.ValidationError("溢出转了一圈又回到本组，请另选一组")
            seen.add(at.pk)
            at = SkillGroup.objects.filter(pk=at.overflow_id or 0).first()  # one above may be out of sight
        return chosen


class RuleForm(RowForm):
    labels = WordsField(label="诉求人标签", required=False, help_text="有其中任何一个标签的来电；用逗号隔开")
    prefixes = WordsField(label="主叫属地（号段）", required=False, help_text="主叫号码的开头，如 07702；用逗号隔开")
    own = ("called", "caller_list", "flow", "desk")
    near = ("group",)
    ranges = {"priority": (0, 10), "order": (0, 9999)}

    class Meta:
        model = RouteRule
        fields = [
            "name", "order", "called", "caller_list", "labels", "prefixes", "hours_from", "hours_to", "group", "desk", "flow", "priority",
        ]
        widgets = {name: clock_input() for name in ("hours_from", "hours_to")}
        help_texts = {
            "order": "从小到大，第一条符合的生效", "called": "不选则不限", "caller_list": "不选则不限",
            "hours_from": "不填则不限；可以跨零点", "group": "进这个技能组，不再听导航", "desk": "先找此人，未签入或不接时进技能组",
            "flow": "改走这个语音流程", "priority": "0 为正常，10 最先接",
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = self.fields["desk"].queryset  # type: ignore[attr-defined]
        self.fields["desk"].queryset = people.filter(unit=None).filter(  # type: ignore[attr-defined]
            Q(skills__isnull=False) | Q(pk=self.instance.desk_id)
        ).distinct()

    def clean_prefixes(self) -> list[str]:
        found: list[str] = self.cleaned_data["prefixes"]
        if wrong := [each for each in found if not each.isascii() or not each.isdigit() or len(each) > 12]:
            raise forms.ValidationError(f"“{wrong[0][:20]}”不是号段，应为 1 到 12 位数字")
        return found

    def clean_labels(self) -> list[str]:
        found: list[str] = self.cleaned_data["labels"]
        if wrong := [each for each in found if len(each) > 20]:
            raise forms.ValidationError(f"标签“{wrong[0][:20]}…”太长，最多 20 个字")
        return found

    def clean(self) -> dict[str, Any]:
        said = super().clean()
        if not self.errors and not any(said.get(name, True) for name in ("group", "desk", "flow", "priority")):
            self.add_error(None, "请至少写明一个去向：技能组、专席、语音流程或排队优先")
        if said.get("hours_from") is not None and said.get("hours_from") == said.get("hours_to"):
            self.add_error("hours_to", "起止时间相同，这条规则永远不会生效；不限时间请都留空")
        return said


class PeriodForm(RowForm):
    weekdays = forms.MultipleChoiceField(label="星期", choices=WEEKDAYS, widget=forms.CheckboxSelectMultiple)
    ranges = {"least": (0, 2000)}

    class Meta:
        model = SeatPeriod
        fields = ["name", "least", "weekdays", "begins", "ends"]
        widgets = {name: clock_input() for name in ("begins", "ends")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["weekdays"] = list(self.initial.get("weekdays") or "")

    def clean_weekdays(self) -> str:
        return "".join(sorted(self.cleaned_data["weekdays"]))

    def clean(self) -> dict[str, Any]:
        said = super().clean()
        begins, ends = said.get("begins"), said.get("ends")
        if isinstance(begins, time) and isinstance(ends, time) and begins >= ends:
            self.add_error("ends", "结束应晚于开始；跨零点的班次请分成两段")
        return said
