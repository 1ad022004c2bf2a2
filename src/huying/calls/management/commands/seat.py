"""`huying seat sign-in USER [--phone EXT]`, `sign-out USER`, `state USER [STATE]`: what the phone bar does."""

import json
import logging
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from huying.calls.catalog import AGENT_STATE_LABELS, BUSY_REASONS, NOT_CHOSEN, AgentState
from huying.calls.models import Phone, SeatSession
from huying.calls.operations import set_state, sign_in_seat, sign_out_seat
from huying.calls.queries.seats import seat_of
from huying.calls.queries.switch import gateway_lives
from huying.kernel import clock
from huying.kernel.errors import Refusal
from huying.org.models import Staff
from huying.org.operations.command_line import find_staff
from huying.org.policies import staff_actor
from huying.org.queries import ALL, tenant_scope

REASONS = {code: label for code, label in BUSY_REASONS.items() if code not in NOT_CHOSEN}
AWAY = "话务网关或电话交换机没有运行：签入已记录，运行后自动生效"


class Command(BaseCommand):
    help = "坐席：seat sign-in 用户名 签入并置闲；sign-out 签出；state 显示或改变状态（ready、busy、finish）"

    def add_arguments(self, parser: CommandParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True, metavar="sign-in|sign-out|state")
        enter = actions.add_parser("sign-in", help="签入坐席并置闲，开始接听；同一人再次签入时接管原来的座席")
        enter.add_argument("--phone", metavar="EXTENSION", help="分机号；不写则用为本人固定配置的话机")
        enter.add_argument("--busy", action="store_true", help="签入后保持置忙")
        leave = actions.add_parser("sign-out", help="签出坐席；通话中则在通话结束后签出")
        state = actions.add_parser("state", help="显示坐席状态；写明 ready、busy 或 finish 则改变状态")
        state.add_argument("--reason", choices=sorted(REASONS), default="other", help="置忙原因")
        state.add_argument("--json", action="store_true", help="按 JSON 打印")
        for each in (enter, leave, state):
            each.add_argument("user", metavar="USER", help="用户名")
        state.add_argument("to", nargs="?", choices=["ready", "busy", "finish"], help="改变为")

    def handle(self, *args: Any, **options: Any) -> None:
        log = logging.getLogger("huying")
        level = log.level
        log.setLevel(logging.WARNING)  # what is printed is for scripts
        try:
            with tenant_scope(ALL):
                getattr(self, options["action"].replace("-", "_"))(find_staff(options["user"]), options)
        except Refusal as refusal:
            raise CommandError(refusal.message) from refusal
        finally:
            log.setLevel(level)

    def sign_in(self, staff: Staff, options: dict[str, Any]) -> None:
        phone = None
        if options["phone"]:
            phone = Phone.objects.filter(extension=options["phone"]).first()
            if phone is None:
                raise CommandError(f"没有分机 {options['phone']}，可用 huying phone list 查看")
        actor = staff_actor(staff)
        seat = sign_in_seat(actor, phone)
        if words := getattr(seat, "taken_over", ""):
            self.stderr.write(words)
        if not options["busy"]:
            seat = set_state(actor, seat, "ready")
        self.show(seat)
        if not gateway_lives():
            self.stderr.write(AWAY)

    def sign_out(self, staff: Staff, options: dict[str, Any]) -> None:
        seat = seat_of(staff)
        if seat is None:
            self.stdout.write(f"{AgentState.OFFLINE} {AGENT_STATE_LABELS[AgentState.OFFLINE]}")
            return
        seat = sign_out_seat(staff_actor(staff), seat)
        self.show(seat)

    def state(self, staff: Staff, options: dict[str, Any]) -> None:
        seat = seat_of(staff)
        if seat is not None and options["to"]:
            seat = set_state(staff_actor(staff), seat, options["to"], options["reason"] if options["to"] == "busy" else "")
        elif seat is None and options["to"]:
            raise CommandError(f"{staff.name}没有签入坐席，请先执行 huying seat sign-in {staff.username}")
        self.show(seat, as_json=options["json"])

    def show(self, seat: SeatSession | None, *, as_json: bool = False) -> None:
        """"ready 空闲 分机 8001 已 12 秒"; the first word is the state's code."""
        if seat is None or seat.ended_at is not None:
            about = {"state": str(AgentState.OFFLINE), "label": AGENT_STATE_LABELS[AgentState.OFFLINE]}
        else:
            about = {
                "state": seat.state, "label": seat.state_label, "extension": seat.phone.extension, "reason": seat.reason,
                "since": seat.state_since.isoformat(), "next": seat.next_state,
            }
        if as_json:
            self.stdout.write(json.dumps(about, ensure_ascii=False))
            return
        words = [about["state"], about["label"]]
        if seat is not None and seat.ended_at is None:
            words += [f"（{seat.reason_label}）"] if seat.reason else []
            words += [f"分机 {seat.phone.extension}", f"已 {int((clock.now() - seat.state_since).total_seconds())} 秒"]
            words += ["通话结束后：" + seat.next_state] if seat.next_state else []
        self.stdout.write(" ".join(words))
