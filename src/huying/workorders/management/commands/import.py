"""`huying import orders FILE --centre CODE`: bring in the orders of an earlier system (R002)."""

import json
from pathlib import Path
from time import monotonic
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from huying.kernel.errors import Refusal
from huying.org.models import Centre
from huying.org.policies import system_actor
from huying.org.queries import ALL, tenant_scope
from huying.workorders.operations.importing import Counts, import_orders
from huying.workorders.rules.mapping import BadMapping, parse_mapping


class NoCentre(Refusal):
    code = "no_centre"


class Command(BaseCommand):
    help = "导入历史数据：huying import orders 文件 --centre 编码；可以重复执行，已导入的不会再建"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("what", choices=["orders"], help="导入什么：orders（历史工单）")
        parser.add_argument("file", type=Path, help="CSV（UTF-8 或 GBK）或 XLSX 文件，第一行是表头")
        parser.add_argument("--centre", required=True, metavar="编码", help="导入到哪个运营中心")
        parser.add_argument("--mapping", type=Path, metavar="文件.json", help="列名对照；不写则用随附的对照")
        parser.add_argument("--rejects", type=Path, metavar="文件", help="退回的行写到哪里，默认当前目录下 文件名.rejects.csv")

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["file"]
        rejects: Path = options["rejects"] or Path.cwd() / f"{path.name}.rejects.csv"
        started = monotonic()
        with tenant_scope(ALL):
            counts = import_orders(
                actor=system_actor("历史导入"), centre=centre_of(options["centre"]), path=path, rejects=rejects,
                columns=parse_mapping(read_mapping(options["mapping"])), progress=self.progress,
            )
        seconds = monotonic() - started
        self.stdout.write(f"用时 {seconds:.1f} 秒，每秒 {counts.read / seconds:.0f} 行")
        if counts.rejected:
            self.stdout.write(f"退回 {counts.rejected} 行，原因见 {rejects}")
        self.stdout.write(json.dumps(vars(counts)))

    def progress(self, counts: Counts) -> None:
        if self.stderr.isatty():
            self.stderr.write(f"已读 {counts.read} 行，新建 {counts.created}", ending="\r")


def centre_of(code: str) -> Centre:
    centre = Centre.objects.filter(code=code, is_active=True).first()
    if centre is None:
        raise NoCentre(f"没有编码为“{code}”的运营中心")
    return centre


def read_mapping(path: Path | None) -> object:
    """The JSON of a mapping file; nothing to change when none is named. Raises BadMapping."""
    if path is None:
        return {}
    try:
        return json.loads(path.read_text("utf-8-sig"))
    except OSError:
        raise BadMapping(f"打不开映射文件“{path}”") from None
    except ValueError:
        raise BadMapping(f"映射文件“{path}”不是 UTF-8 的 JSON") from None
