"""Logs as JSON lines with the request's id, and without personal data.

No query strings, no bodies, no paths (an order number or a code may stand in them): requests are named by route.
Telephone numbers, ID numbers and e-mail addresses that slip into a message or an exception are masked.
"""

import logging
from typing import Any

import structlog
from structlog.types import EventDict, WrappedLogger

from huying.kernel.masking import scrub


def _without_path(logger: WrappedLogger, name: str, event: EventDict) -> EventDict:
    """Django's own `Internal Server Error: /path` and `Not Found: /path` lose the path."""
    record = event.get("_record")
    if record is not None and record.name.startswith("django.") and isinstance(event.get("event"), str):
        event["event"] = event["event"].split(": /", 1)[0]
    return event


def _masked(logger: WrappedLogger, name: str, event: EventDict) -> EventDict:
    for key in ("event", "exception"):
        if isinstance(text := event.get(key), str):
            lines = (line for line in text.splitlines() if not line.lstrip().startswith("DETAIL:"))
            event[key] = scrub("\n".join(lines))  # PostgreSQL's DETAIL quotes the row's values
    return event


SHARED: list[Any] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
]


def configuration(level: str) -> dict[str, Any]:
    """What Django's LOGGING wants; also sets structlog up, so that both kinds of loggers write alike."""
    structlog.configure(
        processors=[*SHARED, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level]),
        cache_logger_on_first_use=True,
    )
    formatter = {
        "()": structlog.stdlib.ProcessorFormatter,
        "foreign_pre_chain": SHARED,
        "processors": [
            _without_path,
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.format_exc_info,
            _masked,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
    }
    quiet = {"level": "ERROR"}
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"json": formatter},
        "handlers": {"out": {"class": "logging.StreamHandler", "formatter": "json", "stream": "ext://sys.stdout"}},
        "root": {"handlers": ["out"], "level": "WARNING"},
        "loggers": {
            "huying": {"level": level},
            "django": {"handlers": [], "level": "WARNING", "propagate": True},
            "django.security.DisallowedHost": {"level": "CRITICAL"},  # any scanner can make as many as it likes
            "django.request": quiet,  # what was refused is in our own request line
            "django.server": {"handlers": [], "propagate": True},
            "axes": quiet,  # it writes user names; refusals are on the audit trail
        },
    }
