"""The passwords of the demonstration: random, kept in one file that only the owner of the data folder can read."""

import os
import secrets
import unicodedata
from pathlib import Path

from huying.config.demo.data import load
from huying.org.models import Staff

LETTERS = "abcdefghjkmnpqrstuvwxyz"  # none that looks like another
DIGITS = "23456789"
TITLE = "演示账号"


def readable() -> str:
    """A password that can be read out and typed over: "Kumt-4avd-s7oz", some 60 bits."""
    groups = ["".join(secrets.choice(LETTERS) for _ in range(4)) for _ in range(3)]
    groups[0] = groups[0].capitalize()
    for at in (1, 2):
        place = secrets.randbelow(4)
        groups[at] = groups[at][:place] + secrets.choice(DIGITS) + groups[at][place + 1 :]
    return "-".join(groups)


def kept(path: Path) -> dict[str, str]:
    """User name -> password as the file has them; nothing when there is no file."""
    if not path.exists():
        return {}
    rows = (line.split() for line in path.read_text("utf-8").splitlines())
    return {row[0]: row[-1] for row in rows if len(row) == 4 and "-" in row[-1]}


def give_passwords(path: Path, staff: dict[str, Staff]) -> dict[str, str]:
    """Passwords of everybody shown: those in the file stay, the others are made and set anew."""
    known, given = kept(path), {}
    for row in load("people")["shown"]:
        person = staff[row["user"]]
        given[row["user"]] = known.get(row["user"]) or readable()
        if row["user"] not in known or not person.has_usable_password():
            person.set_password(given[row["user"]])
            person.must_change_password = False
            person.save(update_fields=["password", "must_change_password"])
    return given


def table(passwords: dict[str, str], staff: dict[str, Staff]) -> str:
    """User, role, name and password in columns."""
    rows = [("用户名", "角色", "姓名", "口令")]
    for username, password in passwords.items():
        person = staff[username]
        rows.append((username, "、".join(role.name for role in person.roles.all()), person.name, password))
    widths = [max(width(row[at]) for row in rows) for at in range(3)]
    lines = ("  ".join((*(cell + " " * (most - width(cell)) for cell, most in zip(row, widths, strict=False)), row[3])) for row in rows)
    return "\n".join([TITLE, *lines]) + "\n"


def width(text: str) -> int:
    """Columns on a terminal: a Chinese letter takes two."""
    return sum(2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in text)


def keep(path: Path, text: str) -> None:
    """Write the file whole or not at all, mode 600."""
    draft = path.with_suffix(".new")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)
    draft.chmod(0o600)
    draft.replace(path)
