"""Prompts, tones and music: the sound itself is measured."""

import array
import io
import itertools
import math
import shutil
import sys
import wave

import pytest

from huying.switch import speech
from telephony import audio


def wav(hz: int, rate: int, *, seconds: float = 1.0, channels: int = 1, width: int = 2, loud: int = 9000) -> bytes:
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as file:
        file.setparams((channels, width, rate, 0, "NONE", ""))
        for n in range(int(rate * seconds)):
            value = round(loud * math.sin(2 * math.pi * hz * n / rate))
            file.writeframesraw(value.to_bytes(2, "little", signed=True)[:width] * channels)
    return buffer.getvalue()


@pytest.mark.parametrize("rate", [8000, 11025, 16000, 22050, 44100])
@pytest.mark.parametrize("channels", [1, 2])
def test_any_rate_becomes_telephone_sound(rate, channels):
    found = speech.convert(wav(1000, rate, channels=channels))
    assert abs(len(found) - 8000) < 160
    assert abs(audio.level(found, 1000) - 20 * math.log10(speech.PEAK / 32768)) < 0.5
    assert not any(audio.hears(found, hz) for hz in (500, 1500, 2000, 3000))


def test_what_a_telephone_cannot_carry_does_not_fold_back_into_the_voice():
    high = speech.resample(array.array("h", [round(9000 * math.sin(2 * math.pi * 6000 * n / 22050)) for n in range(22050)]), 22050)
    assert audio.level(high[400:-400], 2000) < -60


def test_silence_around_is_cut_and_the_voice_made_loud():
    quiet = wav(700, 8000, seconds=0.5, loud=900)
    pad = wav(700, 8000, loud=0)[44:]
    found = speech.convert(_whole(pad + quiet[44:] + pad))
    assert 0.5 <= len(found) / 8000 < 0.7 and max(found) == speech.PEAK


def _whole(frames: bytes) -> bytes:
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as file:
        file.setparams((1, 2, 8000, 0, "NONE", ""))
        file.writeframes(frames)
    return buffer.getvalue()


def test_nothing_at_all_stays_nothing():
    assert len(speech.convert(_whole(b""))) == 0
    assert set(speech.convert(_whole(bytes(16000)))) == {0}


@pytest.mark.parametrize("data", [b"", b"RIFF", b"ID3\x04 an mp3", wav(440, 8000, width=1)])
def test_what_is_no_recording_is_refused_in_words(data):
    with pytest.raises(speech.NoVoice, match="wav"):
        speech.convert(data)


def test_a_beep_sounds_at_its_pitch():
    assert audio.hears(speech.tone(800, 0.4), 800)


def test_music_is_soft_has_no_gap_and_leads_back_to_its_beginning():
    music = speech.music()
    seconds = [music[start:start + 8000] for start in range(0, len(music), 8000)]
    assert len(seconds) == 32 and max(map(abs, music)) <= 6000
    assert all(-40 < audio.loudness(second) < -15 for second in seconds)
    jumps = [abs(one - other) for one, other in itertools.pairwise(music)]
    assert abs(music[-1] - music[0]) <= max(jumps)


SPEAKER = (
    "import sys, io, wave, struct, math\n"
    "text = sys.stdin.buffer.read().decode()\n"
    "out = io.BytesIO(); file = wave.open(out, 'wb'); file.setparams((1, 2, 16000, 0, 'NONE', ''))\n"
    "file.writeframes(b''.join(struct.pack('<h', int(9000 * math.sin(n * .2))) for n in range(1600 * len(text)))); file.close()\n"
    "sys.stdout.buffer.write(out.getvalue())\n"
)


@pytest.fixture
def speaker(tmp_path):
    """Another voice, set as a command: a tenth of a second for each character."""
    (tmp_path / "voice.py").write_text(SPEAKER)
    return speech.voice(f"{sys.executable} {tmp_path / 'voice.py'}")


def test_prompts_are_made_once_and_again_only_when_text_or_voice_change(tmp_path, speaker):
    folder = tmp_path / "zh"
    texts = {"welcome": "您好，这里是热线", "digits/1": "一", "beep": ""}
    assert speech.make(folder, texts, speaker) == list(texts)
    assert abs(len(audio.read(folder / "welcome.wav")[0]) / 8000 - 0.8) < 0.1
    assert audio.hears(audio.read(folder / "beep.wav")[0], 800)
    assert (folder / "digits" / "1.wav").stat().st_mode & 0o777 == 0o644
    assert speech.make(folder, texts, speaker) == []
    assert speech.make(folder, texts | {"welcome": "您好"}, speaker) == ["welcome"]
    (folder / "digits" / "1.wav").unlink()
    assert speech.make(folder, texts | {"welcome": "您好"}, speaker) == ["digits/1"]
    speaker.name += " --slower"
    assert speech.make(folder, texts, speaker) == list(texts)


def test_a_recording_put_there_by_a_person_is_left_alone(tmp_path, speaker):
    mine = _whole(b"\1\0" * 800)
    (tmp_path / "welcome.wav").write_bytes(mine)
    assert speech.make(tmp_path, {"welcome": "您好"}, speaker) == []
    assert (tmp_path / "welcome.wav").read_bytes() == mine


@pytest.mark.parametrize(("line", "said"), [
    ("no-such-voice --x", "没有找到语音合成程序"), ("false", "没有给出 wav 录音"), ("echo hello", "没有给出 wav 录音"),
])
def test_a_voice_that_does_not_work_is_named(tmp_path, line, said):
    with pytest.raises(speech.NoVoice, match=said):
        speech.make(tmp_path / "zh", {"welcome": "您好"}, speech.voice(line))


def test_text_is_no_command(tmp_path, speaker):
    speech.make(tmp_path / "zh", {"welcome": f"$(touch {tmp_path}/evil); `touch {tmp_path}/evil` -w /etc/passwd"}, speaker)
    assert not (tmp_path / "evil").exists()


@pytest.mark.phone
def test_the_embedded_voice_speaks_mandarin(tmp_path):
    if not shutil.which("espeak-ng"):
        pytest.skip("没有 espeak-ng，请执行 apt-get install espeak-ng")
    speech.make(tmp_path, {"short": "一", "long": "您好，这里是一二三四五政务服务便民热线。"}, speech.voice())
    short, long = (audio.read(tmp_path / f"{name}.wav")[0] for name in ("short", "long"))
    assert 0.2 < len(short) / 8000 < 1 and 3 < len(long) / 8000 < 8  # three to seven characters a second
    assert audio.loudness(long) > -25
