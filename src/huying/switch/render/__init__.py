"""Asterisk's configuration, made from a `Plan`: `files` says what it is, `write` brings the folder to it."""

import contextlib
import os
import tempfile
from pathlib import Path

from huying.switch.package import hand_over
from huying.switch.plan import Plan
from huying.switch.render import base, checks
from huying.switch.render.dialplan import extensions
from huying.switch.render.queues import queues
from huying.switch.render.sip import pjsip

RESTART = "restart"  # no module: only a new start brings the change into force
# file -> the module that reads it, as the manager interface's Reload takes it
RELOADS = {
    "extensions.conf": "pbx_config", "queues.conf": "app_queue", "pjsip.conf": "res_pjsip", "musiconhold.conf": "res_musiconhold",
    "confbridge.conf": "app_confbridge", "features.conf": "features", "cel.conf": "cel", "cel_custom.conf": "cel_custom",
    "logger.conf": "logger", "manager.conf": "manager", "rtp.conf": "res_rtp_asterisk", "http.conf": "http",
    "indications.conf": "indications",
}


def files(plan: Plan) -> dict[str, str]:
    """Every file of etc by name. Raises checks.BadPlan for a value that must not get into one."""
    checks.no_doubles(plan)
    checks.known(plan)
    made = {name: make(plan) for name, make in base.FILES.items()}
    made |= {"pjsip.conf": pjsip(plan), "queues.conf": queues(plan), "extensions.conf": extensions(plan)}
    return made | dict.fromkeys(base.EMPTY, "")


def write(plan: Plan) -> tuple[str, ...]:
    """Bring the folder's etc to the plan; returns the modules to reload, RESTART among them when it takes one.

    Each file is replaced whole, so Asterisk never reads half of one; what is unchanged is not touched. Passwords stand
    in them: they are for the owner alone.
    """
    made = files(plan)
    etc = plan.folder / "etc"
    etc.mkdir(mode=0o700, parents=True, exist_ok=True)
    hand_over(etc, plan.folder)
    _furnish_log(plan.folder / "log")
    (plan.folder / "lib/keys").mkdir(mode=0o700, parents=True, exist_ok=True)
    changed = [name for name, text in made.items() if _put(etc / name, text)]
    return tuple(dict.fromkeys(RELOADS.get(name, RESTART) for name in changed))


def _put(path: Path, text: str) -> bool:
    data = text.encode()
    with contextlib.suppress(FileNotFoundError):
        if path.read_bytes() == data:
            return False
    handle, draft = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")  # mode 0600
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        hand_over(Path(draft), path.parent)
        Path(draft).replace(path)
    except BaseException:
        Path(draft).unlink(missing_ok=True)
        raise
    return True


def _furnish_log(log: Path) -> None:
    """Asterisk writes its event log into a folder of its own in log; it is led back to log itself."""
    log.mkdir(mode=0o700, parents=True, exist_ok=True)
    for name in ("cel-custom", "cel_custom"):  # by release
        with contextlib.suppress(FileExistsError):
            (log / name).symlink_to(".")
