"""Whether this installation has a telephone switch, as its launcher noted it: for pages and probes, without asking it.

Whether the switch answers at this moment is the gateway's to say.
"""

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

Word = Literal["on", "off", "preparing", "missing", "unknown"]


@dataclass(frozen=True, slots=True)
class State:
    word: Word = "unknown"  # unknown: it runs on another machine, or nothing was noted yet
    reason: str = ""  # why it is missing, in Chinese


def read(path: Path) -> State:
    try:
        noted = json.loads(path.read_text())
        return State(noted["word"], noted["reason"])
    except (OSError, ValueError, KeyError, TypeError):
        return State()


def write(path: Path, state: State) -> None:
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    draft.write_text(json.dumps(asdict(state), ensure_ascii=False))
    draft.replace(path)
