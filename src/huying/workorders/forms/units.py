"""Choosing a unit by typing: a plain input with suggestions of the browser's own, no script needed."""

import re
from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet

from huying.org.models import Unit

SHOWN = 300
_CODE = re.compile(r"[（(]([^（）()]+)[）)]\s*$")


def label_of(unit: Unit) -> str:
    """As it stands in the suggestions: 城市管理局（CG）."""
    return f"{unit.name}（{unit.code}）"


def matching(units: QuerySet[Unit], text: str) -> QuerySet[Unit]:
    """Units whose name, short name, code or duties hold every word of `text`."""
    for word in text.replace("\0", "").split():
        units = units.filter(
            Q(name__icontains=word) | Q(short_name__icontains=word) | Q(code__icontains=word) | Q(duties__icontains=word)
        )
    return units


def resolve(units: QuerySet[Unit], text: str) -> Unit:
    """The unit that was meant: the whole suggestion, its code, its name, or a part only one unit has."""
    text = text.replace("\0", "").strip()
    if code := _CODE.search(text):
        exact = list(units.filter(code=code[1].strip()))
        named = [unit for unit in exact if label_of(unit) == text]
        if named or len(exact) == 1:
            return (named or exact)[0]
    exact = list(units.filter(Q(code=text) | Q(name=text) | Q(short_name=text))[:2])
    if len(exact) == 1:
        return exact[0]
    found = list(matching(units, text)[:6])
    if len(found) == 1:
        return found[0]
    if not found:
        raise ValidationError(f"没有找到“{text[:30]}”，请输入单位名称或编码的一部分再从提示中选择")
    names = "、".join(label_of(unit) for unit in found[:5])
    raise ValidationError(f"有 {'5 个以上' if len(found) > 5 else f'{len(found)} 个'}单位符合“{text[:30]}”：{names}，请写完整")


class UnitInput(forms.TextInput):
    """An input with a datalist; with script the list follows what is typed."""

    template_name = "workorders/widgets/unit.html"

    def __init__(self, options: Iterable[Unit] = (), url: str = "") -> None:
        super().__init__({"autocomplete": "off", "placeholder": "输入名称、简称或编码"})
        self.options, self.url = options, url

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        context["widget"] |= {
            "options": [label_of(unit) for unit in self.options], "url": self.url,
            "list": f"{context['widget']['attrs'].get('id', name)}_units",
        }
        return context


class UnitField(forms.CharField):
    """One unit out of `units`; cleaned to its id."""

    input: type[UnitInput] = UnitInput

    def __init__(self, *, units: QuerySet[Unit], url: str = "", **options: Any) -> None:
        super().__init__(max_length=200, widget=self.input(units[:SHOWN], url), **options)
        self.units = units

    def clean(self, value: Any) -> str:
        text = super().clean(value)
        return str(resolve(self.units, text).pk) if text else ""


class UnitsInput(UnitInput):
    """Several such inputs under one name."""

    template_name = "workorders/widgets/units.html"
    subwidgets_own_style = True
    rooms = 3

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[str]:
        values = data.getlist(name) if hasattr(data, "getlist") else data.get(name, [])
        return [value for value in values if value]

    def format_value(self, value: Any) -> Any:
        return value

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        values = [value] if isinstance(value, str) else list(value or [])
        context["widget"]["values"] = [*values, *[""] * max(self.rooms - len(values), 1)]
        return context


class UnitsField(UnitField):
    """Several units; cleaned to a list of ids."""

    input = UnitsInput

    def to_python(self, value: Any) -> Any:
        return list(value or [])

    def validate(self, value: Any) -> None:
        if self.required and not value:
            raise ValidationError(str(self.error_messages["required"]), code="required")

    def run_validators(self, value: Any) -> None:
        return None

    def clean(self, value: Any) -> Any:
        texts = self.to_python(value)
        self.validate(texts)
        return [str(resolve(self.units, text).pk) for text in texts]
