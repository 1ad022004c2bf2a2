"""The number hidden in a recording that was taken out: it outlives cutting, quieter playing, the telephone's and the web's coding."""

import array
import io
import math
import random
import wave
from fractions import Fraction

import av
import pytest
from django.core.management import CommandError, call_command
from hypothesis import given
from hypothesis import strategies as st

from huying.calls.rules import mark
from huying.calls.rules.recorded import RATE, packed, telephone_sound
from huying.calls.rules.sound import hidden_in

NUMBER = 123_456


def voice(seconds: int) -> "array.array[int]":
    """Like somebody who speaks: low tones that come and go, pauses, and a little noise."""
    chance, made = random.Random(7), array.array("h")
    for syllable in range(seconds * 4):
        pitch, loud = chance.uniform(110, 260), chance.choice([0, 2000, 5000, 9000])
        for step in range(RATE // 4):
            at = step / RATE
            tones = sum(math.sin(2 * math.pi * pitch * k * at + syllable) / k**1.5 for k in (1, 2, 3, 5, 8))
            made.append(round(loud * math.sin(math.pi * 4 * at) * tones * 0.5 + chance.gauss(0, 30)))
    return made


@pytest.fixture(scope="module")
def marked():
    plain = voice(16)
    return plain, mark.embed(plain, NUMBER)


def mp3(samples: "array.array[int]") -> bytes:
    """As somebody would send it on: 24 kbit a second."""
    made = io.BytesIO()
    with av.open(made, "w", format="mp3") as file:
        stream = file.add_stream("libmp3lame", rate=RATE)
        stream.bit_rate, stream.layout = 24_000, "mono"
        frame = av.AudioFrame(format="s16p", layout="mono", samples=len(samples))
        frame.planes[0].update(samples.tobytes().ljust(frame.planes[0].buffer_size, b"\0"))
        frame.rate, frame.pts, frame.time_base = RATE, 0, Fraction(1, RATE)
        for packet in (*stream.encode(frame), *stream.encode(None)):
            file.mux(packet)
    return made.getvalue()


def a_law(samples: "array.array[int]") -> "array.array[int]":
    """Only as fine as a telephone line carries it."""
    def coarse(sample: int) -> int:
        step = max(16, 2 ** max(0, abs(sample).bit_length() - 5))
        return max(-32767, min(32767, round(sample / step) * step))

    return array.array("h", map(coarse, samples))


@pytest.mark.req("R221")
def test_it_is_read_again_and_hardly_heard(marked):
    plain, sound = marked
    assert mark.read(sound) == NUMBER and mark.read(plain) is None
    noise = sum((one - other) ** 2 for one, other in zip(plain, sound, strict=True))
    assert noise * 300 < sum(one * one for one in plain), "25 dB below"


@pytest.mark.req("R221")
@pytest.mark.parametrize("done", [
    lambda sound: sound[13_337 : 13_337 + 10 * RATE], lambda sound: array.array("h", [one // 4 for one in sound]), a_law,
    lambda sound: telephone_sound(mp3(sound), 60),
], ids=["cut", "quieter", "a_law", "mp3"])
def test_it_outlives_what_people_do_with_a_recording(marked, done):
    assert mark.read(done(marked[1])) == NUMBER


@given(st.integers(0, 2**32 - 1))
def test_bits_hold_the_number_and_its_check(number):
    bits = mark.bits_of(number)
    word = int("".join("1" if bit > 0 else "0" for bit in bits), 2)
    assert len(bits) == mark.BITS and word >> mark.CHECK == number and word & 0xFFFF == mark.check_of(number)


@pytest.mark.parametrize("samples", [[], [0], [32767] * 3000, [-32768] * 3000])
def test_extremes_stay_sound(samples):
    made = mark.embed(array.array("h", samples), NUMBER)
    assert len(made) == len(samples) and mark.read(array.array("h", samples)) is None


def test_what_is_no_telephone_sound_is_left_as_it_is():
    made = io.BytesIO()
    with wave.open(made, "wb") as file:
        file.setparams((2, 2, RATE, 0, "NONE", ""))
        file.writeframes(bytes(4000))
    assert hidden_in(made.getvalue(), 1) == made.getvalue() and hidden_in(b"no sound", 1) == b"no sound"


def test_nothing_is_told_of_a_sound_from_elsewhere(transactional_db, tmp_path):
    for name, content in (("a.wav", packed(voice(8))), ("b.wav", packed(mark.embed(voice(8), 77)))):
        (tmp_path / name).write_bytes(content)
        with pytest.raises(CommandError, match="没有读出下载水印"):
            call_command("calls", "trace", str(tmp_path / name))
    with pytest.raises(CommandError, match="打不开"):
        call_command("calls", "trace", str(tmp_path / "c.wav"))
