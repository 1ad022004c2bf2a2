"""`huying centre CODE`: open a centre with the shipped roles, and the first account of an installation without any."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from huying.kernel.errors import Refusal
from huying.org.models import Centre, Employer, Region, Role
from huying.org.operations.command_line import operator
from huying.org.operations.staff import Person, create_staff
from huying.org.operations.units import save_centre
from huying.org.policies import Actor
from huying.org.queries import ALL, tenant_scope

KEEPER = "operator"
"""The shipped role that opens all other accounts on the pages."""


class Command(BaseCommand):
    help = "建立运营中心及其角色；--operator 同时开设第一个系统运维账号并打印其口令，其余单位、人员在页面上建立"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("code", metavar="编码", help="中心的编码，如 CITY")
        parser.add_argument("--name", required=True, metavar="名称", help="中心的名称，如 某市12345政务服务便民热线中心")
        parser.add_argument("--region", required=True, metavar="区划", help="区划代码，如 450600；须先用 huying regions import 导入")
        parser.add_argument("--level", default=Centre.Level.CITY, choices=Centre.Level.values, help="层级，默认 city（市级）")
        parser.add_argument("--under", metavar="编码", help="上级中心的编码；不写则为最上级")
        parser.add_argument("--operator", metavar="用户名", help="系统运维账号的用户名")
        parser.add_argument("--operator-name", default="系统运维", metavar="姓名", help="此人的姓名")

    def handle(self, *args: Any, **options: Any) -> None:
        actor = operator()
        with tenant_scope(ALL), transaction.atomic():
            centre = self.open(actor, options)
            self.stdout.write(f"已建立 {centre.name}（{centre.code}）")
            if options["operator"]:
                role = Role.objects.get(centre=centre, code=KEEPER)
                person = Person(options["operator_name"], Employer.GOVERNMENT, roles=[role])
                staff, password = create_staff(actor, centre, options["operator"], person)
                self.stdout.write(f"账号 {staff.username}　口令 {password}（只显示这一次，首次登录须修改）")

    def open(self, actor: Actor, options: dict[str, Any]) -> Centre:
        """Raises CommandError, BadCentre."""
        region = Region.objects.filter(pk=options["region"]).first()
        if region is None:
            raise CommandError(f"没有区划 {options['region']}，请先执行 huying regions import 文件")
        above = Centre.objects.filter(code=options["under"]).first() if options["under"] else None
        if options["under"] and above is None:
            raise CommandError(f"没有编码为“{options['under']}”的运营中心")
        centre = Centre(code=options["code"], name=options["name"], level=options["level"], region=region, parent=above)
        try:
            return save_centre(actor, centre)
        except Refusal as refusal:
            raise CommandError("；".join(refusal.fields.values()) or refusal.message) from refusal
