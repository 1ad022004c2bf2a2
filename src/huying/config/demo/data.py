"""What the demonstration is made of, as data files."""

import json
from functools import cache
from importlib.resources import files
from typing import Any

FOLDER = files("huying.config.demo").joinpath("data")


@cache
def load(name: str) -> Any:
    """The content of `data/NAME.json`."""
    return json.loads(FOLDER.joinpath(f"{name}.json").read_text("utf-8"))


@cache
def scenarios() -> list[dict[str, Any]]:
    """Every matter a citizen may call about, of all files."""
    folder = sorted(FOLDER.joinpath("scenarios").iterdir(), key=lambda file: file.name)
    return [row for file in folder for row in json.loads(file.read_text("utf-8"))]


def unit_rows(code: str) -> list[dict[str, Any]]:
    """The units of a centre with their sub-units, each naming its parent's code, parents first."""
    rows = []
    for unit in load("units")[code]:
        rows.append({**unit, "parent": ""})
        rows += [{**sub, "parent": unit["code"]} for sub in unit.get("units", [])]
    return rows
