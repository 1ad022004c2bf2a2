"""What a citizen may add to an order of his own."""

from typing import Any

from django import forms

from huying.portal.forms.appeal import AppealForm
from huying.workorders.catalog import Satisfaction, Unhappy

REASONS = [
    ("solved", "问题已经解决"), ("mistake", "填错了，要重新反映"), ("repeat", "和另一件重复"), ("other", "其他原因"),
]


class SupplementForm(forms.Form):
    """`has_files`: material has been taken in already, so nothing need be typed."""

    use_required_attribute = False
    note = forms.CharField(label="要补充什么", required=False, max_length=5000, widget=forms.Textarea(attrs={"rows": 5}))
    photo, papers, voice = (AppealForm.base_fields[name] for name in ("photo", "papers", "voice"))

    def __init__(self, *args: Any, has_files: bool = False, **options: Any) -> None:
        super().__init__(*args, **options)
        self.has_files = has_files

    def clean_note(self) -> str:
        text = str(self.cleaned_data["note"]).replace("\x00", "").strip()
        if len(text) < 2 and not self.has_files:
            raise forms.ValidationError("请写下要补充的情况，或选照片、录音")
        return text if len(text) >= 2 else ""


class UrgeForm(forms.Form):
    use_required_attribute = False
    note = forms.CharField(label="想说的话", required=False, max_length=500, widget=forms.Textarea(attrs={"rows": 3}),
                           help_text="可以不写。")


class WithdrawForm(forms.Form):
    use_required_attribute = False
    why = forms.ChoiceField(label="为什么撤单", choices=REASONS, widget=forms.RadioSelect,
                            error_messages={"required": "请选一个原因"})
    more = forms.CharField(label="说明", required=False, max_length=500, widget=forms.Textarea(attrs={"rows": 3}),
                           help_text="可以不写；选“其他原因”请写一下。")

    def clean(self) -> dict[str, Any]:
        said = super().clean() or self.cleaned_data
        if said.get("why") == "other" and len(said.get("more", "").strip()) < 2:
            self.add_error("more", "请简单写一下原因")
        return said

    @property
    def reason(self) -> str:
        words = dict(REASONS)[self.cleaned_data["why"]]
        more = self.cleaned_data["more"].strip()
        return f"{words}：{more}" if more else words


class RateForm(forms.Form):
    use_required_attribute = False
    satisfaction = forms.ChoiceField(label="您对办理结果满意吗", choices=Satisfaction.choices(), widget=forms.RadioSelect,
                                     error_messages={"required": "请选一项"})
    unhappy = forms.ChoiceField(label="哪里不满意", choices=[("", "请选择"), *Unhappy.choices()], required=False,
                                help_text="选“不满意”时请选一个原因。")
    note = forms.CharField(label="还想说什么", required=False, max_length=1000, widget=forms.Textarea(attrs={"rows": 4}),
                           help_text="可以不写。")
