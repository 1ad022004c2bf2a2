"""Form fields that several rooms share, and how an operation's refusal gets back into a form."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from huying.kernel.errors import Refusal

Children = Callable[[str], Sequence[tuple[str, str]]]
LEVELS = ("市", "区、县", "街道、镇", "社区、村")


def refuse(form: forms.BaseForm, refusal: Refusal) -> None:
    """Put what an operation declined into the form it came from: the sentence on top, each field's own beside it."""
    named = {name: words for name, words in refusal.fields.items() if name in form.fields}
    if not named or refusal.message != type(refusal).message or len(named) < len(refusal.fields):
        form.add_error(None, refusal.message)
    for name, words in refusal.fields.items():
        form.add_error(name if name in named else None, words)


class DayInput(forms.DateInput):
    """The browser's own calendar. It takes ISO 8601 only: a day written as the locale has it stays empty, and is lost with
    the next save."""

    input_type = "date"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, format="%Y-%m-%d")


class RegionSelect(forms.Widget):
    """Four selects, one per level; each is filled from the one before it.

    With JavaScript the next select is fetched from `url?parent=CODE` (an answer of bare options); without, a button
    named `_refresh` sends the form back, and the view draws it again when `refreshing(form)`.
    """

    template_name = "ui/components/region.html"
    subwidgets_own_style = True

    def __init__(self, children: Children, url: str, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs)
        self.children = children
        self.url = url

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> str:
        """The deepest code that hangs under the ones before it; a level left over from another parent is dropped."""
        value = ""
        for place in range(len(LEVELS)):
            code = str(data.get(f"{name}_{place}", ""))
            if not code or code not in dict(self.children(value)):
                break
            value = code
        return value or str(data.get(name, ""))

    def value_omitted_from_data(self, data: Mapping[str, Any], files: Any, name: str) -> bool:
        return name not in data and f"{name}_0" not in data

    def id_for_label(self, id_: str) -> str:
        return f"{id_}_0" if id_ else id_

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        context["widget"]["levels"] = self._levels(str(value or ""))
        context["widget"]["url"] = self.url
        return context

    def _levels(self, value: str) -> list[dict[str, Any]]:
        chain = lineage(self.children, value)
        levels, parent = [], ""
        for place, label in enumerate(LEVELS):
            chosen = chain[place] if place < len(chain) else ""
            options = self.children(parent) if place == 0 or parent else ()
            levels.append({"place": place, "label": label, "options": options, "chosen": chosen})
            parent = chosen
        return levels


class RegionField(forms.CharField):
    """A division code of any of the four levels. `children(code)` gives (code, name) pairs; `""` asks for the top."""

    def __init__(self, *, children: Children, url: str = "", least: int = 1, **options: Any) -> None:
        """`least`: how many levels must be chosen at least."""
        super().__init__(widget=RegionSelect(children, url), **options)
        self.children = children
        self.least = least

    def validate(self, value: str) -> None:
        super().validate(value)
        chain = lineage(self.children, value)
        if value and (not chain or chain[-1] != value):
            raise ValidationError("没有这个地方，请重新选择", code="unknown")
        if value and len(chain) < self.least:
            raise ValidationError(f"请至少选到{LEVELS[self.least - 1]}", code="level")


def lineage(children: Children, value: str) -> list[str]:
    """From the top down to `value`, walking where codes begin alike, as public division codes do."""
    chain: list[str] = []
    while value and len(chain) < len(LEVELS):
        codes = [code for code, _ in children(chain[-1] if chain else "")]
        above = [code for code in codes if value == code or value.startswith(code.rstrip("0") or code)]
        step = value if value in above else max(above, key=lambda code: len(code.rstrip("0")), default=None)
        if step is None:
            break
        chain.append(step)
        if step == value:
            break
    return chain


def refreshing(form: forms.BaseForm) -> bool:
    """Whether the form was sent only to fill dependent selects; then its errors are set aside: draw it again as typed."""
    if "_refresh" not in form.data:
        return False
    form.errors.clear()
    return True
