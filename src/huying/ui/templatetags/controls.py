"""How a form's control is drawn: its class, its ties to help and errors."""

from typing import Any

from django import forms
from django.forms import BoundField
from django.utils.safestring import SafeString

_LISTS = (forms.RadioSelect, forms.CheckboxSelectMultiple)  # these put a class on the wrapper as well


def draw(bound: BoundField, extra: dict[str, Any], own_help: bool) -> SafeString:
    """The control's HTML. Django itself ties errors and help to it unless the template brings its own help text."""
    attrs: dict[str, Any] = {name.replace("_", "-"): value for name, value in extra.items()}
    attrs["class"] = " ".join(filter(None, [str(bound.field.widget.attrs.get("class", "")), _style(bound)]))
    if own_help and not bound.help_text and not bound.use_fieldset:
        ties = [f"{bound.auto_id}_helptext"] + ([f"{bound.auto_id}_error"] if bound.errors else [])
        attrs["aria-describedby"] = " ".join(ties)
    return bound.as_widget(attrs={name: value for name, value in attrs.items() if value not in {"", False}})


def _style(bound: BoundField) -> str:
    widget = bound.field.widget
    if isinstance(widget, forms.CheckboxInput):
        return "form-check-input"
    if isinstance(widget, _LISTS) or getattr(widget, "subwidgets_own_style", False):
        return ""
    base = "form-select" if isinstance(widget, forms.Select) else "form-control"
    return f"{base} is-invalid" if bound.errors else base
