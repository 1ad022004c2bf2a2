"""A telephone for tests: a real SIP party with real sound, answering and ringing at a test's word.

    citizen = Telephone(node.address, "13800138000", host="127.0.0.2")     # a carrier's side: known by its address
    agent = Telephone(node.address, "1001", password="…"); agent.register()
    call = citizen.dial("12345"); call.say(440); call.press("1")
    ring = agent.ring(); ring.answer(); ring.say(880)
    assert call.hears(880) and ring.hears(440)
    ring.hold(); ring.resume(); ring.refer("1002"); call.hang_up(); ring.wait("ended")

States of a call: trying, ringing, up, ended (`code` says why it never came up, `by` who ended it).
"""

import contextlib
import queue
import secrets
import socket
import threading
import time
from collections.abc import Callable

from telephony import audio
from telephony.media import Media
from telephony.sip import Message, address_of, digest, tag_of, user_of

PATIENCE = 30.0


class Telephone:
    def __init__(self, server: tuple[str, int], number: str, *, host: str = "127.0.0.1", password: str = "",
                 name: str = "", port: int = 0) -> None:
        self.server, self.number, self.password, self.name = server, number, password, name
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2**20)
        self.socket.bind((host, port))
        self.host, self.port = self.socket.getsockname()
        self.contact = f"<sip:{number}@{self.host}:{self.port}>"
        self.auto: Callable[[Call], None] | None = None  # what to do with each call that comes in, in a thread
        self.calls: dict[str, Call] = {}
        self._rings: queue.Queue[Call] = queue.Queue()
        self._answers: dict[str, queue.Queue[Message]] = {}
        self._sent: dict[str, bytes] = {}  # our answer to each request, for those that come again
        self._closed = False
        self.socket.settimeout(0.1)  # so that a telephone that closes really frees its port
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def __enter__(self) -> "Telephone":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # --- what a test says -------------------------------------------------------------------------------------------

    def register(self, seconds: int = 300) -> None:
        """Sign in to the switch; raises AssertionError when it refuses. Told anew what to sign with (a reload in between), it
        signs anew, once."""
        uri, call = f"sip:{self.server[0]}:{self.server[1]}", secrets.token_hex(8)
        signed: list[tuple[str, str]] = []
        for number in (1, 2, 3):
            extra = [("Expires", str(seconds)), *signed]
            request = self.request("REGISTER", uri, call, number, to=f"<{self.uri(self.number)}>", extra=extra)
            answer = self.transact(request)
            if answer.code != 401:
                break
            signed = [("Authorization", digest(answer["www-authenticate"], "REGISTER", uri, self.number, self.password))]
        assert answer.code == 200, f"REGISTER {self.number}: {answer.first}"

    def dial(self, called: str, *, wait: str = "up", timeout: float = PATIENCE, caller: str = "",
             headers: list[tuple[str, str]] | None = None) -> "Call":
        """Call somebody; returns when the call is in state `wait`, and fails when it never is."""
        call = Call(self, secrets.token_hex(8), uri=self.uri(called), outgoing=True, caller=caller or self.number)
        self.calls[call.id] = call
        call.invite(headers or [])
        return call.wait(wait, timeout)

    def ring(self, timeout: float = PATIENCE) -> "Call":
        """The next call that rings here."""
        try:
            return self._rings.get(timeout=timeout)
        except queue.Empty:
            raise AssertionError(f"{self.number} never rang within {timeout} s") from None

    def silent(self, seconds: float) -> bool:
        """Whether it does not ring for so long."""
        try:
            call = self._rings.get(timeout=seconds)
        except queue.Empty:
            return True
        self._rings.put(call)
        return False

    def close(self) -> None:
        if self._closed:
            return
        for call in list(self.calls.values()):
            with contextlib.suppress(AssertionError):  # the switch is gone
                call.hang_up()
        for call in list(self.calls.values()):
            call.media.close()
        if self.password:
            with contextlib.suppress(AssertionError):
                self.register(0)
        self.leave()

    def leave(self) -> None:
        """Without a word: the registration stays."""
        self._closed = True
        self._reader.join(2)
        self.socket.close()

    # --- messages ---------------------------------------------------------------------------------------------------

    def uri(self, user: str) -> str:
        return f"sip:{user}@{self.server[0]}:{self.server[1]}"

    def request(self, method: str, uri: str, call: str, number: int, *, to: str, sender: str = "", body: str = "",
                extra: list[tuple[str, str]] | None = None, branch: str = "", kind: str = "application/sdp") -> Message:
        own = f'"{self.name}" ' if self.name else ""
        headers = [
            ("Via", f"SIP/2.0/UDP {self.host}:{self.port};branch={branch or 'z9hG4bK' + secrets.token_hex(8)};rport"),
            ("From", sender or f"{own}<{self.uri(self.number)}>;tag={secrets.token_hex(4)}"),
            ("To", to), ("Call-ID", call), ("CSeq", f"{number} {method}"), ("Contact", self.contact),
            ("Max-Forwards", "70"), ("User-Agent", "test telephone"), *(extra or []),
        ]
        if body:
            headers.append(("Content-Type", kind))
        return Message(f"{method} {uri} SIP/2.0", [(name.lower(), value) for name, value in headers], body)

    def transact(self, request: Message) -> Message:
        """Send until answered; the final answer."""
        answers = self._answers.setdefault(request.branch, queue.Queue())
        try:
            for _ in range(32):
                self.send(request)
                try:
                    while (answer := answers.get(timeout=0.5)).code < 200:
                        pass
                    return answer
                except queue.Empty:
                    continue
            raise AssertionError(f"no answer to {request.first}")
        finally:
            self._answers.pop(request.branch, None)

    def send(self, message: Message) -> None:
        if not self._closed:
            self.socket.sendto(message.encode(), self.server)

    def answer(self, request: Message, code: int, reason: str, *, tag: str = "", body: str = "") -> None:
        to = request["to"] if tag_of(request["to"]) or not tag else f"{request['to']};tag={tag}"
        headers = [("via", via) for via in request.every("via")]
        headers += [("record-route", route) for route in request.every("record-route")]
        headers += [("from", request["from"]), ("to", to), ("call-id", request["call-id"]), ("cseq", request["cseq"]),
                    ("contact", self.contact)]
        if body:
            headers.append(("content-type", "application/sdp"))
        data = Message(f"SIP/2.0 {code} {reason}", headers, body).encode()
        self._sent[f"{request.branch} {request.method}"] = data
        self.socket.sendto(data, self.server)

    def _read(self) -> None:
        while not self._closed:
            try:
                data, source = self.socket.recvfrom(65535)
            except TimeoutError:
                continue
            except OSError:
                return
            if source != self.server or not data.strip():
                continue
            message = Message.parse(data)
            try:
                self._answered(message) if message.code else self._asked(message)
            except OSError:
                if not self._closed:
                    raise

    def _answered(self, answer: Message) -> None:
        if waiting := self._answers.get(answer.branch):
            waiting.put(answer)
        elif answer.method == "INVITE" and (call := self.calls.get(answer["call-id"])):
            call.invited(answer)

    def _asked(self, request: Message) -> None:
        again = self._sent.get(f"{request.branch} {request.method}")
        if again and request.method != "ACK":
            self.socket.sendto(again, self.server)
            return
        call = self.calls.get(request["call-id"])
        if call:
            call.asked(request)
        elif request.method == "INVITE":
            call = Call(self, request["call-id"], uri=address_of(request["contact"]), outgoing=False,
                        caller=user_of(request["from"]))
            self.calls[call.id] = call
            call.asked(request)
            if self.auto:
                threading.Thread(target=self.auto, args=(call,), daemon=True).start()
            else:
                self._rings.put(call)
        elif request.method in {"OPTIONS", "NOTIFY"}:
            self.answer(request, 200, "OK")
        elif request.method != "ACK":
            self.answer(request, 481, "Unknown")


class Call:
    """One call of one telephone."""

    def __init__(self, phone: Telephone, key: str, *, uri: str, outgoing: bool, caller: str) -> None:
        self.phone, self.id, self.target, self.outgoing, self.caller = phone, key, uri, outgoing, caller
        self.state, self.code, self.by, self.reason = "trying", 0, "", ""
        self.states: dict[str, float] = {"trying": time.monotonic()}
        self.media = Media(phone.host)
        self.notes: list[str] = []  # what NOTIFY said: of a transfer, or which event it was
        self.invitation: Message | None = None
        self._tag, self._number = secrets.token_hex(4), 0
        self._local = self._remote = ""
        self._request: Message | None = None
        self._tried_password = False
        self._changed = threading.Condition()

    # --- what a test says -------------------------------------------------------------------------------------------

    def wait(self, state: str, timeout: float = PATIENCE) -> "Call":
        """Until it has been in that state; a call that ended instead fails at once."""
        with self._changed:
            self._changed.wait_for(lambda: state in self.states or self.state == "ended", timeout)
        assert state in self.states, f"{self.phone.number}: {self.state} ({self.code} {self.reason}), not {state}"
        return self

    def answer(self) -> "Call":
        assert self.invitation and self.state == "ringing", self.state
        self.media.accept(self.invitation.body)
        self.phone.answer(self.invitation, 200, "OK", tag=self._tag, body=self.media.offer())
        self._enter("up")
        return self

    def refuse(self, code: int = 486) -> None:
        assert self.invitation
        self.phone.answer(self.invitation, code, "Busy Here", tag=self._tag)
        self._end("us", code)

    def hang_up(self) -> None:
        if self.state == "up":
            self._end("us")
            self._ask("BYE")
        elif self.state != "ended" and not self.outgoing:
            self.refuse(480)
        elif self.state != "ended" and self._request:
            ask = self.phone.request("CANCEL", self.target, self.id, self._number, to=f"<{self.target}>",
                                     sender=self._local, branch=self._request.branch)
            self.phone.send(ask)
            self._end("us", 487)

    def talked(self) -> float:
        """Seconds from the answer to the end, or until now."""
        return self.states.get("ended", time.monotonic()) - self.states["up"]

    def say(self, hz: int | None) -> "Call":
        """Sound on this frequency from now on; 0 is silence, None sends no packets at all."""
        self.media.hz = hz
        return self

    def press(self, keys: str) -> "Call":
        self.media.keys.extend(keys)
        return self

    def hears(self, hz: int, *, within: float = PATIENCE) -> bool:
        """Whether this frequency is heard within so many seconds."""
        until = time.monotonic() + within
        while time.monotonic() < until:
            if audio.hears(self.media.listen(0.5), hz):
                return True
        return False

    def deaf_to(self, hz: int, *, seconds: float = 1.0) -> bool:
        """Whether nothing of this frequency is heard for so long."""
        return not audio.hears(self.media.listen(seconds), hz)

    def hold(self) -> None:
        """As a phone does it: it says so, and its microphone is off."""
        self.media.muted = True
        self._reinvite("sendonly")

    def resume(self) -> None:
        self._reinvite("sendrecv")
        self.media.muted = False

    def refer(self, to: str, *, replaces: "Call | None" = None) -> int:
        """Transfer: blind, or attended to the party of the second call. Returns the answer's code."""
        target = self.phone.uri(to)
        if replaces:
            key = f"{replaces.id}%3Bto-tag%3D{tag_of(replaces._remote)}%3Bfrom-tag%3D{tag_of(replaces._local)}"
            target = f"{target}?Replaces={key}"
        return self._ask("REFER", [("Refer-To", f"<{target}>"), ("Referred-By", f"<{self.phone.uri(self.phone.number)}>")]).code

    # --- messages ---------------------------------------------------------------------------------------------------

    def invite(self, headers: list[tuple[str, str]]) -> None:
        name = f'"{self.phone.name}" ' if self.phone.name else ""
        self._local = f"{name}<sip:{self.caller}@{self.phone.server[0]}>;tag={self._tag}"
        self._headers = headers
        self._send_invite([])
        threading.Thread(target=self._insist, args=(self._request,), daemon=True).start()

    def _insist(self, request: Message | None) -> None:
        """Send the first request again until anybody answers: datagrams may be lost."""
        for _ in range(30):
            time.sleep(0.5)
            if self.state != "trying" or self._request is not request or "heard" in self.states:
                return
            self.phone.send(request)

    def _send_invite(self, extra: list[tuple[str, str]]) -> None:
        self._number += 1
        self._request = self.phone.request(
            "INVITE", self.target, self.id, self._number, to=self._remote or f"<{self.target}>", sender=self._local,
            body=self.media.offer(), extra=[*self._headers, *extra])
        self.phone.send(self._request)

    def invited(self, answer: Message) -> None:
        """An answer to our first INVITE."""
        self.states.setdefault("heard", time.monotonic())
        if answer.code < 200:
            if answer.body:
                self.media.accept(answer.body)
            if answer.code > 100 and self.state == "trying":
                self._enter("ringing")
        elif answer.code < 300:
            self._remote, self.target = answer["to"], address_of(answer["contact"]) or self.target
            self._acknowledge(answer)
            if self.state == "ended":
                self._ask_soon("BYE")  # they answered while we gave up
            elif self.state != "up":
                self.media.accept(answer.body)
                self._enter("up")
        else:
            ack = self.phone.request("ACK", self.target, self.id, self._number, to=answer["to"], sender=self._local,
                                     branch=answer.branch)
            self.phone.send(ack)
            if answer.code in {401, 407} and self.phone.password and not self._tried_password:
                self._tried_password = True
                ours, theirs = ("Authorization", "www-authenticate") if answer.code == 401 else (
                    "Proxy-Authorization", "proxy-authenticate")
                self._send_invite([(ours, digest(answer[theirs], "INVITE", self.target, self.phone.number,
                                                 self.phone.password))])
            elif self.state != "ended":
                self._end("them", answer.code, answer["reason"] or answer.first)

    def asked(self, request: Message) -> None:
        """A request of the other side within this call."""
        phone = self.phone
        if request.method == "INVITE" and self.invitation is None and not self.outgoing:
            self.invitation = request
            self._local, self._remote = f"{request['to']};tag={self._tag}", request["from"]
            phone.answer(request, 180, "Ringing", tag=self._tag)
            self._enter("ringing")
        elif request.method == "INVITE":
            if request.body:
                self.media.accept(request.body)
            phone.answer(request, 200, "OK", tag=self._tag, body=self.media.offer())
        elif request.method == "ACK":
            if request.body:
                self.media.accept(request.body)
        elif request.method == "BYE":
            phone.answer(request, 200, "OK")
            self._end("them", 200, request["reason"])
        elif request.method == "CANCEL":
            phone.answer(request, 200, "OK")
            if self.invitation and self.state == "ringing":
                phone.answer(self.invitation, 487, "Request Terminated", tag=self._tag)
                self._end("them", 487, request["reason"])
        else:
            if request.method == "NOTIFY":
                self.notes.append(request.body.strip() or request["event"])
            phone.answer(request, 200, "OK")

    def _reinvite(self, direction: str) -> None:
        self._number += 1
        request = self.phone.request("INVITE", self.target, self.id, self._number, to=self._remote, sender=self._local,
                                     body=self.media.offer(direction))
        answer = self.phone.transact(request)
        assert answer.code == 200, answer.first
        self._acknowledge(answer)

    def _acknowledge(self, answer: Message) -> None:
        number = int(answer["cseq"].split()[0])
        self.phone.send(self.phone.request("ACK", self.target, self.id, number, to=answer["to"], sender=self._local))

    def _ask(self, method: str, extra: list[tuple[str, str]] | None = None) -> Message:
        for _ in range(2):
            self._number += 1
            answer = self.phone.transact(self.phone.request(
                method, self.target, self.id, self._number, to=self._remote, sender=self._local, extra=extra))
            if answer.code not in {401, 407} or not self.phone.password:
                break
            ours, theirs = ("Authorization", "www-authenticate") if answer.code == 401 else (
                "Proxy-Authorization", "proxy-authenticate")
            extra = [*(extra or []), (ours, digest(answer[theirs], method, self.target, self.phone.number,
                                                   self.phone.password))]
        return answer

    def _ask_soon(self, method: str) -> None:
        threading.Thread(target=self._ask, args=(method,), daemon=True).start()  # the reading thread must not wait

    def _enter(self, state: str) -> None:
        with self._changed:
            self.state = state
            self.states.setdefault(state, time.monotonic())
            self._changed.notify_all()

    def _end(self, by: str, code: int = 200, reason: str = "") -> None:
        if self.state != "ended":
            self.by, self.code, self.reason = by, code, reason
            self._enter("ended")
