"""`huying trunk show`: where a carrier's calls enter, and which called numbers are configured."""

import json
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser

from huying.calls.models import CalledNumber
from huying.calls.queries import plan_and_faults
from huying.org.queries import ALL, tenant_scope


class Command(BaseCommand):
    help = "中继：trunk show 打印运营商来话的入口（地址、端口、编解码）与已配置的被叫号码"

    def add_arguments(self, parser: CommandParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True, metavar="show")
        show = actions.add_parser("show", help="打印来话入口与被叫号码")
        show.add_argument("--json", action="store_true", help="按 JSON 打印")

    def handle(self, *args: Any, **options: Any) -> None:
        with tenant_scope(ALL):
            shown = about_lines()
        if options["json"]:
            self.stdout.write(json.dumps(shown, ensure_ascii=False))
            return
        for trunk in shown["trunks"]:
            self.stdout.write(f"trunk: {trunk['name']}")
            self.stdout.write(f"address: {trunk['address']}")
            self.stdout.write(f"port: {trunk['port']}")
            self.stdout.write(f"transport: {trunk['transport']}")
            self.stdout.write(f"codecs: {','.join(trunk['codecs'])}")
            self.stdout.write(f"dtmf: {trunk['dtmf']}")
            self.stdout.write(f"from: {','.join(trunk['from'])}")
            self.stdout.write(f"outgoing: {trunk['outgoing']}")
            self.stdout.write(f"lines: {trunk['lines']}")
        for row in shown["numbers"]:
            self.stdout.write(f"number: {row['number']}  {row['centre']}  {row['name']}  {row['group']}  {row['flow'] or '直接转人工'}")
        for fault in shown["left_out"]:
            self.stdout.write(f"未生效: {fault}")
        if not shown["trunks"]:
            self.stdout.write("还没有配置可用的中继")


def about_lines() -> dict[str, Any]:
    """What the switch is told of trunks and called numbers, with what is left out and why."""
    plan, faults = plan_and_faults(Path(settings.DATA))
    names = {row.number: row for row in CalledNumber.objects.select_related("group", "flow")}
    return {
        "trunks": [
            {"name": trunk.name, "address": plan.host, "port": plan.sip_port, "transport": "udp", "codecs": list(trunk.codecs),
             "dtmf": "rfc4733", "from": list(trunk.match), "outgoing": trunk.contact, "lines": trunk.lines}
            for trunk in plan.trunks
        ],
        "numbers": [
            {"number": row.called, "centre": row.centre, "name": names[row.called].name, "queue": row.queue,
             "group": names[row.called].group.name, "flow": row.flow, "outgoing": names[row.called].is_outgoing}
            for row in plan.numbers
        ],
        "left_out": [str(fault) for fault in faults],
    }
