"""Where PostgreSQL is and as whom we speak to it.

Two logins: the owner migrates and may do all; the application (`huying_app`) is bound by row-level security and can
neither change nor delete history. DATABASE_URL names the owner's connection; without it the embedded server is meant.
"""

import os
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from huying.config import environment

APP_ROLE = "huying_app"


def socket_folder(data: Path) -> Path:
    """The embedded server listens on a private socket only. Where the path would be too long or closed to the server's
    account, the launcher put a link there (see huying.config.launch.place)."""
    return Path(os.path.realpath(data / "pg-socket"))


def owner(data: Path) -> dict[str, Any]:
    """Django's connection settings of the owner."""
    url = environment.text("DATABASE_URL")
    if not url:
        return {
            "NAME": "huying",
            "USER": "huying_owner",
            "PASSWORD": environment.secret("db_owner").hex(),
            "HOST": str(socket_folder(data)),
            "PORT": "5432",
            "OPTIONS": {},
        }
    parts = urlsplit(url)
    if parts.scheme not in {"postgres", "postgresql"} or not parts.path.strip("/"):
        raise environment.BadSetting("DATABASE_URL 应形如 postgresql://用户:密码@主机:端口/库名")
    options = dict(parse_qsl(parts.query))
    return {
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": options.pop("host", "") or unquote(parts.hostname or ""),  # ?host=/folder is a socket's
        "PORT": options.pop("port", "") or str(parts.port or 5432),
        "OPTIONS": options,
    }


def databases(data: Path) -> dict[str, dict[str, Any]]:
    """`default` is the application; `numbers` a second, unwaiting connection for serial numbers; `owner` migrates."""
    base = {"ENGINE": "django.db.backends.postgresql", "CONN_HEALTH_CHECKS": True, "CONN_MAX_AGE": 300, **owner(data)}
    app = {**base, "USER": APP_ROLE, "PASSWORD": environment.secret("db_app").hex()}
    quick = {**app["OPTIONS"], "options": "-c synchronous_commit=off"}
    test = {"MIRROR": "default"}
    return {
        "default": app,
        "numbers": {**app, "OPTIONS": quick, "TEST": test},
        "owner": {**base, "TEST": test},
    }
