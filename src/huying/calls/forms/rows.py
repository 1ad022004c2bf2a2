"""What the forms of the telephone's settings have in common."""

import re
from typing import Any

from django import forms

from huying.calls.policies import own_centres
from huying.org.policies import Actor

_APART = re.compile(r"[\s,，、;；]+")


class WordsField(forms.CharField):
    """A few words apart by commas, blanks or lines; each once, in the order typed."""

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value) if isinstance(value, list | tuple) else value

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        return list(dict.fromkeys(filter(None, _APART.split(text))))

    def has_changed(self, initial: Any, data: Any) -> bool:
        return list(initial or []) != list(filter(None, _APART.split(data or "")))


class RowForm(forms.ModelForm):  # type: ignore[type-arg]
    """A row of one centre. `own`: relations to rows of that centre alone; `near`: of any centre this person manages."""

    own: tuple[str, ...] = ()
    near: tuple[str, ...] = ()
    ranges: dict[str, tuple[int, int]] = {}

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for each in self.fields.values():
            if isinstance(each, forms.ModelChoiceField) and not each.required:
                each.empty_label = "—"
        for name in self.own:
            self.fields[name].queryset = self._usable(name).filter(centre=self.instance.centre)  # type: ignore[attr-defined]
        for name in self.near:
            self.fields[name].queryset = self._usable(name).filter(centre__in=own_centres(actor))  # type: ignore[attr-defined]

    def _usable(self, name: str) -> Any:
        """Those in use, and the one that is set already."""
        rows = self.fields[name].queryset  # type: ignore[attr-defined]
        if "is_active" in {field.name for field in rows.model._meta.concrete_fields}:
            rows = rows.filter(is_active=True) | rows.model._default_manager.filter(pk=getattr(self.instance, f"{name}_id", None))
        return rows

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        for name, (low, high) in self.ranges.items():
            if (value := said.get(name)) is not None and not low <= value <= high:
                self.add_error(name, f"请填 {low} 到 {high} 之间的数")
        return said

    def clean_code(self) -> str:
        code = str(self.cleaned_data["code"])
        rows = type(self.instance)._default_manager.filter(centre=self.instance.centre, code=code)
        if rows.exclude(pk=self.instance.pk).exists():
            raise forms.ValidationError("本中心已有这个代码，请换一个")
        return code
