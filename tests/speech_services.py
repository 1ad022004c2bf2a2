"""Two vendors' recognisers of different shape, as local servers: they really listen, and know words by their pitch.

`Vendor("raw")`: the wav as the bare body, a token in a header, the words at `result`.
`Vendor("json")`: samples without a head as base64 in an object with its length, the words at `data.nbest.0.sentence`.
"""

import base64
import contextlib
import http.server
import io
import json
import struct
import threading
import time
import wave

from telephony import audio

WORDS = {440: "我想问一下社保卡在哪里补办", 880: "今天的天气不错"}
TOKEN = "token-of-the-vendor"


class Vendor:
    """`behave` replaces the answer: a status, bytes, seconds to be slow, or "drip": a byte now and then, for ever."""

    def __init__(self, shape, behave=None):
        self.shape, self.behave, self.asked = shape, behave, []
        vendor = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                vendor.asked.append((dict(self.headers), body))
                status, answer = vendor.answer(dict(self.headers), body)
                with contextlib.suppress(OSError):
                    self.send_response(status)
                    self.send_header("Content-Length", str(len(answer)))
                    self.end_headers()
                    for at in range(len(answer) if vendor.behave == "drip" else 0):
                        self.wfile.write(answer[at : at + 1])
                        time.sleep(0.2)
                    if vendor.behave != "drip":
                        self.wfile.write(answer)

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_port}/recognise"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def answer(self, headers, body):
        if isinstance(self.behave, int | float) and self.behave < 100:
            time.sleep(self.behave)
        elif isinstance(self.behave, int):
            return self.behave, b'{"result": "' + "社保".encode() + b'"}'
        elif self.behave == "drip":
            return 200, b" " * 300
        elif self.behave is not None:
            return 200, self.behave
        if self.shape == "raw":
            if headers.get("X-Token") != TOKEN:
                return 403, b"{}"
            with wave.open(io.BytesIO(body)) as sound:
                samples = sound.readframes(sound.getnframes())
            return 200, json.dumps({"result": self.words(samples), "confidence": 0.93}).encode()
        asked = json.loads(body)
        samples = base64.b64decode(asked["speech"]["data"])
        if (asked["token"], asked["speech"]["len"], asked["speech"]["rate"]) != (TOKEN, len(samples), 8000):
            return 200, b'{"code": 40001}'
        return 200, json.dumps({"code": 0, "data": {"nbest": [{"sentence": self.words(samples)}]}}).encode()

    @staticmethod
    def words(samples):
        heard = struct.unpack(f"<{len(samples) // 2}h", samples)
        return next((words for hz, words in WORDS.items() if audio.hears(heard, hz)), "")

    def close(self):
        self.server.shutdown()
        self.server.server_close()


def settings_of(raw, json_, chosen, *more, seconds=15):
    """The file of both vendors; only the first line says whose recogniser is used."""
    return "\n".join([
        f'recogniser = "{chosen}"', f"seconds = {seconds}", *more,
        "[services.one]", f'url = "{raw.url}"', 'headers = {X-Token = "{secret}"}', 'secret = "asr"', 'answer = "result"',
        'confidence = "confidence"', "least = 0.5", f"seconds = {seconds}",
        "[services.two]", f'url = "{json_.url}"', 'secret = "asr"', 'send = "json"', 'field = "speech.data"', 'audio = "pcm"',
        'fields = {token = "{secret}", "speech.rate" = 8000, "speech.len" = "{bytes}", cuid = "{call}"}',
        'answer = "data.nbest.0.sentence"', f"seconds = {seconds}",
    ])
