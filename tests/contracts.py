"""Reads .importlinter, so that rooms and their heights are written in one place."""

import configparser
from pathlib import Path

ROOT = Path(__file__).parents[1]
SOURCE = ROOT / "src" / "huying"


def rooms() -> set[str]:
    """Rooms with an inner order: those of the contract `rooms`."""
    return {name.removeprefix("huying.") for name in _lines("rooms", "containers")}


def heights() -> dict[str, int]:
    """Room -> height; what stands on one floor has the same."""
    rows = _lines("modules", "layers")
    return {name.strip(): -depth for depth, row in enumerate(rows) for name in row.split("|")}


def _lines(section: str, key: str) -> list[str]:
    ini = configparser.ConfigParser()
    ini.read(ROOT / ".importlinter")
    return [line.strip() for line in ini[f"importlinter:contract:{section}"][key].splitlines() if line.strip()]
