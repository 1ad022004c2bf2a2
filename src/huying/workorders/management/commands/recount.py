"""`huying recount`: after next year's holidays are known."""

from typing import Any

from django.core.management.base import BaseCommand

from huying.audit.queries import ALL, tenant_scope
from huying.workorders.operations.recount import recount_provisional


class Command(BaseCommand):
    help = "节假日安排公布（或更新本中心日历）后，重新计算此前暂按周末推算的时限"

    def handle(self, *args: Any, **options: Any) -> None:
        with tenant_scope(ALL):
            looked, moved = recount_provisional()
        self.stdout.write(f"暂按周末推算的计时 {looked} 个，期限变动 {moved} 个")
