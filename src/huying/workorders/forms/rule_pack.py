"""The form of a rule pack: every value of it, grouped as people speak of them."""

from collections.abc import Iterator, Mapping
from copy import deepcopy
from typing import Any

from django import forms

from huying.workorders.catalog import Kind, Urgency

UNITS = [("workdays", "工作日"), ("hours", "工作小时"), ("natural_hours", "自然小时"), ("natural_minutes", "自然分钟")]
KINDS, DEGREES = Kind.choices(), Urgency.choices()
GROUPS: list[tuple[str, tuple[str, ...], list[tuple[str, str]], bool]] = [
    ("签收时限", ("sign",), DEGREES, True),
    ("办理时限（按诉求类型）", ("handle", "by_kind"), KINDS, True),
    ("办理时限（按紧急程度，优先）", ("handle", "by_urgency"), DEGREES, False),
    ("答复诉求人时限（按诉求类型）", ("answer", "by_kind"), KINDS, True),
    ("答复诉求人时限（按紧急程度，优先）", ("answer", "by_urgency"), DEGREES, False),
]
SINGLE = [("review", "审核时限"), ("follow_up", "回访时限"), ("rehandle", "重办时限")]
WHOLE: list[tuple[tuple[str, ...], str]] = [
    (("return", "per_unit"), "每单位可退次数"), (("return", "arbitrate_from"), "第几家退回起仲裁"),
    (("extension", "times"), "可延期次数"), (("extension", "workdays"), "累计延期工作日上限"),
    (("follow_up_attempts",), "回访未接通几次算已执行"), (("rehandle_limit",), "可重办次数"),
    (("rating_days",), "办结后几天内可评价"),
]
MORE_TERMS = [(("return", "within"), "退回申请期限"), (("extension", "ahead"), "延期须提前")]


class TermWidget(forms.MultiWidget):
    """An amount and its unit."""

    template_name = "workorders/settings/term_widget.html"

    def __init__(self) -> None:
        super().__init__([forms.NumberInput(attrs={"min": 0, "class": "form-control"}),
                          forms.Select(choices=UNITS, attrs={"class": "form-select"})])

    def decompress(self, value: Any) -> list[Any]:
        if not value:
            return [None, "workdays"]
        if value.get("workdays"):
            return [value["workdays"], "workdays"]
        minutes = value.get("minutes", 0) or value.get("hours", 0) * 60
        if value.get("natural"):
            return [minutes // 60, "natural_hours"] if minutes % 60 == 0 else [minutes, "natural_minutes"]
        return [minutes // 60, "hours"]


class TermField(forms.MultiValueField):
    """A term as the pack's JSON writes it; None when left empty."""

    def __init__(self, **kwargs: Any) -> None:
        amount = forms.IntegerField(min_value=1, max_value=3000, required=False)
        super().__init__(
            fields=[amount, forms.ChoiceField(choices=UNITS, required=False)], widget=TermWidget(),
            require_all_fields=False, **kwargs,
        )

    def compress(self, data_list: list[Any]) -> dict[str, Any] | None:
        if not data_list or not data_list[0]:
            if self.required:
                raise forms.ValidationError("请填写时限")
            return None
        amount, unit = data_list
        if unit == "natural_hours":
            return {"minutes": amount * 60, "natural": True}
        if unit == "natural_minutes":
            return {"minutes": amount, "natural": True}
        return {unit: amount}


def at(data: Mapping[str, Any], path: tuple[str, ...]) -> Any:
    for step in path:
        data = data.get(step) or {}
    return data or None


def put(data: dict[str, Any], path: tuple[str, ...], value: Any) -> None:
    for step in path[:-1]:
        data = data.setdefault(step, {})
    if value is None:
        data.pop(path[-1], None)
    else:
        data[path[-1]] = value


class PackForm(forms.Form):
    """Begins with the pack in force; what it does not show (reminders, caller kinds) is carried over unchanged."""

    name = forms.CharField(label="名称", max_length=60)
    effective_from = forms.DateTimeField(
        label="生效时间", widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
    )

    def __init__(self, *args: Any, base: Mapping[str, Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.base = base
        self.paths: dict[str, tuple[str, ...]] = {}
        self.groups: list[tuple[str, list[str]]] = []
        for title, path, rows, required in GROUPS:
            self.add_group(title, [((*path, key), label, required) for key, label in rows])
        self.add_group("其他时限", [((key,), label, True) for key, label in SINGLE]
                       + [(path, label, True) for path, label in MORE_TERMS])
        names = [self.add(path, forms.IntegerField(label=label, min_value=0, max_value=999)) for path, label in WHOLE]
        self.groups.append(("次数与上限", names))

    def add(self, path: tuple[str, ...], field: forms.Field) -> str:
        name = "__".join(path)
        field.initial = at(self.base, path)
        self.fields[name], self.paths[name] = field, path
        return name

    def add_group(self, title: str, rows: list[tuple[tuple[str, ...], str, bool]]) -> None:
        self.groups.append(
            (title, [self.add(path, TermField(label=label, required=required)) for path, label, required in rows])
        )

    def sections(self) -> Iterator[tuple[str, list[forms.BoundField]]]:
        for title, names in self.groups:
            yield title, [self[name] for name in names]

    def pack_data(self) -> dict[str, Any]:
        """The pack's JSON with the values of the form."""
        data: dict[str, Any] = deepcopy(dict(self.base))
        data["name"] = self.cleaned_data["name"]
        for name, path in self.paths.items():
            put(data, path, self.cleaned_data.get(name))
        return data
