"""What the forms of the telephone's settings have in common."""

import re
from typing import Any

from django import forms
from django.db.models import Q

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
    """A row of one centre. `own`: relations to rows of that centre alone; `near`: of that centre, those above it and those
    below the person's own. What is set already and out of this person's sight is not offered, and stays.
    """

    own: tuple[str, ...] = ()
    near: tuple[str, ...] = ()
    ranges: dict[str, tuple[int, int]] = {}

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for each in self.fields.values():
            if isinstance(each, forms.ModelChoiceField) and not each.required:
                each.empty_label = "—"
        own = Q(centre=self.instance.centre)
        near = own | Q(centre__in=own_centres(actor)) | Q(centre__in=self.instance.centre.lineage)
        for name in [*self.own, *self.near]:
            self._offer(name, own if name in self.own else near)

    def _offer(self, name: str, where: Q) -> None:
        """Those in use, and the one that is set already."""
        rows = self.fields[name].queryset  # type: ignore[attr-defined]
        chosen = getattr(self.instance, f"{name}_id", None)
        if "is_active" in {field.name for field in rows.model._meta.concrete_fields}:
            where &= Q(is_active=True)
        rows = rows.filter(where | Q(pk=chosen))
        if chosen is not None and not rows.filter(pk=chosen).exists():
            del self.fields[name]
        else:
            self.fields[name].queryset = rows  # type: ignore[attr-defined]

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
