"""Tones and what is heard of them: a-law, RTP captures for SIPp, and a Goertzel filter that tells who hears whom.

Every party of a test sounds on a frequency of its own; `level` says how loud that frequency is in what another party
received or in a recording, and `hears` answers yes or no.
"""

import math
import struct
import wave
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path

from huying.switch import speech

RATE = 8000
FRAME = 160  # samples in 20 ms
LOUD = 9000  # of 32767
BLOCK = RATE // 4  # a quarter of a second: short tones register, neighbours 4 Hz apart do not
HEARD = -38.0  # dBFS; a tone of ours arrives at about -11, silence and hum far below
KEYS = "0123456789*#ABCD"
PROMPT, MUSIC, BEEP = 2600, 300, 800  # what a test's node plays for every prompt (0.4 s), on hold, and as the beep


def encode(sample: int) -> int:
    """One 16-bit sample as A-law."""
    sign = 0x80 if sample >= 0 else 0
    size = min(sample if sign else ~sample, 32767)
    if size < 256:
        code = size >> 4
    else:
        exponent = size.bit_length() - 8
        code = (exponent << 4) | ((size >> (exponent + 3)) & 0x0F)
    return (code | sign) ^ 0x55


def decode(code: int) -> int:
    code ^= 0x55
    exponent, mantissa = (code >> 4) & 7, code & 0x0F
    size = (mantissa << 4) + 8 if exponent == 0 else ((mantissa << 4) + 0x108) << (exponent - 1)
    return size if code & 0x80 else -size


LINEAR = [decode(code) for code in range(256)]
SILENCE = bytes([encode(0)]) * FRAME


@cache
def tone(hz: int) -> tuple[bytes, ...]:
    """One second of A-law frames; it repeats without a click. 0 is silence."""
    if not hz:
        return (SILENCE,) * 50
    data = bytes(encode(int(LOUD * math.sin(2 * math.pi * hz * k / RATE))) for k in range(RATE))
    return tuple(data[start:start + FRAME] for start in range(0, RATE, FRAME))


def linear(alaw: bytes) -> list[int]:
    return [LINEAR[code] for code in alaw]


def level(samples: Sequence[int], hz: int) -> float:
    """How loud `hz` is, in dBFS, in the loudest quarter of a second; -99 when there is nothing."""
    factor = 2 * math.cos(2 * math.pi * hz / RATE)
    best = 0.0
    for start in range(0, len(samples) - BLOCK + 1, BLOCK):
        before = last = 0.0
        for sample in samples[start:start + BLOCK]:
            before, last = last, sample + factor * last - before
        power = before * before + last * last - factor * before * last
        best = max(best, 2 * math.sqrt(max(power, 0.0)) / BLOCK)
    return round(20 * math.log10(best / 32768), 1) if best > 0.4 else -99.0


def hears(samples: Sequence[int], hz: int) -> bool:
    return level(samples, hz) > HEARD


def loudness(samples: Sequence[int]) -> float:
    """Of anything at all, in dBFS (root mean square)."""
    mean = math.sqrt(sum(sample * sample for sample in samples) / len(samples)) if samples else 0.0
    return round(20 * math.log10(mean / 32768), 1) if mean > 0.4 else -99.0


def read(path: Path) -> list[list[int]]:
    """The channels of a 16-bit wav file."""
    with wave.open(str(path)) as file:
        assert file.getframerate() == RATE and file.getsampwidth() == 2, path
        channels, data = file.getnchannels(), file.readframes(file.getnframes())
    samples = struct.unpack(f"<{len(data) // 2}h", data)
    return [list(samples[channel::channels]) for channel in range(channels)]


def key_packets(key: str, tick: int) -> list[tuple[bool, bytes]]:
    """RFC 2833: (marker, payload) of each packet of one key held for `tick` frames, the end said three times."""
    event = KEYS.index(key)
    held = [struct.pack(">BBH", event, 10, FRAME * (n + 1)) for n in range(tick)]
    ended = [struct.pack(">BBH", event, 0x8A, FRAME * tick)] * 3
    return [(n == 0, payload) for n, payload in enumerate([*held, *ended])]


def write_sounds(folder: Path, prompts: Iterable[str]) -> None:
    """The sounds of a node: short tones in place of voices, so that tests are quick and hear what is played."""
    speech.write(folder / "moh" / "hold.wav", speech.tone(MUSIC, 10))
    for name in prompts:
        speech.write(folder / "zh" / f"{name}.wav", speech.tone(BEEP if name == "beep" else PROMPT, 0.4))


def write_capture(path: Path, parts: Iterable[tuple[int, float] | str]) -> Path:
    """An RTP capture for SIPp's play_pcap_audio: (hz, seconds) sounds, "5" presses a key."""
    packets: list[bytes] = []
    clock, sequence, stamp = 0, 1, 160

    def add(kind: int, marker: bool, payload: bytes, at: int) -> None:
        nonlocal sequence
        rtp = struct.pack(">BBHII", 0x80, marker << 7 | kind, sequence, at, 0x1234) + payload
        udp = struct.pack(">HHHH", 6000, 6000, 8 + len(rtp), 0) + rtp
        ip = struct.pack(">BBHHHBBH4s4s", 0x45, 0, 20 + len(udp), 0, 0, 64, 17, 0, b"\x7f\0\0\2", b"\x7f\0\0\1") + udp
        frame = b"\0" * 12 + b"\x08\0" + ip
        packets.append(struct.pack("<IIII", clock // 10**6, clock % 10**6, len(frame), len(frame)) + frame)
        sequence += 1

    for part in parts:
        if isinstance(part, str):
            start = stamp
            for marker, payload in key_packets(part, 8):
                add(101, marker, payload, start)
                clock, stamp = clock + 20_000, stamp + FRAME
        else:
            frames = tone(part[0])
            for number in range(int(part[1] * 50)):
                add(8, number == 0, frames[number % 50], stamp)
                clock, stamp = clock + 20_000, stamp + FRAME
    path.write_bytes(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 1) + b"".join(packets))
    return path
