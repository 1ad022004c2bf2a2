"""`huying calls list|reconcile|import`: the facts of calls on the command line."""

import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from huying.audit.models import Access
from huying.calls.models import Recording
from huying.calls.operations.import_log import Counts, import_log
from huying.calls.operations.reconcile import reconcile
from huying.calls.queries.facts import calls_since, facts_of, whole
from huying.calls.queries.sealed import folder
from huying.calls.queries.sealed import whole as whole_sound
from huying.calls.rules.call_log import BadMapping, parse_log_map
from huying.calls.rules.mark import read as read_mark
from huying.calls.rules.recorded import telephone_sound
from huying.kernel import clock
from huying.kernel.clock import SHANGHAI
from huying.kernel.errors import Refusal
from huying.org.models import Centre
from huying.org.queries import ALL, tenant_scope

AGO = re.compile(r"(\d{1,5})([mhd])")
TRACED_SECONDS = 300
UNITS = {"m": "minutes", "h": "hours", "d": "days"}


class NoCentre(Refusal):
    code = "no_centre"


class Command(BaseCommand):
    help = (
        "话务记录：calls list 打印每次通话的全部事实；calls reconcile 与交换机日志核对并补齐；"
        "calls import 导入其他系统的话单；calls verify 核对封存的录音；calls trace 查流出的录音出自谁"
    )

    def add_arguments(self, parser: CommandParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True, metavar="list|reconcile|import|verify|trace")
        rows = actions.add_parser("list", help="打印通话及其全部节点")
        rows.add_argument("--since", required=True, type=moment, metavar="时间", help="ISO 8601，或 30m、2h、1d 之前")
        rows.add_argument("--until", type=moment, metavar="时间", help="到何时为止（不含）")
        rows.add_argument("--centre", metavar="编码", help="只看一个运营中心")
        rows.add_argument("--json", action="store_true", help="按 JSON 打印，含全部节点")
        check = actions.add_parser("reconcile", help="重读交换机日志（含已轮转的），核对并补齐")
        check.add_argument("--from", dest="since", required=True, type=moment, metavar="时间", help="从何时起进入的通话")
        check.add_argument("--to", dest="until", type=moment, metavar="时间", help="到何时为止（不含），默认现在")
        check.add_argument("--folder", type=Path, metavar="文件夹", help="交换机的文件夹，默认数据文件夹下的 switch")
        log = actions.add_parser("import", help="导入其他系统的话单（CSV）；可以重复执行，已导入的不会再建")
        log.add_argument("file", type=Path, help="CSV（UTF-8 或 GBK），第一行是表头")
        log.add_argument("--mapping", type=Path, required=True, metavar="文件.json", help="列名与结果的对照")
        log.add_argument("--centre", required=True, metavar="编码", help="导入到哪个运营中心")
        log.add_argument("--rejects", type=Path, metavar="文件", help="退回的行写到哪里，默认当前目录下 文件名.rejects.csv")

        trace = actions.add_parser("trace", help="一份流出的录音出自谁的哪次下载；剪过、转过格式的也可以，至少 8 秒")
        trace.add_argument("file", type=Path, help="录音文件：MP3、M4A、WAV、WMA、AMR、OGG、FLAC")
        actions.add_parser("verify", help="逐个核对封存的录音与封存时的摘要，指出缺失和被改动的")

    def handle(self, *args: Any, **options: Any) -> None:
        with tenant_scope(ALL):
            {
                "list": self.list, "reconcile": self.reconcile, "import": self.bring_in, "verify": self.verify, "trace": self.trace,
            }[options["action"]](options)

    def list(self, options: dict[str, Any]) -> None:
        centre = centre_of(options["centre"]).pk if options["centre"] else None
        rows = whole(calls_since(options["since"], options["until"], centre))
        if options["json"]:
            facts = [facts_of(call) for call in rows]
            self.stdout.write(json.dumps(facts, ensure_ascii=False, default=plain, indent=1))
            return
        for call in rows:
            agent = call.agent.username if call.agent else "-"
            at = call.entered_at.astimezone(SHANGHAI).isoformat(" ", "milliseconds")
            self.stdout.write(f"{at}  {call.called:<12} {call.masked_number:<14} {call.outcome_label}  {agent}  {call.talk_ms} ms")

    def reconcile(self, options: dict[str, Any]) -> None:
        folder = options["folder"] or settings.DATA / "switch"
        report = reconcile(folder, options["since"], options["until"] or clock.now())
        said = {
            "calls": report.calls, "equal": report.equal, "repaired": report.repaired, "damaged_lines": report.damaged_lines,
            "differences": report.differences,
        }
        self.stdout.write(json.dumps(said, ensure_ascii=False))

    def bring_in(self, options: dict[str, Any]) -> None:
        path: Path = options["file"]
        rejects = options["rejects"] or Path.cwd() / f"{path.name}.rejects.csv"
        counts = import_log(
            centre=centre_of(options["centre"]), path=path, mapping=parse_log_map(read_json(options["mapping"])),
            rejects=rejects, progress=self.progress,
        )
        if counts.rejected:
            self.stdout.write(f"退回 {counts.rejected} 行，原因见 {rejects}")
        said = {"read": counts.read, "created": counts.created, "known": counts.known, "rejected": counts.rejected}
        self.stdout.write(json.dumps(said))

    def verify(self, options: dict[str, Any]) -> None:
        rows, faults = Recording.objects.filter(state=Recording.State.SEALED), 0
        for row in rows.order_by("pk").iterator():
            if not whole_sound(row):
                faults += 1
                fault = "与封存时不一致" if (folder() / row.path).is_file() else "文件不在了"
                self.stdout.write(f"通话 {row.call_id} 的录音 {row.pk}：{fault}（{row.path}）")
        if faults:
            raise CommandError(f"发现 {faults} 个录音异常")
        self.stdout.write(f"录音完好：{rows.count()} 个")

    def trace(self, options: dict[str, Any]) -> None:
        try:
            number = read_mark(telephone_sound(options["file"].read_bytes(), TRACED_SECONDS))
        except OSError:
            raise CommandError(f"打不开文件“{options['file']}”") from None
        row = Access.objects.filter(pk=number, kind=Access.Kind.DOWNLOAD, field="recording").first() if number else None
        if row is None:
            raise CommandError("没有读出下载水印：录音太短、改动太大，或不是从本系统下载的")
        at = row.at.astimezone(SHANGHAI).isoformat(" ", "seconds")
        self.stdout.write(f"通话 {row.stream_id}  {at}  {row.actor_name}  {row.ip or '-'}  用途：{row.reason}")

    def progress(self, counts: Counts) -> None:
        if self.stderr.isatty():
            self.stderr.write(f"已读 {counts.read} 行，新建 {counts.created}", ending="\r")


def moment(text: str) -> datetime:
    """ISO 8601 (without a zone: Beijing time), or so long ago: 30m, 2h, 1d."""
    if ago := AGO.fullmatch(text):
        return clock.now() - timedelta(**{UNITS[ago[2]]: int(ago[1])})
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise CommandError(f"“{text}”不是时间，请写 2026-11-20、2026-11-20T09:00 或 30m、2h、1d") from None
    return (at if at.tzinfo else at.replace(tzinfo=SHANGHAI)).astimezone(UTC)


def plain(value: object) -> str:
    if isinstance(value, datetime):
        return value.astimezone(SHANGHAI).isoformat(timespec="milliseconds")
    raise TypeError(f"{type(value).__name__} has no JSON form")


def centre_of(code: str) -> Centre:
    centre = Centre.objects.filter(code=code, is_active=True).first()
    if centre is None:
        raise NoCentre(f"没有编码为“{code}”的运营中心")
    return centre


def read_json(path: Path) -> object:
    """Raises BadMapping."""
    try:
        return json.loads(path.read_text("utf-8-sig"))
    except OSError:
        raise BadMapping(f"打不开映射文件“{path}”") from None
    except ValueError:
        raise BadMapping(f"映射文件“{path}”不是 UTF-8 的 JSON") from None
