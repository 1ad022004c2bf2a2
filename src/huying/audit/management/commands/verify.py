"""`huying verify`: is the history as it was written?"""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from huying.audit.models import Event
from huying.audit.operations.anchor import anchor
from huying.audit.queries import ALL, tenant_scope, verify


class Command(BaseCommand):
    help = "核对全部历史记录的哈希链与封印，指出被改动、删除、插入的每一行"

    def handle(self, *args: Any, **options: Any) -> None:
        with tenant_scope(ALL):
            faults = 0
            for fault in verify(settings.ANCHOR_FILE):
                faults += 1
                self.stdout.write(str(fault))
            if faults:
                raise CommandError(f"发现 {faults} 处异常")
            anchor(settings.ANCHOR_FILE)
            self.stdout.write(f"历史完整：{Event.objects.count()} 条事件，未发现改动")
