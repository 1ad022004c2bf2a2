"""`huying token USER`: a bearer token with that user's rights."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from huying.org.operations.command_line import find_staff, operator
from huying.org.operations.history import record
from huying.org.operations.tokens import issue_token
from huying.org.queries import ALL, tenant_scope


class Command(BaseCommand):
    help = "签发接口令牌并打印一次；系统只保存其摘要，遗失请重新签发"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username", metavar="USER", help="用户名")
        parser.add_argument("--scopes", default="", help="以逗号分隔的权限代码，令牌只有其中的权限；省略为本人全部权限")
        parser.add_argument("--days", type=int, help="有效天数；省略为长期有效，直到吊销")
        parser.add_argument("--label", default="", help="名称，便于在“我的账号”里辨认")

    def handle(self, *args: Any, **options: Any) -> None:
        scopes = [scope.strip() for scope in options["scopes"].split(",") if scope.strip()]
        with tenant_scope(ALL):
            staff = find_staff(options["username"])
            raw, token = issue_token(staff, scopes=scopes, days=options["days"], label=options["label"])
            record(
                staff.centre_id, "token.issue", operator(), staff=staff.pk, username=staff.username, token=token.pk,
                label=token.label, scopes=token.scopes,
            )
        self.stdout.write(raw)
