"""Forms of the message pages."""

from typing import Any

from django import forms

from huying.messaging.catalog import CARRIER_LABELS, STATE_LABELS
from huying.messaging.rules import AUDIENCES, SCENES
from huying.ui.fields import DayInput

ANY = [("", "全部")]


def scene_choices() -> list[tuple[str, Any]]:
    """Grouped by who receives them."""
    return [
        (label, [(code, each.label) for code, each in SCENES.items() if each.audience == audience])
        for audience, label in AUDIENCES.items()
    ]


class MessageFilter(forms.Form):
    phone = forms.CharField(label="手机号", required=False, max_length=20)
    scene = forms.ChoiceField(label="场景", required=False)
    state = forms.ChoiceField(label="状态", required=False, choices=[*ANY, *STATE_LABELS.items()])
    carrier = forms.ChoiceField(label="运营商", required=False, choices=[*ANY, *CARRIER_LABELS.items()])
    since = forms.DateField(label="起", required=False, widget=DayInput())
    until = forms.DateField(label="止", required=False, widget=DayInput())

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["scene"].choices = [*ANY, *scene_choices()]  # type: ignore[attr-defined]


class TemplateForm(forms.Form):
    text = forms.CharField(label="短信内容", max_length=1000, widget=forms.Textarea(attrs={"rows": 4}))
    is_on = forms.BooleanField(label="发送这个场景的短信", required=False)


class TrialForm(forms.Form):
    phone = forms.CharField(label="试发到手机号", max_length=20, widget=forms.TextInput(attrs={"inputmode": "tel"}))


class RuleForm(forms.Form):
    signature = forms.CharField(label="签名", max_length=30, help_text="显示在短信开头的【】里，须与运营商报备的一致")
    per_hour = forms.IntegerField(label="每个号码每小时最多", min_value=1, max_value=200)
    per_day = forms.IntegerField(label="每个号码每天最多", min_value=1, max_value=200)


class MonthForm(forms.Form):
    month = forms.RegexField(
        r"^20\d\d-(0[1-9]|1[0-2])$", label="月份", required=False, widget=forms.TextInput(attrs={"type": "month"})
    )
