"""The environment, read once and strictly: nonsense raises, secrets come from files."""

import os
import secrets
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
PORT, PORT_FILE = 8012, "port"


class BadSetting(ValueError):
    """An environment variable holds something that cannot be meant."""


def text(name: str, default: str = "") -> str:
    return os.environ.get(name, default).strip()


def whole(name: str, default: int, *, low: int = 0, high: int = 2**31) -> int:
    """An integer between `low` and `high`, both included."""
    raw = text(name)
    if not raw:
        return default
    if not raw.isdigit() or not low <= int(raw) <= high:
        raise BadSetting(f"{name}={raw!r}：应为 {low} 到 {high} 之间的整数")
    return int(raw)


def yes(name: str, default: bool = False) -> bool:
    raw = text(name).lower()
    if raw not in {"", "0", "1", "true", "false", "yes", "no"}:
        raise BadSetting(f"{name}={raw!r}：应为 1 或 0")
    return default if raw == "" else raw in {"1", "true", "yes"}


def listed(name: str) -> list[str]:
    """The parts of a comma-separated value."""
    return [part for part in (part.strip() for part in text(name).split(",")) if part]


def data_folder() -> Path:
    """Where this installation keeps all it owns: HUYING_DATA, else `var` beside the code."""
    return Path(text("HUYING_DATA") or ROOT / "var").expanduser().resolve()


def pages_port() -> int:
    """HUYING_PORT; without it the one that `bin/up`, at work on this folder, was told (PORT_FILE), so that commands beside it
    name the ports that are in use."""
    noted = data_folder() / PORT_FILE
    raw = noted.read_text().strip() if noted.exists() else ""
    return whole("HUYING_PORT", int(raw) if raw.isdigit() else PORT, low=1, high=65535)


def secret(name: str, *, length: int = 32) -> bytes:
    """`length` random bytes kept in `HUYING_DATA/secrets/NAME` (mode 600), made at the first call.

    Creation is atomic, so two processes that start together agree on one value.
    """
    folder = data_folder() / "secrets"
    path = folder / name
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        draft = folder / f".{name}.{os.getpid()}"
        draft.touch(mode=0o600)
        draft.write_bytes(secrets.token_bytes(length).hex().encode())
        try:
            os.link(draft, path)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return bytes.fromhex(path.read_text().strip())
