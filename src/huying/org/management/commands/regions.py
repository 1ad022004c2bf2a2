"""`huying regions import FILE --under CODE`: administrative divisions of four levels from a CSV file."""

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from huying.org.operations.import_regions import import_regions


class Command(BaseCommand):
    help = "导入行政区划（市、区县、街道乡镇、社区村）；重复执行不会重复建立"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("action", choices=["import"])
        parser.add_argument("file", metavar="FILE", type=Path, help="CSV 文件，表头含 code,name 或 id,pid,deep,ext_name")
        parser.add_argument("--under", default="", metavar="CODE", help="只导入该区划及其下级（连同上级），如 4506")

    def handle(self, *args: Any, **options: Any) -> None:
        outcome = import_regions(options["file"], under=options["under"])
        for line, reason in outcome.rejected:
            self.stderr.write(f"第 {line} 行：{reason}")
        counts = {
            "read": outcome.read, "created": outcome.created, "updated": outcome.updated, "skipped": outcome.skipped,
            "rejected": len(outcome.rejected),
        }
        self.stdout.write(json.dumps(counts))
