"""Nominating a caller, and deciding."""

from datetime import timedelta
from typing import cast

from django import forms

from huying.calls.models import Call
from huying.calls.queries.numbers import hash_of
from huying.calls.rules.block import MOST_DAYS
from huying.kernel import clock
from huying.org.models import Centre

EVIDENCE_DAYS, MOST_EVIDENCE = 180, 50


class CallChoice(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]  # Django's class takes no arguments
    def label_from_instance(self, obj: Call) -> str:
        at = clock.to_milliseconds(obj.entered_at).astimezone(clock.SHANGHAI)
        agent = f"，{obj.agent.name} 接听" if obj.agent else ""
        return f"{at:%m-%d %H:%M:%S}，{obj.outcome_label}，通话 {obj.talk_ms // 1000} 秒{agent}"


class NominateForm(forms.Form):
    """`centre`: whose calls are looked through for the number."""

    number = forms.CharField(label="来电号码", max_length=40, help_text="只能提名打进来过的号码")
    evidence = CallChoice(
        label="证据通话", queryset=Call.objects.none(), widget=forms.CheckboxSelectMultiple, required=False,
        help_text="勾选能说明问题的来电，录音和经过一并作为证据",
    )
    reason = forms.CharField(label="理由", widget=forms.Textarea(attrs={"rows": 3}), max_length=2000)
    days = forms.IntegerField(label="拦截天数", initial=7, help_text=f"1 到 {MOST_DAYS} 天，到期自动解除")

    def __init__(self, *args: object, centre: Centre, number: str = "", **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        typed = str(self.data.get("number", "")) or number
        since = clock.now() - timedelta(days=EVIDENCE_DAYS)
        rows = Call.objects.filter(centre=centre, number_hash=hash_of(typed), direction=Call.Direction.IN, entered_at__gte=since)
        newest = list(rows.order_by("-entered_at").values_list("pk", flat=True)[:MOST_EVIDENCE]) if hash_of(typed) else []
        found = Call.objects.filter(pk__in=newest).select_related("agent").order_by("-entered_at")
        cast(CallChoice, self.fields["evidence"]).queryset = found


class WordsForm(forms.Form):
    """Whatever is decided about a block is said in words."""

    words = forms.CharField(label="意见", widget=forms.Textarea(attrs={"rows": 2}), max_length=1000, required=False)
