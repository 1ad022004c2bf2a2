"""Check the extra fields of a template."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from huying.workorders.rules.inputs import BadInput
from huying.workorders.rules.template import ExtraField, Template


def clean_extra(template: Template, values: Mapping[str, Any]) -> dict[str, Any]:
    """The template's fields, typed; unknown names are dropped. Raises BadInput with `fields.NAME` at fault."""
    cleaned: dict[str, Any] = {}
    wrong: dict[str, str] = {}
    for spec in template.fields:
        raw = values.get(spec.name)
        if raw in (None, ""):
            if spec.required:
                wrong[f"fields.{spec.name}"] = f"请填写{spec.label}"
            continue
        try:
            cleaned[spec.name] = _typed(spec, raw)
        except ValueError:
            wrong[f"fields.{spec.name}"] = f"{spec.label}填写有误"
    if wrong:
        raise BadInput(fields=wrong)
    return cleaned


def _typed(spec: ExtraField, raw: Any) -> Any:
    if spec.kind == "number":
        return int(str(raw))
    if spec.kind == "date":
        return date.fromisoformat(str(raw)).isoformat()
    if spec.kind == "bool":
        return str(raw).lower() in {"1", "true", "on", "yes"}
    if spec.kind == "choice" and str(raw) not in dict(spec.choices):
        raise ValueError(spec.name)
    return str(raw).strip()[: 5000 if spec.kind == "longtext" else 200]
