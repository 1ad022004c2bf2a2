"""The REST interface put together: routes, authentication, limits, refusals (issue, section 8)."""

from huying.config.api.assembly import api
from huying.config.api.gate import Gate

__all__ = ["Gate", "api"]
