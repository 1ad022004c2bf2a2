"""The plan of the node that the tests of this folder run."""

import os
from datetime import datetime, timedelta

from huying.switch.plan import Desk, Flow, Hours, Number, Phone, Plan, Queue, Trunk
from huying.switch.plan import Node as Step
from telephony.node import free_ports

CARRIER = "127.0.0.2"
OUTSIDE = "127.0.0.5"  # where our calls to outside numbers arrive


def menu_flow():
    keys = {"1": "people", "2": "status", "3": "leave", "4": "call", "5": "desk", "6": "out", "7": "time", "9": "ring"}
    keys |= {"0": "bye", "*": "loop"}
    return Flow("f1v1", "hello", (
        Step("hello", "prompt", {"sound": "uploaded/hello"}, {"next": "main"}),
        Step("main", "menu", {"sound": "welcome", "tries": "2", "timeout": "4"}, keys),
        Step("people", "queue", {"queue": "support"}, {"timeout": "leave"}),
        Step("status", "collect", {"sound": "welcome", "digits": "4", "timeout": "4"}, {"next": "ask", "timeout": "main"}),
        Step("ask", "self_service", {"service": "order_progress"}, {"next": "bye", "failed": "people"}),
        Step("leave", "voicemail", {"seconds": "20"}),
        Step("call", "callback"),
        Step("desk", "transfer", {"desk": "110"}, {"failed": "bye"}),
        Step("out", "transfer", {"number": "057112345678"}, {"failed": "bye"}),
        Step("time", "hours", {"name": "never"}, {"open": "bye", "closed": "leave"}),
        Step("ring", "hours", {"name": "always"}, {"open": "people", "closed": "bye"}),
        Step("bye", "hangup"),
        Step("loop", "hours", {"name": "always"}, {"open": "loop"}),
    ))


def make_plan(folder, **changed):
    now = datetime.now()  # noqa: DTZ005 - compared with nothing, only far enough away
    far = now + timedelta(days=14)
    phones = [Phone(number, f"secret-of-{number}", "sip", "话务员", "c1", "") for number in ("1001", "1002", "1003", "1009")]
    phones += [Phone("2001", "secret-of-2001", "webrtc", "网页", "c1", "")]
    phones += [Phone("3001", "secret-of-3001", "citizen", "市民", "c1", "13900000001")]
    worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0")[2:])
    sip, http, ami, outside = free_ports(4)
    values = {
        "folder": folder, "sip_port": sip, "http_port": http, "ami_port": ami,
        "rtp_low": 32000 + 200 * worker, "rtp_high": 32199 + 200 * worker, "ami_secret": "only-for-these-tests",
        "web_url": "", "web_key": "a-key-for-these-tests", "phones": tuple(phones),
        "trunks": (Trunk("carrier", (CARRIER,), f"{OUTSIDE}:{outside}", lines=30),),
        "queues": (
            Queue("support", ring_seconds=4, longest_wait=60), Queue("second", ring_seconds=5, longest_wait=60),
            Queue("short", ring_seconds=5, longest_wait=5, overflow="second"), Queue("alone", ring_seconds=5, longest_wait=5),
            Queue("p1", kind="personal", ring_seconds=10),
        ),
        "hours": (Hours("never", (), far), Hours("always", ((now - timedelta(days=1), far),), far)),
        "flows": (menu_flow(),),
        "numbers": (
            Number("12345", "c1", "", "support", greeting="welcome"), Number("12346", "c1", "f1v1", "support"),
            Number("12347", "c1", "", "short"), Number("12348", "c1", "", "alone", survey=False),
            Number("12349", "c9", "", "support"),
        ),
        "desks": (Desk("110", "公安", "110", "carrier"), Desk("12315", "市场监管", "12315", "carrier")),
        "callers": {"c1": "057112345"}, "lines": {"c9": 2},
    }
    return Plan(**values | changed)
