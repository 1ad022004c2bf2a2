"""`huying requirements`: which requirement is shown by which test, read from the `req` marks of the test files.

met: at least one test carries its mark. recorded: asks for no behaviour (kind 记), only to be kept in mind. open: the rest.
"""

import ast
import csv
import json
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from huying.config import environment
from huying.kernel.errors import Refusal

STATES = {"met": "已满足", "recorded": "已记录", "open": "未做"}
Row = dict[str, str]


class UnknownRequirement(Refusal):
    code = "unknown_requirement"


def main(arguments: list[str]) -> int:
    """Write docs/requirements.md and .json; with --check only compare. 1 when they are not up to date."""
    if arguments not in ([], ["--check"]):
        print("用法：huying requirements [--check]", file=sys.stderr)
        return 2
    docs, tests = environment.ROOT / "docs", environment.ROOT / "tests"
    with (docs / "requirements.csv").open(newline="", encoding="utf-8-sig") as file:
        rows = list(csv.DictReader(file))
    shown = shown_by(tests, {row["id"] for row in rows})
    texts = {docs / "requirements.json": as_json(rows, shown), docs / "requirements.md": as_markdown(rows, shown)}
    if arguments:
        stale = [path.name for path, text in texts.items() if not path.exists() or path.read_text() != text]
        if stale:
            print(f"docs/{'、'.join(stale)} 不是最新的，请执行 bin/huying requirements", file=sys.stderr)
        return 1 if stale else 0
    for path, text in texts.items():
        path.write_text(text)
    print("、".join(f"{STATES[state]} {count}" for state, count in sorted(tally(rows, shown).items())))
    return 0


def shown_by(folder: Path, known: set[str]) -> dict[str, list[str]]:
    """Requirement -> the tests that carry its mark, as pytest names them. Raises UnknownRequirement."""
    shown: dict[str, list[str]] = {}
    for path in sorted(folder.rglob("test_*.py")):
        for name, requirement in marks(ast.parse(path.read_text(encoding="utf-8"))):
            where = f"{path.relative_to(folder.parent).as_posix()}{name}"
            if requirement not in known:
                raise UnknownRequirement(f"{where}：docs/requirements.csv 中没有 {requirement}")
            shown.setdefault(requirement, []).append(where)
    return shown


def marks(module: ast.Module) -> Iterator[tuple[str, str]]:
    """(test, requirement) for every mark of a test, of its class and of the whole file."""
    whole = [found for node in module.body if isinstance(node, ast.Assign) and _names(node) == ["pytestmark"]
             for found in _requirements(node.value)]
    for node in module.body:
        yield from _marks_of(node, "", whole)


def _marks_of(node: ast.stmt, prefix: str, inherited: list[str]) -> Iterator[tuple[str, str]]:
    if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return
    own = [*inherited, *(found for decorator in node.decorator_list for found in _requirements(decorator))]
    name = f"{prefix}::{node.name}"
    if isinstance(node, ast.ClassDef):
        for inner in node.body:
            yield from _marks_of(inner, name, own)
    elif node.name.startswith("test"):
        yield from ((name, requirement) for requirement in dict.fromkeys(own))


def _requirements(expression: ast.expr) -> Iterator[str]:
    """The arguments of every `….req("R035", …)` inside."""
    for node in ast.walk(expression):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "req":
            yield from (str(part.value) for part in node.args if isinstance(part, ast.Constant))


def _names(node: ast.Assign) -> list[str]:
    return [target.id for target in node.targets if isinstance(target, ast.Name)]


def state(row: Row, shown: dict[str, list[str]]) -> str:
    if row["id"] in shown:
        return "met"
    return "recorded" if row["kind"] == "记" else "open"


def tally(rows: list[Row], shown: dict[str, list[str]]) -> Counter[str]:
    return Counter(state(row, shown) for row in rows)


def as_json(rows: list[Row], shown: dict[str, list[str]]) -> str:
    """One requirement a line, so that a change is one line in a diff."""
    lines = [
        f"{json.dumps(row['id'])}: "
        + json.dumps({"status": state(row, shown), "tests": shown.get(row["id"], [])}, ensure_ascii=False)
        for row in rows
    ]
    return "{\n" + ",\n".join(lines) + "\n}\n"


def as_markdown(rows: list[Row], shown: dict[str, list[str]]) -> str:
    counts = tally(rows, shown)
    lines = [
        "# 需求与测试",
        "",
        "由 `bin/huying requirements` 根据 `docs/requirements.csv` 与测试中的 `req` 标记生成，请勿手改。",
        "",
        f"共 {len(rows)} 条：" + "，".join(f"{label} {counts[key]}" for key, label in STATES.items()) + "。",
        "",
        "已满足：至少有一个测试证明；已记录：不要求软件行为，只需记住；未做：尚无测试证明。",
    ]
    for domain in dict.fromkeys(row["domain"] for row in rows):
        lines += ["", f"## {domain}", "", "| 编号 | 状态 | 软件须做到 | 测试 |", "| --- | --- | --- | --- |"]
        for row in (one for one in rows if one["domain"] == domain):
            tests = "<br>".join(f"`{name.removeprefix('tests/')}`" for name in shown.get(row["id"], []))
            lines.append(f"| {row['id']} | {STATES[state(row, shown)]} | {_cell(row['software_must'])} | {tests} |")
    return "\n".join(lines) + "\n"


def _cell(text: str) -> str:
    return " ".join(text.replace("|", "\\|").split())
