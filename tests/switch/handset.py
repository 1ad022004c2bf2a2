"""A small real SIP telephone over UDP for tests: registers, calls, answers or refuses, holds, presses keys, sends a tone.

One instance is one telephone or one carrier; every call has its own RTP socket. Nothing here knows of our product.
"""

import contextlib
import hashlib
import random
import re
import socket
import struct
import threading
import time
import uuid
from collections import deque

from telephony import audio
from telephony.node import PATIENCE, eventually

PCMA, EVENT = 8, 101


class Failed(Exception):
    pass


class Message:
    def __init__(self, data):
        head, _, self.body = data.decode("utf-8", errors="replace").partition("\r\n\r\n")
        self.first, *lines = head.split("\r\n")
        self.headers = [(name.strip().lower(), value.strip()) for name, _, value in (line.partition(":") for line in lines)]
        self.status = int(self.first.split()[1]) if self.first.startswith("SIP/2.0") else 0
        self.method = "" if self.status else self.first.split()[0]

    def get(self, name):
        return next((value for key, value in self.headers if key == name.lower()), "")

    def all(self, name):
        return [value for key, value in self.headers if key == name.lower()]


class Call:
    """One dialogue, from either side."""

    def __init__(self, phone, call_id):
        self.phone, self.id = phone, call_id
        self.local = self.remote = self.target = ""
        self.routes = []
        self.cseq = random.randint(1, 1000)
        self.status = 0
        self.answered, self.ended, self.tried = threading.Event(), threading.Event(), threading.Event()
        self.rtp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.rtp.bind((phone.ip, 0))
        self.rtp.settimeout(0.2)
        self.peer = None
        self.heard, self.tape = 0, deque(maxlen=40)  # frames received, the last of them
        self.keys = []
        self.direction = "sendrecv"
        self.invite = None
        self.dialled = ""

    # what the person holding it does
    def hangup(self):
        if not self.ended.is_set():
            self.request("BYE")
            self.ended.set()

    def cancel(self):
        """Give up, as soon as the other side has heard of the call; before, there is nothing to give up."""
        threading.Thread(target=self._give_up, daemon=True).start()

    def _give_up(self):
        self.tried.wait(PATIENCE)
        self.phone.insist(self._cancel, self.ended)

    def answer(self):
        self.phone.reply(self.invite, 200, "OK", self, sdp=True)
        self.answered.set()
        self.start_media()

    def refuse(self, code=486, reason="Busy Here"):
        self.phone.reply(self.invite, code, reason, self)
        self.ended.set()

    def hold(self, held=True):
        self.direction = "sendonly" if held else "sendrecv"
        self.request("INVITE", sdp=True)

    def press(self, keys, pause=0.25):
        for key in keys:
            self.keys.append(key)
            time.sleep(pause)

    def hears(self, hz):
        """Whether that tone is in the last four fifths of a second."""
        return audio.hears(audio.linear(b"".join(self.tape)), hz)

    def wait_heard(self, *tones, frames=25):
        """Until so many frames have come from now on, and each of these tones is heard."""
        wanted = self.heard + frames
        try:
            eventually(lambda: self.heard >= wanted and all(map(self.hears, tones)))
        except AssertionError:
            heard = [hz for hz in tones if self.hears(hz)]
            raise Failed(f"{self.phone.name}: {self.heard - wanted + frames} frames, {heard} of {tones}") from None
        return self

    def wait_answered(self):
        if not self.answered.wait(PATIENCE):
            raise Failed(f"{self.phone.name}: not answered, status {self.status}")
        return self

    def wait_ended(self):
        if not self.ended.wait(PATIENCE):
            raise Failed(f"{self.phone.name}: still up")
        return self

    # protocol
    def sdp(self):
        ip, port = self.rtp.getsockname()
        return (
            f"v=0\r\no=- {random.randint(1, 10**8)} 1 IN IP4 {ip}\r\ns=-\r\nc=IN IP4 {ip}\r\nt=0 0\r\n"
            f"m=audio {port} RTP/AVP {PCMA} {EVENT}\r\na=rtpmap:{PCMA} PCMA/8000\r\na=rtpmap:{EVENT} telephone-event/8000\r\n"
            f"a=fmtp:{EVENT} 0-16\r\na=ptime:20\r\na={self.direction}\r\n"
        )

    def learn(self, body):
        host, port = re.search(r"c=IN IP4 (\S+)", body), re.search(r"m=audio (\d+)", body)
        if host and port:
            self.peer = (host[1], int(port[1]))

    def request(self, method, sdp=False):
        self.cseq += 1
        self.phone.send(self.phone.compose(method, self.target, self, sdp=sdp))

    def start_media(self):
        threading.Thread(target=self._speak, daemon=True).start()
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self):
        while not self.ended.is_set():
            try:
                data = self.rtp.recv(2048)
                if len(data) == 12 + audio.FRAME and data[1] & 127 == PCMA:
                    self.heard += 1
                    self.tape.append(data[12:])
            except TimeoutError:
                continue
            except OSError:
                return

    def _speak(self):
        sequence, stamp, source = self.phone.first or random.randint(1, 30000), random.randint(1, 10**6), random.randint(1, 2**31)
        tone = self.phone.frames
        due, frame = time.monotonic(), 0

        def packet(kind, payload, mark=0, at=None):
            nonlocal sequence
            if self.peer and not self.ended.is_set():
                head = struct.pack(">BBHII", 0x80, mark << 7 | kind, sequence & 0xFFFF, (at or stamp) & 0xFFFFFFFF, source)
                with contextlib.suppress(OSError):  # the other side, or the test, is through
                    self.rtp.sendto(head + payload, self.peer)
            sequence += 1

        while not self.ended.is_set():
            if self.keys:
                code, begin = "0123456789*#".index(self.keys.pop(0)), stamp
                for turn in range(8):
                    ends = 0x8A if turn >= 5 else 0x0A
                    packet(EVENT, struct.pack(">BBH", code, ends, 160 * min(turn + 1, 6)), int(turn == 0), begin)
                    time.sleep(0.02)
                    stamp += 160
                due = time.monotonic()
            packet(PCMA, tone[frame % len(tone)])
            frame, stamp, due = frame + 1, stamp + 160, due + 0.02
            time.sleep(max(0, due - time.monotonic()))


class Telephone:
    def __init__(self, server, ip="127.0.0.1", port=0, user="", password="", tone=440, patience=0.2, behave="answer", first=None):
        self.server, self.user, self.name, self.password = server, user, user or ip, password
        self.patience, self.behave = patience, behave  # answer | ring | refuse
        self.first = first  # number of the first RTP packet of each call; None: any
        self.ip, self.calls, self.frames = ip, {}, audio.tone(tone)
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind((ip, port))
        self.port = self.socket.getsockname()[1]
        self.arrived = []  # calls offered to us
        self.answers = {}
        self.open = True
        self.socket.settimeout(0.1)
        self.reader = threading.Thread(target=self._run, daemon=True)
        self.reader.start()

    def close(self):
        self.open = False
        for call in self.calls.values():
            call.ended.set()
            call.rtp.close()
        self.reader.join()
        self.socket.close()

    def register(self, seconds=300):
        call = Call(self, uuid.uuid4().hex)
        call.ended.set()
        call.rtp.close()
        call.local, call.remote = f"<sip:{self.user}@{self.server[0]}>;tag={tag()}", f"<sip:{self.user}@{self.server[0]}>"
        uri, answer = f"sip:{self.server[0]}", None
        for _ in range(2):
            call.cseq += 1
            lines = [f"Expires: {seconds}"]
            if answer:
                lines.append(self._authorise("REGISTER", uri, answer))
            answer = self._ask(self.compose("REGISTER", uri, call, lines), call)
            if answer.status == 200:
                return self
        raise Failed(f"{self.user}: {answer.first}")

    def call(self, called, caller="", display="", extra=()):
        """Begin a call and return at once."""
        call = Call(self, uuid.uuid4().hex)
        self.calls[call.id] = call
        number = caller or self.user or "anonymous"
        shown = f'"{display}" ' if display else ""
        call.local = f"{shown}<sip:{number}@{self.ip}>;tag={tag()}"
        call.remote = f"<sip:{called}@{self.server[0]}>"
        call.target = f"sip:{called}@{self.server[0]}:{self.server[1]}"
        call._lines = list(extra)
        call._cancel = ""
        self._invite(call)
        return call

    def _invite(self, call, lines=()):
        call.cseq += 1
        call.branch = f"z9hG4bK{tag()}"
        text = self.compose("INVITE", call.target, call, [*call._lines, *lines], sdp=True, branch=call.branch)
        call._cancel = self.compose("CANCEL", call.target, call, branch=call.branch)
        threading.Thread(target=self.insist, args=(text, call.tried), daemon=True).start()

    def compose(self, method, uri, call, lines=(), sdp=False, branch=""):
        body = call.sdp() if sdp else ""
        head = [
            f"{method} {uri} SIP/2.0", f"Via: SIP/2.0/UDP {self.ip}:{self.port};rport;branch={branch or 'z9hG4bK' + tag()}",
            f"From: {call.local}", f"To: {call.remote}", f"Call-ID: {call.id}", f"CSeq: {call.cseq} {method}",
            f"Contact: <sip:{self.user or 'line'}@{self.ip}:{self.port}>", "Max-Forwards: 70",
            "Allow: INVITE, ACK, BYE, CANCEL, OPTIONS, UPDATE, NOTIFY", *(f"Route: {route}" for route in call.routes), *lines,
        ]
        if body:
            head.append("Content-Type: application/sdp")
        return "\r\n".join([*head, f"Content-Length: {len(body)}", "", body])

    def send(self, text):
        with contextlib.suppress(OSError):  # closed meanwhile
            self.socket.sendto(text.encode("utf-8", errors="surrogateescape"), self.server)

    def insist(self, text, heard):
        """Send it, and again until the other side has heard of it: a datagram may be lost."""
        while self.open:
            self.send(text)
            if heard.wait(0.5):
                break

    def reply(self, message, code, reason, call=None, sdp=False):
        lines = [f"SIP/2.0 {code} {reason}", *(f"Via: {via}" for via in message.all("via")),
                 *(f"Record-Route: {route}" for route in message.all("record-route")), f"From: {message.get('from')}"]
        to = message.get("to")
        if call and "tag=" not in to and code > 100:
            to = call.local
        body = call.sdp() if sdp else ""
        lines += [f"To: {to}", f"Call-ID: {message.get('call-id')}", f"CSeq: {message.get('cseq')}",
                  f"Contact: <sip:{self.user or 'line'}@{self.ip}:{self.port}>", "Allow: INVITE, ACK, BYE, CANCEL, OPTIONS, UPDATE, NOTIFY"]
        if body:
            lines.append("Content-Type: application/sdp")
        self.send("\r\n".join([*lines, f"Content-Length: {len(body)}", "", body]))

    def _run(self):
        while self.open:
            try:
                data, _ = self.socket.recvfrom(65536)
            except TimeoutError:
                continue
            except OSError:
                return
            if not data.strip():
                continue
            message = Message(data)
            if message.status:
                self._answered(message)
            else:
                self._asked(message)

    def _answered(self, message):
        call = self.calls.get(message.get("call-id"))
        method = message.get("cseq").split()[-1]
        self.answers[(message.get("call-id"), message.get("cseq"))] = message
        if call is None or method != "INVITE":
            return
        call.status = message.status
        call.tried.set()
        if message.status < 200:
            return
        again = call.answered.is_set()
        was = call.target
        call.remote = message.get("to")
        if message.status < 300:
            found = re.search(r"<(sip:[^>]+)>", message.get("contact"))
            call.target = found[1] if found else call.target
            call.learn(message.body)
        branch = "" if message.status < 300 else getattr(call, "branch", "")
        self.send(self.compose("ACK", call.target if message.status < 300 else was, call, branch=branch))
        if message.status in (401, 407) and self.password and not getattr(call, "_tried", False):
            call._tried = True
            call.remote = re.sub(r";tag=.*", "", call.remote)
            self._invite(call, [self._authorise("INVITE", call.target, message)])
        elif message.status < 300 and not again:
            call.answered.set()
            call.start_media()
        elif message.status >= 300 and not again:
            call.ended.set()

    def _asked(self, message):
        call = self.calls.get(message.get("call-id"))
        if message.method == "INVITE":
            self._offered(message, call)
        elif message.method == "BYE":
            self.reply(message, 200, "OK")
            if call:
                call.ended.set()
        elif message.method == "CANCEL":
            self.reply(message, 200, "OK")
            if call and not call.answered.is_set():
                self.reply(call.invite, 487, "Request Terminated", call)
                call.ended.set()
        elif message.method != "ACK":
            self.reply(message, 200, "OK")

    def _offered(self, message, call):
        if call is not None:
            call.invite = message
            if call.answered.is_set():
                call.learn(message.body)
                self.reply(message, 200, "OK", call, sdp=True)
            return
        call = Call(self, message.get("call-id"))
        self.calls[call.id] = call
        call.invite, call.remote = message, message.get("from")
        call.local = f"{message.get('to')};tag={tag()}"
        call.dialled = re.search(r"sips?:([^@;>]*)", message.first)[1]
        found = re.search(r"<(sip:[^>]+)>", message.get("contact"))
        call.target, call.routes = found[1], message.all("record-route")
        call.learn(message.body)
        self.arrived.append(call)
        self.reply(message, 180, "Ringing", call)
        threading.Thread(target=self._decide, args=(call,), daemon=True).start()

    def _decide(self, call):
        time.sleep(self.patience)
        if call.ended.is_set():
            return
        if self.behave == "answer":
            call.answer()
        elif self.behave == "refuse":
            call.refuse()

    def wait_offered(self, count=1):
        limit = time.monotonic() + PATIENCE
        while len(self.arrived) < count:
            if time.monotonic() > limit:
                raise Failed(f"{self.name}: {len(self.arrived)} calls offered, not {count}")
            time.sleep(0.02)
        return self.arrived[count - 1]

    def _ask(self, text, call):
        wanted = (call.id, f"{call.cseq} {text.split(' ', 1)[0]}")
        limit = time.monotonic() + PATIENCE
        while time.monotonic() < limit:
            self.send(text)
            again = time.monotonic() + 1
            while time.monotonic() < again:
                found = self.answers.get(wanted)
                if found and found.status >= 200:
                    return found
                time.sleep(0.01)
        raise Failed(f"{self.name}: no answer to {wanted[1]}")

    def _authorise(self, method, uri, answer):
        asked = answer.get("www-authenticate") or answer.get("proxy-authenticate")
        values = dict(re.findall(r'(\w+)="?([^",]+)"?', asked))
        nonce, realm, cnonce = values["nonce"], values["realm"], tag()
        first = md5(f"{self.user}:{realm}:{self.password}")
        proof = md5(f"{first}:{nonce}:00000001:{cnonce}:auth:{md5(f'{method}:{uri}')}")
        header = "Authorization" if answer.status == 401 else "Proxy-Authorization"
        opaque = f', opaque="{values["opaque"]}"' if "opaque" in values else ""
        return (f'{header}: Digest username="{self.user}", realm="{realm}", nonce="{nonce}", uri="{uri}", response="{proof}", '
                f'algorithm=MD5, cnonce="{cnonce}", qop=auth, nc=00000001{opaque}')


def md5(text):
    return hashlib.md5(text.encode()).hexdigest()


def tag():
    return uuid.uuid4().hex[:12]
