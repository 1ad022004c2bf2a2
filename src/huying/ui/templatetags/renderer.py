"""Inputs and selects drawn without a template for each.

A list's filter bar is some twenty controls with a hundred choices, and Django takes one template for every control, choice
and set of attributes: a third of the time of a list page. What is drawn here is letter for letter what those templates give.
"""

from collections.abc import Callable, Mapping
from typing import Any

from django.forms.renderers import DjangoTemplates

from huying.ui.templatetags.marks import escaped

Widget = Mapping[str, Any]


def draw_input(widget: Widget) -> str:
    value = "" if widget["value"] is None else f' value="{escaped(widget["value"])}"'
    kind, name = escaped(widget["type"]), escaped(widget["name"])
    return f'<input type="{kind}" name="{name}"{value}{draw_attributes(widget)}>'


def draw_select(widget: Widget) -> str:
    parts = [f'<select name="{escaped(widget["name"])}"{draw_attributes(widget)}>']
    for label, options, _ in widget["optgroups"]:
        if label:
            parts.append(f'\n  <optgroup label="{escaped(label)}">')
        for option in options:
            value = f'value="{escaped(option["value"])}"{draw_attributes(option)}'
            parts.append(f"\n  <option {value}>{escaped(option['label'])}</option>\n")
        if label:
            parts.append("\n  </optgroup>")
    parts.append("\n</select>")
    return "".join(parts)


def draw_attributes(widget: Widget) -> str:
    return "".join(
        f" {escaped(name)}" if value is True else f' {escaped(name)}="{escaped(value)}"'
        for name, value in widget["attrs"].items() if value is not False
    )


_INPUTS = ("input", "text", "number", "email", "url", "password", "hidden", "date", "datetime", "time", "checkbox")
DRAWN: dict[str, Callable[[Widget], str]] = {
    **{f"django/forms/widgets/{name}.html": draw_input for name in _INPUTS}, "django/forms/widgets/select.html": draw_select,
}


class Renderer(DjangoTemplates):
    """The FORM_RENDERER: whatever is not in DRAWN has its template."""

    def render(self, template_name: str, context: dict[str, Any], request: Any = None) -> str:
        draw = DRAWN.get(template_name)
        return draw(context["widget"]) if draw else super().render(template_name, context, request)
