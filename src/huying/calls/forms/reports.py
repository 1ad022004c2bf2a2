"""What a report is asked for by."""

from datetime import date, timedelta
from typing import Any

from django import forms

from huying.calls.queries.asked import Question
from huying.kernel import clock
from huying.kernel.clock import SHANGHAI
from huying.ui.fields import DayInput

MOST_DAYS = 3 * 366
FIRST, LAST = date(1990, 1, 1), date(2199, 12, 31)


class ReportForm(forms.Form):
    """Every field may be left out: the present month by day, 20 seconds from the queue on."""

    since = forms.DateField(label="起", required=False, widget=DayInput())
    until = forms.DateField(label="止", required=False, widget=DayInput())
    step = forms.ChoiceField(
        label="时间", required=False, choices=[("day", "按日"), ("week", "按周"), ("month", "按月"), ("none", "不分时段")]
    )
    by = forms.ChoiceField(
        label="对象", required=False,
        choices=[("", "不分对象"), ("group", "按技能组"), ("agent", "按坐席"), ("number", "按被叫号码"), ("centre", "按运营中心")],
    )
    seconds = forms.IntegerField(
        label="门槛（秒）", required=False, min_value=1, max_value=3600,
        widget=forms.NumberInput(attrs={"list": "report-seconds", "inputmode": "numeric"}),
    )
    start = forms.ChoiceField(label="起算", required=False, choices=[("queued", "从入队"), ("entered", "从接入")])
    happy = forms.ChoiceField(label="满意", required=False, choices=[("4", "满意及以上"), ("3", "一般及以上")])

    def clean(self) -> dict[str, Any]:
        found = dict(super().clean() or {})
        today = clock.now().astimezone(SHANGHAI).date()
        until = found.get("until") or max(today, found.get("since") or today)
        since = found.get("since") or until.replace(day=1)
        if since > until:
            self.add_error("since", "起始日期晚于截止日期，请调整")
        elif until - since > timedelta(days=MOST_DAYS) or since < FIRST or until > LAST:
            self.add_error("since", "一次最多查看三年，且在 1990 至 2199 年之间，请调整")
        return {**found, "since": since, "until": until}

    def question(self) -> Question:
        """Of a form that is valid."""
        said = self.cleaned_data
        step: Any = said.get("step") or "day"
        return Question(
            since=said["since"], until=said["until"], step="" if step == "none" else step, by=said.get("by") or "",
            seconds=said.get("seconds") or 20, start=said.get("start") or "queued", happy=int(said.get("happy") or 4),
        )
