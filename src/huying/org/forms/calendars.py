"""A working calendar as a form; what is wrong with it stands beside the line it is in."""

from typing import Any

from django import forms

from huying.kernel.calendar import DEFAULT_WEEK, BadCalendar, calendar_from_dict
from huying.org.models import Calendar
from huying.org.rules.calendar_form import DAYS, BadEntry, to_data, to_typed

DEFAULT = {day: [str(span) for span in spans] for day, spans in zip(DAYS, DEFAULT_WEEK, strict=True)}
DATES = "每行一天或一段，如 2027-01-01 或 2027-02-05 至 2027-02-11"


class CalendarForm(forms.Form):
    """`data()` is what is stored."""

    name = forms.CharField(label="名称", max_length=60)
    national = forms.BooleanField(label="执行国家法定节假日和调休", required=False)
    holidays = forms.CharField(
        label="本中心另外放假", required=False, help_text=DATES, widget=forms.Textarea(attrs={"rows": 5})
    )
    workdays = forms.CharField(
        label="本中心另外上班", required=False, widget=forms.Textarea(attrs={"rows": 5}),
        help_text="每行一天，如 2027-02-14；按周一的时段上班，也可每行都写明时段，如 2027-02-14 09:00-12:00",
    )
    years = forms.CharField(
        label="已完整登记的年份", required=False, max_length=60,
        help_text="国家尚未公布安排的年份，在上面登记完整后写在这里，如 2027；不写则该年暂按每周时段计算并标注“暂定”",
    )

    def __init__(self, *args: Any, calendar: Calendar | None = None, **kwargs: Any) -> None:
        if "initial" not in kwargs:
            kwargs["initial"] = {"name": calendar.name if calendar else "", **to_typed(calendar.data if calendar else {}, DEFAULT)}
        super().__init__(*args, **kwargs)
        for day, label in DAYS.items():
            self.fields[day] = forms.CharField(
                label=label, required=False, max_length=100, widget=forms.TextInput(attrs={"placeholder": "休息"})
            )

    @property
    def week(self) -> list[forms.BoundField]:
        return [self[day] for day in DAYS]

    def clean(self) -> dict[str, Any]:
        cells = super().clean() or {}
        if self.errors:
            return cells
        try:
            self._data = to_data(cells)
            calendar_from_dict(self._data)
        except BadEntry as wrong:
            self.add_error(_place_of(cells, str(wrong)), str(wrong))
        except BadCalendar as refusal:
            for place, reason in refusal.fields.items():
                parts = place.split(".")
                name = parts[1] if parts[0] == "weekly" and len(parts) > 1 else parts[0]
                self.add_error(name if name in self.fields else None, reason)
        return cells

    def data_to_store(self) -> dict[str, Any]:
        return self._data


def _place_of(cells: dict[str, Any], words: str) -> str:
    """The field that holds the text in quotation marks (or the date at the beginning) of a complaint."""
    said = words.partition("“")[2].partition("”")[0] or words.split(" ")[0]
    return next((name for name in ("holidays", "workdays", "years") if said and said in str(cells.get(name, ""))), "workdays")
