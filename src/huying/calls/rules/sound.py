"""What is to be known of a recording without hearing it: how long it is and the outline of its loudness. Pure."""

import array
import io
import struct
import wave
from dataclasses import dataclass
from datetime import datetime
from typing import BinaryIO

from huying.calls.rules.mark import NUMBER, embed

PEAKS = 400
"""Points of the outline, whatever the length."""

HEAD = 44
"""Bytes before the first sample of a WAV."""


class BadSound(ValueError):
    """No sound file of ours: 16 bit PCM in a WAV."""


class SilentSound(BadSound):
    """A file in which nothing was ever written: empty, or no more than the head of a WAV."""


@dataclass(frozen=True, slots=True)
class Outline:
    """`peaks`: the loudest moment of each of up to PEAKS stretches, 0 to 100."""

    duration_ms: int
    peaks: list[int]


def outline(file: BinaryIO) -> Outline:
    """Read a WAV from its beginning. Raises BadSound, SilentSound."""
    if file.seek(0, 2) <= HEAD:
        raise SilentSound("empty")
    file.seek(0)
    try:
        with wave.open(file, "rb") as sound:
            rate, frames, width, channels = sound.getframerate(), sound.getnframes(), sound.getsampwidth(), sound.getnchannels()
            if width != 2 or not rate:
                raise BadSound("not 16 bit PCM")
            step = max(1, -(-frames // PEAKS))
            peaks, seen = [], 0
            while data := sound.readframes(step):
                samples = array.array("h", data[: len(data) // 2 * 2])
                peaks.append(max(max(samples, default=0), -min(samples, default=0)) * 100 // 32768)
                seen += len(samples) // channels
    except (wave.Error, EOFError, struct.error) as error:
        raise BadSound(str(error)) from error
    if not seen:
        raise SilentSound("no samples")
    return Outline(round(seen * 1000 / rate), peaks)


def finish_header(file: BinaryIO) -> bool:
    """Write the lengths into the head of a WAV whose writer died before it could; whether that was needed."""
    head = file.read(HEAD)
    size = file.seek(0, 2)
    unfinished = len(head) == HEAD and head[:4] == b"RIFF" and head[36:40] == b"data" and head[40:] == bytes(4) and size > HEAD
    if unfinished:
        for place, length in ((4, size - 8), (40, size - HEAD)):
            file.seek(place)
            file.write(struct.pack("<I", min(length, 2**32 - 1)))
    file.seek(0)
    return unfinished


def marked(sound: bytes, words: str, at: datetime) -> bytes:
    """The WAV with a note of who took it out and when, as an INFO chunk behind the sound: players pass it over."""
    text = f"{words} {at:%Y-%m-%d %H:%M:%S}".encode() + b"\0"
    text += b"\0" * (len(text) % 2)
    chunk = b"INFOICMT" + struct.pack("<I", len(text)) + text
    body = sound[12:] + b"\0" * (len(sound) % 2) + b"LIST" + struct.pack("<I", len(chunk)) + chunk
    return b"RIFF" + struct.pack("<I", len(body) + 4) + b"WAVE" + body


def hidden_in(sound: bytes, number: int) -> bytes:
    """The WAV with `number` hidden in its sound; as it is where it is no telephone sound (16 bit, one channel)."""
    try:
        with wave.open(io.BytesIO(sound), "rb") as file:
            kind, samples = file.getparams(), array.array("h", file.readframes(file.getnframes()))
    except (wave.Error, EOFError, struct.error, ValueError):
        return sound
    if (kind.nchannels, kind.sampwidth) != (1, 2):
        return sound
    made = io.BytesIO()
    with wave.open(made, "wb") as file:
        file.setparams((1, 2, kind.framerate, 0, "NONE", ""))
        file.writeframes(embed(samples, number % 2**NUMBER).tobytes())
    return made.getvalue()


def words_in(sound: bytes) -> str:
    """What `marked` wrote; "" where nothing is."""
    place = sound.rfind(b"INFOICMT")
    if place < 0 or len(sound) < place + 12:
        return ""
    (length,) = struct.unpack_from("<I", sound, place + 8)
    return sound[place + 12 : place + 12 + length].rstrip(b"\0").decode(errors="replace")


def silence(seconds: float, rate: int = 8000) -> bytes:
    """A WAV of nothing."""
    made = io.BytesIO()
    with wave.open(made, "wb") as sound:
        sound.setparams((1, 2, rate, 0, "NONE", ""))
        sound.writeframes(b"\0\0" * round(seconds * rate))
    return made.getvalue()
