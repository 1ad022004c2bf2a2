"""`huying rotate_keys`: a new field key, and everything sealed with it."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from huying.audit.queries import ALL, tenant_scope
from huying.citizens.fields import key_ring
from huying.citizens.operations.rotate import rotate


class Command(BaseCommand):
    help = "生成新的字段密钥并用它重新加密全部个人信息；中断后可再次执行（--resume 不再生成新密钥）"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--resume", action="store_true", help="不生成新密钥，继续上次未完成的轮换")

    def handle(self, *args: Any, **options: Any) -> None:
        if not options["resume"]:
            self.stdout.write(f"已生成密钥 {key_ring().add_key()}，正在重新加密……（请随后重启各进程）")
        with tenant_scope(ALL):
            done = dict(rotate())
        for table, rows in done.items():
            self.stdout.write(f"{table}：{rows} 行")
        self.stdout.write("完成。旧密钥文件请按制度归档，确认备份不再需要后销毁。")
