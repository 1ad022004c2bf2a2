"""The file HUYING_SPEECH: by which services callers are heard and understood; read once and strictly, as the environment is."""

import re
from pathlib import Path

from huying.calls.rules.hearing import BadHearing, Hearing, read_hearing
from huying.config import environment


def hearing(data: Path) -> Hearing:
    """Raises BadSetting."""
    name = environment.text("HUYING_SPEECH")
    if not name:
        return Hearing()
    place = Path(name).expanduser()
    try:
        return read_hearing(place.read_text("utf-8"), lambda wanted: _secret(data / "secrets", wanted))
    except (OSError, UnicodeDecodeError) as error:
        raise environment.BadSetting(f"HUYING_SPEECH={name!r}：读不到这个文件（{type(error).__name__}）") from error
    except BadHearing as refusal:
        raise environment.BadSetting(f"HUYING_SPEECH={name!r}：{refusal.message}") from refusal


def _secret(folder: Path, name: str) -> str:
    place = folder / name
    return place.read_text("utf-8").strip() if re.fullmatch(r"[A-Za-z0-9_-]{1,60}", name) and place.is_file() else ""
