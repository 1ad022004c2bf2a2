"""Forms of the follow-up pages."""

from decimal import Decimal
from typing import Any

from django import forms

from huying.followup.catalog import MEDIUM_LABELS
from huying.followup.rules import FULL, LEVELS
from huying.ui.fields import DayInput
from huying.workorders.catalog import UNHAPPY_TREE, Exempt, Satisfaction
from huying.workorders.rules import INPUTS

ANY = [("", "全部")]
REASONS = [(branch, [(str(each), each.label) for each in reasons]) for branch, _, reasons in UNHAPPY_TREE]


def radios(name: str) -> forms.ChoiceField:
    """One of the questions, as buttons; what it may answer stands in `rules.INPUTS`."""
    return forms.ChoiceField(
        label=INPUTS[name].label, choices=INPUTS[name].choices, widget=forms.RadioSelect, required=False
    )


class AnswerForm(forms.Form):
    """The four questions and what follows. Which fields are needed depends on the button: the operation says so."""

    contacted = radios("contacted")
    solved = radios("solved")
    satisfaction = radios("satisfaction")
    unhappy = forms.ChoiceField(label="不满意原因", choices=REASONS, widget=forms.RadioSelect, required=False)
    note = forms.CharField(
        label="诉求人原话", required=False, max_length=5000, widget=forms.Textarea(attrs={"rows": 2}),
    )
    reason = forms.CharField(
        label="重办、督办或认定的理由", required=False, max_length=5000, widget=forms.Textarea(attrs={"rows": 2}),
    )
    proof = forms.FileField(label="依据（认定客观不能解决时上传）", required=False)


class ExemptForm(forms.Form):
    exempt = forms.ChoiceField(label="免回访理由", choices=Exempt.choices(), required=False)
    reason = forms.CharField(label="说明", required=False, max_length=500)

    def __init__(self, data: Any = None) -> None:
        super().__init__(data, auto_id="exempt_%s")  # another form of the page has a `reason` too


class RatingFilter(forms.Form):
    satisfaction = forms.ChoiceField(label="满意度", required=False, choices=[*ANY, *Satisfaction.choices()])
    channel = forms.ChoiceField(label="渠道", required=False, choices=[*ANY, *MEDIUM_LABELS.items()])
    since = forms.DateField(label="起", required=False, widget=DayInput())
    until = forms.DateField(label="止", required=False, widget=DayInput())


class MonthForm(forms.Form):
    month = forms.RegexField(
        r"^20\d\d-(0[1-9]|1[0-2])$", label="月份", required=False, widget=forms.TextInput(attrs={"type": "month"})
    )


class SchemeForm(forms.Form):
    """A weight per level between 0 and 1; an empty one leaves the level out."""

    name = forms.CharField(label="方案名称", max_length=60)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for level in LEVELS:
            self.fields[level] = forms.DecimalField(
                label=f"{level.label}折算", required=False, min_value=0, max_value=1, decimal_places=2,
                widget=forms.NumberInput(attrs={"step": "0.01", "inputmode": "decimal"}),
            )

    def weights(self) -> dict[str, int]:
        """In hundredths, as the scheme keeps them."""
        given: dict[str, Decimal | None] = {str(level): self.cleaned_data[level] for level in LEVELS}
        return {level: int(weight * FULL) for level, weight in given.items() if weight is not None}
