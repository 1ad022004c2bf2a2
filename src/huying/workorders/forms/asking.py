"""Short forms that ask why."""

from django import forms

from huying.workorders.models import ExportRequest


class RevealForm(forms.Form):
    reason = forms.CharField(
        label="查看原因", max_length=500, widget=forms.Textarea({"rows": 3}),
        help_text="至少 4 个字。查看会被记录，诉求人可以看到次数。", error_messages={"required": "请写明查看原因"},
    )


class SaveFilter(forms.Form):
    name = forms.CharField(label="名称", max_length=20, error_messages={"required": "请给这组条件起个名字"})


class WantExport(forms.Form):
    reason = forms.CharField(
        label="用途", max_length=500, min_length=6, widget=forms.Textarea({"rows": 3}),
        help_text="写明谁要用、做什么用；联系方式在文件里始终脱敏。",
        error_messages={"required": "请写明用途", "min_length": "用途至少写 6 个字"},
    )
    format = forms.ChoiceField(
        label="格式", choices=ExportRequest.Format.choices, widget=forms.RadioSelect, initial=ExportRequest.Format.XLSX
    )


class DecideExport(forms.Form):
    decision = forms.CharField(label="审批意见", max_length=500, required=False, widget=forms.Textarea({"rows": 2}))
