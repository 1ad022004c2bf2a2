"""`huying user password|disable|enable|unlock USER`: what the people's page does, from the command line."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from huying.org.operations import disable_staff, enable_staff
from huying.org.operations.command_line import find_staff, operator
from huying.org.operations.passwords import reset_password
from huying.org.operations.second_factor import reset_second_factor
from huying.org.operations.sign_in import unlock
from huying.org.queries import ALL, tenant_scope


class Command(BaseCommand):
    help = "账号：重置密码（打印一次）、停用、启用、解除锁定、重置二次验证"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("action", choices=["password", "disable", "enable", "unlock", "reset-second-factor"])
        parser.add_argument("username", metavar="USER", help="用户名")
        parser.add_argument("--to", metavar="USER", help="停用时接手其未办工作的人")
        parser.add_argument("--reason", default="命令行操作", help="停用、启用的原因")

    def handle(self, *args: Any, **options: Any) -> None:
        actor = operator()
        with tenant_scope(ALL):
            staff = find_staff(options["username"])
            match options["action"]:
                case "password":
                    said = reset_password(staff, actor)
                case "disable":
                    successor = find_staff(options["to"]) if options["to"] else None
                    moved = disable_staff(actor, staff, reason=options["reason"], successor=successor)
                    said = f"{staff} 已停用" + (f"，移交 {moved} 件" if moved else "")
                case "enable":
                    enable_staff(actor, staff, reason=options["reason"])
                    said = f"{staff} 已启用，下次登录须修改密码"
                case "unlock":
                    unlock(staff, actor)
                    said = f"{staff} 已解除锁定"
                case _:
                    reset_second_factor(staff, actor)
                    said = f"{staff} 的二次验证已重置"
        self.stdout.write(said)
