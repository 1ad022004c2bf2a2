"""`huying demo`: the demonstration city, made once; prints who can sign in (issue, section 12)."""

from time import monotonic
from typing import Any

from django.core.management.base import BaseCommand

from huying.config.demo.fill import make
from huying.org.queries import ALL, tenant_scope


class Command(BaseCommand):
    help = "建立演示城市：两个中心、单位、人员和九十天的工单；可以重复执行，已有的不会再建"

    def handle(self, *args: Any, **options: Any) -> None:
        started = monotonic()
        with tenant_scope(ALL):
            table = make(self.stdout.write)
        self.stdout.write(f"演示城市已就绪，用时 {monotonic() - started:.1f} 秒\n")
        self.stdout.write(table)
