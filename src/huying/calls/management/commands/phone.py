"""`huying phone add EXTENSION --user USER --sip`: a seat's telephone; prints the account it registers with."""

import json
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from huying.calls.models import Phone
from huying.calls.operations.phones import add_phone
from huying.org.operations.command_line import find_staff, operator
from huying.org.queries import ALL, tenant_scope


class Command(BaseCommand):
    help = "坐席话机：phone add 分机号 --user 用户名 --sip 建立话机并打印其 SIP 账号；phone list 列出全部话机"

    def add_arguments(self, parser: CommandParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True, metavar="add|list")
        add = actions.add_parser("add", help="建立（或改用）一部话机，打印它注册用的账号；已有的口令不变")
        add.add_argument("extension", metavar="EXTENSION", help="分机号，3 到 8 位数字")
        add.add_argument("--user", required=True, metavar="USER", help="固定使用这部话机的人")
        add.add_argument("--sip", action="store_true", help="SIP 话机；不写则为浏览器话机")
        add.add_argument(
            "--answering", choices=Phone.Answering.values,
            help="SIP 话机怎样接听：hand 拿起话机（默认），auto 话机自动接听，remote 话务条遥控接听；不写则不变",
        )
        add.add_argument("--new-password", action="store_true", help="换一个新口令")
        add.add_argument("--json", action="store_true", help="按 JSON 打印")
        rows = actions.add_parser("list", help="列出全部话机")
        rows.add_argument("--json", action="store_true", help="按 JSON 打印")

    def handle(self, *args: Any, **options: Any) -> None:
        with tenant_scope(ALL):
            if options["action"] == "add":
                self.add(options)
            else:
                self.list(options)

    def add(self, options: dict[str, Any]) -> None:
        kind = Phone.Kind.SIP if options["sip"] else Phone.Kind.WEBRTC
        if options["answering"] and not options["sip"]:
            raise CommandError("浏览器话机在话务条上接听，不需要 --answering；SIP 话机请加 --sip")
        row = add_phone(
            actor=operator(), extension=options["extension"], owner=find_staff(options["user"]), kind=kind,
            answering=options["answering"] or "", new_password=options["new_password"],
        )
        account = {
            "user": row.extension, "password": row.password, "host": settings.SWITCH_HOST,
            "port": settings.SWITCH_SIP_PORT if options["sip"] else settings.SWITCH_HTTP_PORT,
            "transport": "udp" if options["sip"] else "ws",
        }
        if options["json"]:
            self.stdout.write(json.dumps(account))
            return
        for name, value in account.items():
            self.stdout.write(f"{name}: {value}")

    def list(self, options: dict[str, Any]) -> None:
        rows = [
            {"extension": row.extension, "kind": row.kind, "answering": row.answers, "centre": row.centre.code, "place": row.place,
             "user": row.owner.username if row.owner else "", "active": row.is_active}
            for row in Phone.objects.select_related("centre", "owner")
        ]
        if options["json"]:
            self.stdout.write(json.dumps(rows, ensure_ascii=False))
            return
        for row in rows:
            state = "" if row["active"] else "  停用"
            self.stdout.write(f"{row['extension']}  {row['kind']}  {row['centre']}  {row['user'] or '公用'}  {row['place']}{state}")
