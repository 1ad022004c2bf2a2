"""The forms of a flow: its name, one step, publishing."""

from collections.abc import Iterable
from typing import Any

from django import forms

from huying.calls.forms.rows import RowForm
from huying.calls.models import Flow
from huying.calls.rules.flow_check import MOST_WORDS, Known, name_of
from huying.calls.rules.flow_kinds import KINDS, Option

TO_PERSON = ("", "人工（默认技能组）")
NOT_USED = ("", "—")


class FlowForm(RowForm):
    class Meta:
        model = Flow
        fields = ["name"]
        help_texts = {"name": "如“12345 默认导航”“春节导航”"}

    def clean_name(self) -> str:
        name = str(self.cleaned_data["name"])
        if Flow.objects.filter(centre=self.instance.centre, name=name).exclude(pk=self.instance.pk).exists():
            raise forms.ValidationError("本中心已有同名的流程，请换一个名称")
        return name


class PublishForm(forms.Form):
    note = forms.CharField(label="改了什么", max_length=200, help_text="写给以后查看版本的人，如“更换国庆节问候语”")


class NewNodeForm(forms.Form):
    kind = forms.ChoiceField(label="添加一步", choices=[(name, kind.label) for name, kind in KINDS.items()])
    name = forms.CharField(label="名称", max_length=40, required=False)


class NodeForm(forms.Form):
    """A step: fields "o-OPTION" and "e-KEY", filled from the node. What does not fit is said beside it, not refused."""

    name = forms.CharField(label="名称", max_length=40, required=False, help_text="在图中显示")

    def __init__(
        self, data: Any = None, *, node: dict[str, Any], nodes: Iterable[dict[str, Any]], known: Known
    ) -> None:
        self.node, self.kind = node, KINDS[node["kind"]]
        super().__init__(data, auto_id=f"{node['id']}-%s", initial={"name": node.get("name", "")})
        for option in self.kind.options:
            value = str(node["options"].get(option.name, ""))
            self.fields[f"o-{option.name}"] = _option_field(option, value, known)
            self.initial[f"o-{option.name}"] = value
        steps = [(each["id"], name_of(each)) for each in nodes]
        for key, label in self.kind.exits.items():
            value = str(node["exits"].get(key, ""))
            lost = [(value, "（已删除的一步）")] if value and value not in dict(steps) else []
            self.fields[f"e-{key}"] = forms.ChoiceField(label=label, choices=[self.blank(key), *steps, *lost], required=False)
            self.initial[f"e-{key}"] = value

    def blank(self, key: str) -> tuple[str, str]:
        """What an exit means that is not set."""
        if self.node["kind"] == "speech" and key.isdigit():
            return ("", "人工（默认技能组）") if key == "0" else NOT_USED
        if self.node["kind"] == "robot" and key.isdigit():
            return ("", "同“机器人挂断后”")
        if self.node["kind"] == "menu" and key != "timeout":
            return ("", "同“不按键”") if key == "invalid" else NOT_USED
        return ("", "由交换机提供回拨和留言") if self.node["kind"] == "queue" else TO_PERSON

    def options(self) -> list[Any]:
        return [self[f"o-{option.name}"] for option in self.kind.options]

    def exits(self) -> list[Any]:
        return [self[f"e-{key}"] for key in self.kind.exits]

    def said(self) -> dict[str, Any]:
        """The values for `flow_edit.changed`."""
        given = self.cleaned_data
        return {
            "name": given["name"],
            "options": {option.name: "1" if (value := given[f"o-{option.name}"]) is True else str(value or "")
                        for option in self.kind.options},
            "exits": {key: given[f"e-{key}"] for key in self.kind.exits},
        }


def _option_field(option: Option, value: str, known: Known) -> forms.Field:
    if option.sort == "flag":
        return forms.BooleanField(label=option.label, required=False)
    if option.sort == "words":
        widget = forms.TextInput(attrs={"placeholder": "如 社保、医保卡"})
        return forms.CharField(label=option.label, max_length=MOST_WORDS, required=False, widget=widget)
    if option.sort in {"count", "number"}:
        usual = f"不填为 {option.usual}" if option.usual else ""
        widget = forms.TextInput(attrs={"inputmode": "numeric", "placeholder": usual})
        return forms.CharField(label=option.label, max_length=20, required=False, widget=widget)
    table = known.of(option.sort)
    empty = "来电号码的默认技能组" if option.name == "queue" else "—"
    lost = [(value, f"（已不存在）{value}")] if value and value not in table else []
    return forms.ChoiceField(label=option.label, choices=[("", empty), *table.items(), *lost], required=False)
