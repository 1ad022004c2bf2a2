"""The occasions on which the hotline sends a message (R053, R263): shipped as data in `packs/scenes.json`."""

import json
from dataclasses import dataclass
from importlib.resources import files
from typing import Literal

Audience = Literal["citizen", "unit", "code"]
AUDIENCES: dict[str, str] = {"citizen": "诉求人", "unit": "承办单位值班手机", "code": "验证码"}


@dataclass(frozen=True, slots=True)
class Scene:
    """`fields` are the values its callers always give; `must` those that a site's own text may not leave out.

    Frequency cap and opt-out hold for `citizen` only: a duty phone is there to be told, and a code was just asked for.
    """

    code: str
    label: str
    audience: Audience
    fields: tuple[str, ...]
    text: str
    must: tuple[str, ...] = ()


def _load() -> dict[str, Scene]:
    rows = json.loads(files("huying.messaging").joinpath("packs/scenes.json").read_text("utf-8"))
    return {
        row["code"]: Scene(
            row["code"], row["label"], row["audience"], tuple(row["fields"].split()), row["text"],
            tuple(row.get("must", "").split()),
        )
        for row in rows
    }


SCENES: dict[str, Scene] = _load()
CODE, MANUAL = "code", "manual"


def scene(code: str) -> Scene:
    """The scene of that code. Raises KeyError: an unknown scene is a programmer's mistake."""
    return SCENES[code]
