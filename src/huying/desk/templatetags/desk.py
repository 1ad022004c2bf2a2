"""Where on the intake page a field of the domain is put right."""

from django import template

register = template.Library()
_PLACES = {"region": "id_place_find", "kind": "id_kind_0", "urgency": "id_urgency_0", "address_way": "id_confirmed"}


@register.filter
def anchor(field: str) -> str:
    """The id of the control."""
    return _PLACES.get(field, f"id_{field}")
