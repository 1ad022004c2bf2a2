"""`huying leak_trace NUMBER`: who saw an order's fields, and when (R154)."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from huying.audit.queries import ALL, tenant_scope
from huying.workorders.models import WorkOrder
from huying.workorders.queries.access import accesses


class Command(BaseCommand):
    help = "泄密倒查：列出谁、何时、从哪里、以什么理由看过某张工单的哪个字段"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("number", help="工单号")
        parser.add_argument("--field", default="", help="只看这个字段，如 phone、name、address、id_number")
        parser.add_argument("--json", action="store_true", help="每行一个 JSON 对象")

    def handle(self, *args: Any, **options: Any) -> None:
        with tenant_scope(ALL):
            order = WorkOrder.objects.filter(number=options["number"].replace(" ", "")).first()
            if order is None:
                raise CommandError("没有这张工单")
            rows = list(accesses(order, field=options["field"]))
        for row in rows:
            self.stdout.write(json.dumps(row, ensure_ascii=False) if options["json"] else "  ".join(row.values()))
        if not rows:
            self.stdout.write("没有查看记录")
