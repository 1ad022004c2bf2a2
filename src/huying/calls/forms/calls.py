"""Searching calls, and taking a recording out."""

from collections import Counter
from datetime import date
from typing import Any

from django import forms

from huying.calls.catalog import OUTCOME_LABELS
from huying.calls.models import Call, Recording, SkillGroup
from huying.kernel.phones import normalise_phone
from huying.org.models import Staff
from huying.ui.fields import DayInput

ANY = [("", "全部")]
RATINGS = [("none", "未评价"), *((str(key), f"按键 {key}") for key in range(1, 6))]


class CallFilter(forms.Form):
    """Everything may be left empty."""

    number = forms.CharField(label="号码", required=False, max_length=20, widget=forms.TextInput(attrs={"size": 11}))
    order = forms.CharField(label="工单号", required=False, max_length=40, widget=forms.TextInput(attrs={"size": 14}))
    since = forms.DateField(label="起", required=False, widget=DayInput())
    since_time = forms.TimeField(label="起（时刻）", required=False, widget=forms.TimeInput(attrs={"type": "time"}))
    until = forms.DateField(label="止", required=False, widget=DayInput())
    until_time = forms.TimeField(label="止（时刻）", required=False, widget=forms.TimeInput(attrs={"type": "time"}))
    direction = forms.ChoiceField(label="方向", required=False, choices=[*ANY, *Call.Direction.choices])
    outcome = forms.ChoiceField(label="结果", required=False, choices=[*ANY, *OUTCOME_LABELS.items()])
    group = forms.ModelChoiceField(SkillGroup.objects.none(), label="技能组", required=False, empty_label="全部")
    agent = forms.ModelChoiceField(Staff.objects.none(), label="坐席", required=False, empty_label="全部")
    rating = forms.ChoiceField(label="评价", required=False, choices=[*ANY, *RATINGS])
    recording = forms.ChoiceField(label="录音", required=False, choices=[*ANY, *Recording.State.choices])
    longer = forms.IntegerField(label="通话至少（秒）", required=False, min_value=0, max_value=86400)

    shorter = forms.IntegerField(label="通话至多（秒）", required=False, min_value=0, max_value=86400)

    def __init__(self, *args: Any, centres: list[int], **options: Any) -> None:
        super().__init__(*args, **options)
        people = Staff.objects.filter(centre_id__in=centres, skills__isnull=False).distinct().order_by("name")
        group: Any = self.fields["group"]
        group.queryset = SkillGroup.objects.filter(centre_id__in=centres).select_related("centre")
        often = Counter(group.queryset.values_list("name", flat=True))
        group.label_from_instance = lambda row: f"{row.name}（{row.centre.name}）" if often[row.name] > 1 else row.name
        agent: Any = self.fields["agent"]
        agent.queryset, agent.label_from_instance = people, lambda row: f"{row.name} {row.number}".strip()

    def clean_number(self) -> str:
        text = str(self.cleaned_data["number"])
        digits = normalise_phone(text)
        if text and not digits:
            raise forms.ValidationError("请填写完整的电话号码")
        return digits

    def clean_order(self) -> str:
        return "".join(str(self.cleaned_data["order"]).split())

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        since, until = found.get("since"), found.get("until")
        if isinstance(since, date) and isinstance(until, date) and since > until:
            self.add_error("until", "止日期早于起日期")
        longer, shorter = found.get("longer"), found.get("shorter")
        if isinstance(longer, int) and isinstance(shorter, int) and longer > shorter:
            self.add_error("shorter", "至多的秒数少于至少的秒数")
        return found


class WordsForm(forms.Form):
    reason = forms.CharField(
        label="查看原因", max_length=500, widget=forms.Textarea(attrs={"rows": 3}), help_text="至少 4 个字。查看会被记录。",
        error_messages={"required": "请写明查看原因"},
    )


class HoldForm(forms.Form):
    reason = forms.CharField(
        label="原因", min_length=4, max_length=300, widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "请写明原因", "min_length": "请写明原因（至少 4 个字）"},
    )


class DownloadForm(forms.Form):
    reason = forms.CharField(
        label="下载用途", min_length=4, max_length=300, widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "请写明下载用途", "min_length": "请写明下载用途（至少 4 个字）"},
    )
