"""The small forms of the floor."""

from typing import Any

from django import forms

from huying.org.models import Staff
from huying.ui.fields import DayInput


class MessageForm(forms.Form):
    receiver = forms.ModelChoiceField(Staff.objects.none(), label="收信人", empty_label="请选择")
    text = forms.CharField(label="内容", max_length=500, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, *args: Any, staff: Staff, **options: Any) -> None:
        super().__init__(*args, **options)
        rows = Staff.objects.filter(centre_id=staff.centre_id, unit=None, is_active=True).exclude(pk=staff.pk).order_by("name")
        receiver: Any = self.fields["receiver"]
        receiver.queryset, receiver.label_from_instance = rows, lambda row: f"{row.name}（{row.username}）"


class NoteForm(forms.Form):
    text = forms.CharField(label="记一条", max_length=500, widget=forms.Textarea(attrs={"rows": 2}))


class DayForm(forms.Form):
    day = forms.DateField(label="日期", required=False, widget=DayInput())
