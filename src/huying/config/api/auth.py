"""Who is calling: a bearer token, narrowed to its scopes, on a connection that sees that person's centres only."""

from django.conf import settings
from django.db import InterfaceError, OperationalError, connection
from django.http import HttpRequest
from ninja.security import HttpBearer

from huying.config.api.limits import Buckets, TooFast
from huying.org.models import Staff
from huying.org.operations.tokens import open_by_token
from huying.org.policies import Actor, staff_actor
from huying.workorders.api.access import request_name

READS, WRITES = Buckets(settings.API_READS_PER_MINUTE), Buckets(settings.API_WRITES_PER_MINUTE)


class Bearer(HttpBearer):
    """`Authorization: Bearer …`; cookies count for nothing here, so no page can make a browser call the API."""

    openapi_description = "huying token 用户名 生成的令牌"

    def authenticate(self, request: HttpRequest, token: str) -> Actor | None:
        """Puts `request.actor` on the request; the gate takes the tenant scope back. Raises TooFast."""
        wait = (READS if request.method in {"GET", "HEAD"} else WRITES).take(token)
        if wait:
            raise TooFast(wait)
        request.api_scope = True  # type: ignore[attr-defined]
        found = holder(token)
        if found is None:
            return None
        staff, scopes = found
        actor = staff_actor(staff, ip=request.META.get("REMOTE_ADDR"), scopes=scopes, request_id=request_name(request))
        request.actor = actor  # type: ignore[attr-defined]
        return actor


def holder(token: str) -> tuple[Staff, frozenset[str]] | None:
    """Whose token this is. The first question of every request: a session that died meanwhile is noticed here and
    replaced, which costs nothing as long as none has died (Django would ask each session before each request)."""
    connection.health_check_done = True  # type: ignore[attr-defined]
    try:
        return open_by_token(token)
    except (OperationalError, InterfaceError):
        if connection.in_atomic_block:
            raise
        connection.close()
        return open_by_token(token)
