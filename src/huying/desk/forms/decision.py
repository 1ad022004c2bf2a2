"""What each decision at intake needs to be told; whether it is enough, the action itself says."""

from dataclasses import dataclass
from typing import Any

from django import forms

from huying.desk.queries.units import unit_named
from huying.org.models import Centre
from huying.workorders.catalog import DECLINE_CODES


@dataclass(frozen=True, slots=True)
class Decision:
    """`do` in the form, the action it becomes, and which hints stand in its way until a reason is given."""

    do: str
    code: str
    label: str
    permission: str
    done: str
    hints: frozenset[str] | None = None


_ANSWERED = frozenset({"danger", "kind_praise", "kind_complaint", "kind_consultation", "phone_shape", "repeat_open"})
DECISIONS = {
    row.do: row
    for row in (
        Decision("answer", "direct_answer", "直接答复", "workorders.answer", "已直接答复并办结", _ANSWERED),
        Decision("submit", "submit", "送审", "workorders.intake", "已送审"),
        Decision("dispatch", "dispatch", "派单", "workorders.dispatch", "已派单"),
        Decision("decline", "decline", "不予受理", "workorders.decline", "已登记不予受理", frozenset({"danger"})),
    )
}


class DecisionForm(forms.Form):
    answer = forms.CharField(
        label="答复内容", required=False, max_length=5000, widget=forms.Textarea(attrs={"rows": 5}),
        help_text="将以短信告知诉求人，工单随即办结",
    )
    unit = forms.CharField(label="承办单位", required=False, max_length=120)
    opinion = forms.CharField(
        label="交办意见", required=False, max_length=5000, widget=forms.Textarea(attrs={"rows": 3}),
        help_text="写明需要核实和答复的要点",
    )
    clause = forms.CharField(label="依据条款", required=False, max_length=300)
    decline_code = forms.ChoiceField(
        label="情形", required=False,
        choices=[("", "请选择"), *((code, f"{code} {row[0]}") for code, row in DECLINE_CODES.items())],
    )
    script = forms.CharField(label="告知话术", required=False, max_length=5000, widget=forms.Textarea(attrs={"rows": 3}))
    urge_note = forms.CharField(label="催办说明", required=False, max_length=500)

    @property
    def channel(self) -> str:
        """Where to turn instead, of the code chosen."""
        return DECLINE_CODES.get(self["decline_code"].value() or "", ("", "", ""))[2]

    def said(self, do: str, centre: Centre) -> dict[str, Any]:
        """What goes with the action. Raises BadInput for a unit that cannot be told apart."""
        got = self.cleaned_data
        if do == "answer":
            return {"answer": got["answer"]}
        if do == "decline":
            standard = DECLINE_CODES.get(got["decline_code"], ("", "", ""))[1]
            return {"code": got["decline_code"], "script": got["script"] or standard}
        if do == "dispatch":
            return {"unit": str(unit_named(centre, got["unit"]).pk), "opinion": got["opinion"], "clause": got["clause"]}
        return {}
