"""The sound of one call: sends a tone and keys as RTP every 20 ms, keeps what arrives."""

import contextlib
import itertools
import re
import secrets
import select
import socket
import struct
import threading
import time

from telephony import audio

KEY_FRAMES = 8  # 160 ms
GAP_FRAMES = 6


class Media:
    """Half of a call's sound. `say(hz)` changes the tone at any moment; 0 is silence, None sends nothing at all."""

    def __init__(self, host: str) -> None:
        self.host = host
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind((host, 0))
        self.port = self.socket.getsockname()[1]
        self.peer: tuple[str, int] | None = None
        self.key_type = 101
        self.hz: int | None = 0
        self.muted = False
        self.keys: list[str] = []
        self.heard_keys: list[str] = []
        self.received = 0  # packets
        self._heard: list[tuple[float, bytes]] = []  # when a frame came, and the frame
        self._key_stamps: set[int] = set()
        self._closed = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def offer(self, direction: str = "sendrecv") -> str:
        return "\r\n".join([
            "v=0", f"o=- {self.port} {time.monotonic_ns() // 1000} IN IP4 {self.host}", "s=-", f"c=IN IP4 {self.host}",
            "t=0 0", f"m=audio {self.port} RTP/AVP 8 {self.key_type}", "a=rtpmap:8 PCMA/8000",
            f"a=rtpmap:{self.key_type} telephone-event/8000", f"a=fmtp:{self.key_type} 0-15", "a=ptime:20",
            f"a={direction}", "",
        ])

    def accept(self, sdp: str) -> None:
        """Send to where the other side's description says."""
        port, host = re.search(r"^m=audio (\d+)", sdp, re.M), re.search(r"^c=IN IP4 (\S+)", sdp, re.M)
        if port and host:
            self.peer = (host[1], int(port[1]))
        if kind := re.search(r"^a=rtpmap:(\d+) telephone-event", sdp, re.M):
            self.key_type = int(kind[1])

    def listen(self, seconds: float) -> list[int]:
        """What arrives from now on for so long."""
        begun = time.monotonic()
        time.sleep(seconds)
        return self.since(begun)

    def since(self, begun: float) -> list[int]:
        """What has arrived since `begun` (time.monotonic())."""
        return audio.linear(b"".join(frame for at, frame in list(self._heard) if at >= begun))

    def close(self) -> None:
        self._closed.set()
        self._thread.join(2)
        self.socket.close()

    def _run(self) -> None:
        source, sequence, stamp = secrets.randbits(31), 1, 0
        due, counter = time.monotonic(), itertools.count()
        pending: list[tuple[bool, bytes]] = []
        key_stamp = gap = 0
        while not self._closed.is_set():
            self._receive(max(0.0, due - time.monotonic()))
            if time.monotonic() < due:
                continue
            due, stamp, number = due + 0.02, stamp + audio.FRAME, next(counter)
            if not pending and self.keys and not gap:
                pending, key_stamp, gap = audio.key_packets(self.keys.pop(0), KEY_FRAMES), stamp, GAP_FRAMES
            if pending:
                marker, payload = pending.pop(0)
                packet = struct.pack(">BBHII", 0x80, marker << 7 | self.key_type, sequence, key_stamp, source) + payload
            elif self.hz is None:
                continue
            else:
                gap = max(0, gap - 1)
                frame = audio.tone(0 if self.muted else self.hz)[number % 50]
                packet = struct.pack(">BBHII", 0x80, 8, sequence, stamp, source) + frame
            sequence = (sequence + 1) & 0xFFFF
            if self.peer:
                with contextlib.suppress(OSError):  # the other side is closing
                    self.socket.sendto(packet, self.peer)

    def _receive(self, seconds: float) -> None:
        if not select.select([self.socket], [], [], seconds)[0]:
            return
        try:
            data = self.socket.recv(2048)
        except OSError:
            return
        if len(data) < 12:
            return
        kind = data[1] & 0x7F
        if kind == 8:
            self.received += 1
            self._heard.append((time.monotonic(), data[12:]))
        elif kind == self.key_type and len(data) >= 16:
            stamp = struct.unpack(">I", data[4:8])[0]
            if stamp not in self._key_stamps:
                self._key_stamps.add(stamp)
                self.heard_keys.append(audio.KEYS[data[12] & 0x0F])
