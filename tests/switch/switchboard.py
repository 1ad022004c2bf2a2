"""A real Asterisk on this machine, made from a Plan: started, watched and stopped by the tests."""

import contextlib
import http.server
import json
import math
import os
import re
import socket
import struct
import subprocess
import threading
import time
import urllib.parse
import wave
from pathlib import Path

from handset import Telephone

from huying.switch import package, records
from huying.switch.render import spoken, write
from telephony import audio
from telephony.node import PATIENCE, eventually, is_open


class Node:
    def __init__(self, plan, found):
        self.plan, self.found, self.process = plan, found, None
        self.server = (plan.host, plan.sip_port)
        self.phones, self.added, self.begin = [], [], 0

    def start(self):
        folder = self.plan.folder
        package.furnish(folder, self.found)
        write(self.plan)
        make_sounds(folder / "sounds")
        environ = {"PATH": os.environ["PATH"], "TZ": "Asia/Shanghai", "LC_ALL": "C.UTF-8", "HOME": str(folder)}
        with (folder / "log/console").open("wb") as console:
            self.process = subprocess.Popen(
                [*self.found.command, "-C", str(folder / "etc/asterisk.conf"), "-f"], env=environ, cwd=folder,
                stdout=console, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL,
            )
        limit = time.monotonic() + 60
        while "Asterisk ready" not in self.log("console") and "fully booted" not in self.cli("core waitfullybooted"):
            if time.monotonic() > limit or self.process.poll() is not None:
                raise AssertionError(f"Asterisk did not start\n{self.log('console')[-3000:]}")
            time.sleep(0.1)
        return self

    def stop(self):
        self._put_phones_down()
        if self.process and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()

    def fresh(self):
        self.begin = len((self.plan.folder / records.FILE).read_bytes()) if (self.plan.folder / records.FILE).exists() else 0

    def tidy(self):
        """What a test leaves: calls, members, blocked numbers."""
        self._put_phones_down()
        self.cli("channel request hangup all")
        self.quiet()
        for queue, extension in self.added:
            self.cli(f"queue remove member PJSIP/{extension} from {queue}")
        self.added.clear()
        self.cli("database deltree blocked")

    def _put_phones_down(self):
        for phone in self.phones:
            phone.close()
        self.phones.clear()

    def log(self, name):
        with contextlib.suppress(FileNotFoundError):
            return (self.plan.folder / "log" / name).read_text(errors="replace")
        return ""

    def cli(self, command):
        done = subprocess.run(
            [*self.found.command, "-C", str(self.plan.folder / "etc/asterisk.conf"), "-rx", command],
            capture_output=True, text=True, errors="replace", timeout=60, check=False,
        )
        return done.stdout + done.stderr

    def knows(self, plan):
        """Whether SIP has come to this plan: the reload of it goes on after it has been answered."""
        phones, lines = {phone.extension for phone in plan.phones}, {f"trunk-{trunk.name}" for trunk in plan.trunks}
        wanted = {"endpoints": phones | lines, "aors": phones | lines, "auths": phones, "identifies": lines}
        rows = re.compile(r"^ *(?:Endpoint|Aor|Auth|Identify): +([^\s/<]+)", re.MULTILINE)
        return all(set(rows.findall(self.cli(f"pjsip list {kind}"))) == names for kind, names in wanted.items())

    def telephone(self, extension, **how):
        password = next(phone.password for phone in self.plan.phones if phone.extension == extension)
        phone = Telephone(self.server, user=extension, password=password, **how).register()
        self.phones.append(phone)
        return phone

    def carrier(self, ip="127.0.0.2", port=0, **how):
        line = Telephone(self.server, ip=ip, port=port, **how)
        self.phones.append(line)
        return line

    def members(self, queue, *extensions):
        for extension in extensions:
            self.added.append((queue, extension))
            self.cli(f"queue add member PJSIP/{extension} to {queue} penalty 0 as u{extension}")

    def records(self, linkedid=None):
        """What was recorded since the test began."""
        data = (self.plan.folder / records.FILE).read_bytes()[self.begin :]
        lines, _ = records.split(data)
        made = [records.from_csv(line) for line in lines]
        return [record for record in made if linkedid is None or record.linkedid == linkedid]

    def recording(self, name):
        """The samples of a recording, once the recorder has let go of it."""
        path = self.plan.folder / "spool/recordings" / name
        eventually(lambda: path.exists() and not is_open(path, self.process.pid))
        return audio.read(path)[0]

    def first_call(self):
        """The name of the first call since the test began; what the log says comes a moment after what SIP says."""
        return eventually(self.records)[0].linkedid

    def told(self):
        """User events so far, as "NAME data"."""
        return [f"{record.user_event} {record.data}".strip() for record in self.records() if record.kind == records.USER]

    def wait_told(self, start, since=0, times=1):
        """Until a user event that begins so is, so many times, among those after the first `since`."""
        self._until(
            lambda: sum(line.startswith(start) for line in self.told()[since:]) >= times,
            lambda: f"not {times} times {start!r} in {self.told()[since:]}",
        )

    def streams(self, sound):
        """How often that sound has been begun with: a prompt, or "default" for music."""
        begun = [record.extra for record in self.records() if record.kind == "STREAM_BEGIN"]
        return sum(sound in (each.get("sound"), each.get("class")) for each in begun)

    def wait_playing(self, sound, times=1):
        """Until it is played for the so-many-eth time; keys count from then on."""
        self._until(lambda: self.streams(sound) >= times, lambda: f"{sound} {self.streams(sound)} times in {self.told()}")

    def quiet(self):
        """Wait until no call is left, and the end of each is in the records."""
        self._until(lambda: "0 active channels" in self.cli("core show channels count"), lambda: self.cli("core show channels"))
        self._until(self._all_over, lambda: f"no end of all in {self.told()}")

    def _all_over(self):
        ends = {record.linkedid for record in self.records() if record.kind == "LINKEDID_END"}
        return {record.linkedid for record in self.records()} <= ends

    def _until(self, question, why):
        try:
            eventually(question)
        except AssertionError:
            raise AssertionError(why()) from None


class Manager:
    """The manager interface, as little of it as tests need."""

    def __init__(self, plan):
        self.socket = socket.create_connection(("127.0.0.1", plan.ami_port), PATIENCE)
        self.socket.settimeout(None)  # it may have nothing to say for long
        self.buffer, self.events, self.answers, self.count = b"", [], {}, 0
        threading.Thread(target=self._read, daemon=True).start()
        assert self.act(Action="Login", Username="huying", Secret=plan.ami_secret)["Response"] == "Success"

    def act(self, **fields):
        self.count += 1
        name = f"t{self.count}"
        lines = [f"{key}: {value}" for key, many in (fields | {"ActionID": name}).items()
                 for value in (many if isinstance(many, list) else [many])]
        self.socket.sendall(("\r\n".join(lines) + "\r\n\r\n").encode())
        limit = time.monotonic() + PATIENCE
        while name not in self.answers:
            assert time.monotonic() < limit, fields
            time.sleep(0.01)
        return self.answers[name]

    def wait(self, event, **match):
        limit = time.monotonic() + PATIENCE
        while time.monotonic() < limit:
            for found in self.events:
                if found.get("Event") == event and all(found.get(key) == value for key, value in match.items()):
                    return found
            time.sleep(0.02)
        raise AssertionError(f"no {event} {match} among {[each.get('Event') for each in self.events]}")

    def channel(self, prefix):
        """The name of the channel that begins so, once it is there."""
        limit = time.monotonic() + PATIENCE
        while time.monotonic() < limit:
            gone = {event["Channel"] for event in self.events.copy() if event.get("Event") == "Hangup"}
            for event in reversed(self.events.copy()):
                if event.get("Event") == "Newchannel" and event["Channel"].startswith(prefix) and event["Channel"] not in gone:
                    return event["Channel"]
            time.sleep(0.02)
        raise AssertionError(f"no channel {prefix}")

    def _read(self):
        while True:
            try:
                data = self.socket.recv(65536)
            except OSError:
                return
            if not data:
                return
            self.buffer += data
            while b"\r\n\r\n" in self.buffer:
                block, self.buffer = self.buffer.split(b"\r\n\r\n", 1)
                pairs = (line.split(": ", 1) for line in block.decode("utf-8", "replace").split("\r\n") if ": " in line)
                fields = {key: value for key, value in pairs}  # noqa: C416
                if "Response" in fields:
                    self.answers[fields.get("ActionID", "")] = fields
                elif "Event" in fields:
                    self.events.append(fields)

    def close(self):
        self.socket.close()


class Web:
    """Stands in for our web process: answers what `answer` gives, after `delay` seconds."""

    def __init__(self, port):
        self.asked, self.answer, self.delay, self.status = [], {}, 0.0, 200
        stub = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
                stub.asked.append((self.path, dict(urllib.parse.parse_qsl(body, keep_blank_values=True))))
                time.sleep(stub.delay)
                answer = stub.answer(self.path, stub.asked[-1][1]) if callable(stub.answer) else stub.answer
                data = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
                with contextlib.suppress(OSError):
                    self.send_response(stub.status)
                    self.send_header("Content-Length", str(len(data)))
                    self.end_headers()
                    self.wfile.write(data)

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", port), Handler)
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()


def make_sounds(folder: Path, seconds=0.3):
    """A short tone for everything that is spoken: the names are what matters."""
    for name in (*(f"zh/{name}" for name in spoken.SPOKEN), "moh/tone", "uploaded/hello", "uploaded/long"):
        path = folder / f"{name}.wav"
        if path.exists():
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        count = int(8000 * (10 if name.startswith(("moh", "uploaded/long")) else seconds))
        with wave.open(str(path), "wb") as out:
            out.setparams((1, 2, 8000, count, "NONE", ""))
            out.writeframes(struct.pack(f"<{count}h", *(int(6000 * math.sin(2 * math.pi * 300 * at / 8000)) for at in range(count))))
