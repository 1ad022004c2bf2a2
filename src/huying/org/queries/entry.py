"""Who holds a token, with all that every call of the API needs to know of that person, in one trip to the database."""

from datetime import datetime
from typing import Any

from django.db import models

from huying.audit.queries import quick
from huying.org.models import Centre, Staff, Unit


def _columns(model: type[models.Model], name: str) -> str:
    return ", ".join(f'{name}."{field.column}"' for field in model._meta.concrete_fields)


_PARTS: tuple[type[models.Model], ...] = (Staff, Centre, Unit)
FIND = f"""
    SELECT token.id, token.scopes, token.seen_at,
        ARRAY(SELECT DISTINCT unnest(role.permissions) FROM org_role role
              JOIN org_staff_roles held ON held.role_id = role.id WHERE held.staff_id = staff.id),
        set_config('huying.centres', CASE WHEN staff.unit_id IS NULL
            THEN (SELECT string_agg(below.id::text, ',') FROM org_centre below WHERE starts_with(below.path, centre.path))
            ELSE replace(trim(BOTH '/' FROM centre.path), '/', ',') END, false),
        {_columns(Staff, "staff")}, {_columns(Centre, "centre")}, {_columns(Unit, "unit")}
    FROM org_apitoken token
    JOIN org_staff staff ON staff.id = token.staff_id AND staff.is_active
    JOIN org_centre centre ON centre.id = staff.centre_id AND centre.is_active
    LEFT JOIN org_unit unit ON unit.id = staff.unit_id
    WHERE token.digest = %s AND token.revoked_at IS NULL AND (token.expires_at IS NULL OR token.expires_at > %s)
"""  # noqa: S608  names of columns, no values


def let_in(digest: bytes, now: datetime) -> tuple[int, datetime | None, list[str], Staff] | None:
    """Token's key, when it was last seen, its scopes, and its holder; None for a token that opens nothing.

    The connection sees `centres_of` that person from then on, as SQL says here once more; the caller closes it again.
    `permissions`, `centre` and `unit` of the person are loaded.
    """
    row = quick(FIND, [digest, now])
    if row is None:
        return None
    key, scopes, seen_at, permissions, _, *rest = row
    staff, centre, unit = (_made(model, rest) for model in _PARTS)
    staff.permissions = frozenset(permissions)
    staff.centre, staff.unit = centre, unit
    return key, seen_at, scopes, staff


def _made(model: type[models.Model], values: list[Any]) -> Any:
    """Take as many values as the model has columns; None when there is no row."""
    names = [field.attname for field in model._meta.concrete_fields]
    mine, values[: len(names)] = values[: len(names)], []
    return model.from_db("default", names, mine) if mine[0] is not None else None
