from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand

from huying.config import environment
from huying.config.launch import roles


class Command(BaseCommand):
    help = "更新数据库结构（以库主身份迁移，并重设应用账号的权限与租户边界）与页面用的静态文件"
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        if environment.text("DATABASE_URL"):
            roles.ensure_app_on_own_server()
        call_command("migrate", database="owner", verbosity=options["verbosity"], skip_checks=True)
        call_command("collectstatic", interactive=False, clear=True, verbosity=0, skip_checks=True)
