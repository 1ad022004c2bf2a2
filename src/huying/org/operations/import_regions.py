"""Regions from a file of divisions: the same file twice changes nothing, a bad line costs only itself."""

import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from django.db import transaction

from huying.kernel.errors import Refusal
from huying.org.models import Region
from huying.org.rules.divisions import BadLine, Division, division, is_under, known_header

BATCH = 2_000


class BadFile(Refusal):
    code = "bad_file"


@dataclass
class Outcome:
    """`read` counts the lines within `under`; `rejected` are (line number, reason)."""

    read: int = 0
    created: int = 0
    updated: int = 0
    skipped: int = 0
    rejected: list[tuple[int, str]] = field(default_factory=list)


def import_regions(path: Path, *, under: str = "") -> Outcome:
    """Create and rename regions as the file says; none is deleted. Raises BadFile."""
    outcome, wanted = Outcome(), dict[str, tuple[int, Division]]()
    for line, found in _divisions(path, outcome, under):
        before = wanted.setdefault(found.code, (line, found))[1]
        if before is not found:
            if before.name == found.name:
                outcome.skipped += 1  # the same place listed once more as its own only district
            else:
                outcome.rejected.append((line, f"代码 {found.code} 与前面的“{before.name}”重复"))
    with transaction.atomic():
        _write(sorted(wanted.values(), key=lambda pair: (pair[1].level, pair[1].code)), outcome)
    outcome.rejected.sort()
    return outcome


def read_csv(path: Path) -> Iterator[tuple[int, dict[str, str | None]]]:
    """(line number, cells by header), in UTF-8 or GB 18030. Raises BadFile."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise BadFile(f"无法读取 {path}：{error.strerror}") from error
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("gb18030", errors="replace")
    reader = csv.DictReader(text.replace("\0", "").splitlines())
    if not known_header(reader.fieldnames or ()):
        raise BadFile("第 1 行应为表头，须含 code,name 或 id,pid,deep,ext_name")
    try:
        for row in reader:
            yield reader.line_num, row
    except csv.Error as error:
        raise BadFile(f"第 {reader.line_num} 行之后无法读取：{error}") from error


def _divisions(path: Path, outcome: Outcome, under: str) -> Iterator[tuple[int, Division]]:
    for line, row in read_csv(path):
        raw = (row.get("id") or row.get("code") or "").strip()
        if raw.isdigit() and under and not is_under(raw, under):
            continue
        try:
            found = division(row)
        except BadLine as reason:
            outcome.read += 1
            outcome.rejected.append((line, str(reason)))
            continue
        if found is not None:
            outcome.read += 1
            yield line, found


def _write(wanted: Iterable[tuple[int, Division]], outcome: Outcome) -> None:
    """From the top down, so that a parent is there before its children."""
    have, fresh, old_names = {region.code: region for region in Region.objects.all()}, list[Region](), dict[str, str]()
    for line, found in wanted:
        if old := have.get(found.code):
            old_names[old.code], old.name = old.name, found.name
        elif found.parent and found.parent not in have:
            outcome.rejected.append((line, f"上级区划 {found.parent} 不存在，请先导入上级"))
        else:
            new = Region(code=found.code, name=found.name, parent_id=found.parent or None, level=found.level)
            have[found.code] = new
            fresh.append(new)
    longer = _name_in_full(have)
    changed = {code for code, name in old_names.items() if have[code].name != name} | longer
    changed -= {region.code for region in fresh}
    Region.objects.bulk_create(fresh, batch_size=BATCH)
    Region.objects.bulk_update([have[code] for code in changed], ["name", "full_name"], batch_size=BATCH)
    outcome.created, outcome.updated = len(fresh), len(changed)
    outcome.skipped += len(old_names.keys() - changed)


def _name_in_full(have: dict[str, Region]) -> set[str]:
    """Settle every full name from its parent's, also below a place that was renamed; returns the codes changed."""
    changed = set[str]()
    for region in sorted(have.values(), key=lambda each: each.level):
        full = (have[region.parent_id].full_name if region.parent_id else "") + region.name
        if full != region.full_name:
            region.full_name = full
            changed.add(region.code)
    return changed
