from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand


class Command(BaseCommand):
    help = "更新数据库结构：以库主身份执行迁移，并重新设置应用账号的权限与租户边界"
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        call_command("migrate", database="owner", verbosity=options["verbosity"], skip_checks=True)
