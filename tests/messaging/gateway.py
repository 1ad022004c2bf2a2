"""A short-message gateway on this machine that speaks the real protocol: HTTP, JSON, signatures, its own faults."""

import json
import threading
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

from huying.messaging.rules import signed_well


class LocalGateway:
    """`mood`: "well", "busy" (503), "silent" (takes the message and never answers), "picky" (refuses for good)."""

    def __init__(self, key: bytes) -> None:
        self.key, self.mood = key, "well"
        self.taken: dict[str, dict] = {}
        self.asked = 0
        self.states: dict[str, dict] = {}

    def answer(self, method: str, path: str, body: bytes, headers) -> tuple[int, dict] | None:
        self.asked += 1
        parts = urlsplit(path)
        signed = body if method == "POST" else parts.query.encode()
        if not signed_well(self.key, headers["X-Timestamp"], signed, headers["X-Signature"], now=time.time()):
            return 401, {"error": "签名不对"}
        if self.mood == "busy":
            return 503, {}
        if method == "GET":
            wanted = parse_qs(parts.query)["numbers"][0].split(",")
            return 200, {"receipts": [self.states[number] for number in wanted if number in self.states]}
        if self.mood == "picky":
            return 422, {"error": "空号"}
        said = json.loads(body)
        self.taken.setdefault(said["key"], said)
        return None if self.mood == "silent" else (200, {"receipt": f"r-{said['key']}"})


@contextmanager
def gateway(key: bytes):
    """Run one; yields (LocalGateway, address)."""
    local = LocalGateway(key)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            self.reply("POST", self.rfile.read(int(self.headers["Content-Length"])))

        def do_GET(self):
            self.reply("GET", b"")

        def reply(self, method, body):
            answer = local.answer(method, self.path, body, self.headers)
            if answer is None:
                self.close_connection = True
                return
            data = json.dumps(answer[1]).encode()
            self.send_response(answer[0])
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *args):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield local, f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
