"""What every page shows of the person signed in."""

from typing import Any

from django.http import HttpRequest


def page_context(request: HttpRequest) -> dict[str, Any]:
    actor = getattr(request, "actor", None)
    return {"actor": actor, "centre": actor.staff.centre if actor and actor.staff else None, "nav": []}
