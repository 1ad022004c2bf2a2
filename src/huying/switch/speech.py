"""What the switch says and plays: Mandarin prompts by a voice that can be exchanged, music on hold and tones of our own.

The embedded voice is espeak-ng. Another one is any command that reads a text and writes a wav file (`Command`). All
sound ends as 8 kHz, 16 bit, one channel, which is what a telephone carries and what Asterisk plays without a codec.
"""

import array
import hashlib
import io
import json
import math
import shlex
import shutil
import subprocess
import sys
import wave
from collections.abc import Callable, Mapping
from operator import mul
from pathlib import Path
from typing import Protocol

from huying.kernel.errors import Refusal
from huying.switch.package import SAFE

RATE = 8000
SECONDS = 60.0
PEAK = 20_000  # of 32767, so that every voice comes out equally loud
TAPS = 10  # on each side, in samples of the slower of the two rates: clean up to 3.2 kHz, where a telephone ends
TONES = {"beep": (800, 0.4), "beeperr": (350, 0.3), "alert": (1000, 0.15)}
MORE = {
    "busy": "很抱歉，当前话务繁忙，请稍候，我们会尽快为您接通。",
    "wait": "请稍候，正在为您转接。",
    "closed": "您好，现在是非工作时间。紧急情况请按一号键接通值班人员，留言请按二号键。",
    "consult": "请您稍候，话务员正在为您咨询，请不要挂机。",
    "recording": "为保证服务质量，您的通话将被录音。",
    "survey": "请您对本次服务作出评价。",
    "digits/million": "百万", "digits/minus": "负", "digits/point": "点",
    "queue-quantity1": "当前等待人数超过", "queue-quantity2": "位，请稍候。",
    "queue-periodic-announce": "话务员全忙，请您继续等候，我们会尽快为您接通。",
}
Samples = array.array  # of "h"


class NoVoice(Refusal):
    code = "no_voice"


class Voice(Protocol):
    """A way to turn a Chinese sentence into sound."""

    @property
    def name(self) -> str:
        """Changes whenever it would speak otherwise: what was spoken before is then made again."""

    def speak(self, text: str) -> bytes:
        """A wav file with 16-bit samples, of any rate. Raises NoVoice."""


class Command:
    """A voice that is a command: the text on its standard input, a wav file on its standard output."""

    def __init__(self, line: str) -> None:
        self.name = line
        self.parts = shlex.split(line)

    def speak(self, text: str) -> bytes:
        program = shutil.which(self.parts[0], path=SAFE["PATH"]) if self.parts else None
        if program is None:
            raise NoVoice(f"没有找到语音合成程序 {self.name!r}；请安装它，或在 HUYING_TTS 中改用别的命令")
        try:
            done = subprocess.run(  # noqa: S603
                [program, *self.parts[1:]], input=text.encode(), env=SAFE | {"LC_ALL": "C.UTF-8"}, capture_output=True,
                timeout=SECONDS, check=False,
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            raise NoVoice(f"语音合成程序 {self.parts[0]} 没有按时完成，请稍后再试") from error
        if done.returncode or not done.stdout.startswith(b"RIFF"):
            raise NoVoice(f"语音合成程序 {self.parts[0]} 没有给出 wav 录音，请检查 HUYING_TTS 的命令")
        return done.stdout


def voice(line: str = "") -> Voice:
    """The voice of the setting HUYING_TTS, else the embedded one."""
    return Command(line or "espeak-ng -v cmn -s 230 -p 45 -a 160 --stdin --stdout -b 1")


def make(folder: Path, texts: Mapping[str, str], by: Voice) -> list[str]:
    """Bring `folder`/NAME.wav up to date with `texts`; the names made anew. Files it did not make are left alone.

    Raises NoVoice; what was made before then is kept.
    """
    noted = folder / "made.json"
    known: dict[str, str] = json.loads(noted.read_text()) if noted.exists() else {}
    made = []
    try:
        for name, text in texts.items():
            mark = hashlib.sha256(f"{by.name}\0{text}".encode()).hexdigest()
            path = folder / f"{name}.wav"
            if path.exists() and known.get(name, "") in {mark, ""}:
                continue
            write(path, tone(*TONES[name]) if name in TONES else convert(by.speak(text)))
            known[name] = mark
            made.append(name)
    finally:
        if made:
            _put(noted, json.dumps(known, indent=0).encode())
    return made


def make_all(sounds: Path, texts: Mapping[str, Mapping[str, str]], by: Voice) -> int:
    """Each folder of a node's Mandarin prompts brought up to its texts; how many were made anew. Raises NoVoice."""
    return sum(len(make(sounds / "zh" / folder, spoken, by)) for folder, spoken in texts.items())


def keep(sounds: Path, recordings: Mapping[str, str], fetch: Callable[[str], bytes]) -> int:
    """Put recordings (name with its folder -> digest) where Mandarin prompts stand; how many were not there yet.

    They are noted like spoken ones, so that a text that takes a recording's place later is spoken anew.
    """
    count = 0
    for name, digest in recordings.items():
        path = sounds / "zh" / f"{name}.wav"
        noted, mark = path.parent / "made.json", f"recorded {digest}"
        known: dict[str, str] = json.loads(noted.read_text()) if noted.exists() else {}
        if path.exists() and known.get(path.stem) == mark:
            continue
        _put(path, fetch(name))
        _put(noted, json.dumps(known | {path.stem: mark}, indent=0).encode())
        count += 1
    return count


def convert(data: bytes) -> "Samples[int]":
    """Any 16-bit wav file as telephone sound, equally loud, without silence around it. Raises NoVoice."""
    try:
        with wave.open(io.BytesIO(data)) as file:
            rate, channels, width = file.getframerate(), file.getnchannels(), file.getsampwidth()
            frames = file.readframes(2**28)  # a wav from a pipe does not know its length
    except (wave.Error, EOFError) as error:
        raise NoVoice("这不是可用的 wav 录音，请转换为 16 位 wav 后重试") from error
    if width != 2:
        raise NoVoice("录音应为 16 位 wav，请转换后重试")
    samples = array.array("h", frames[: len(frames) // (2 * channels) * (2 * channels)])
    if sys.byteorder == "big":
        samples.byteswap()
    mono = samples[::channels] if channels == 1 else _mix(samples, channels)
    return _level(_trim(resample(mono, rate)))


def resample(samples: "Samples[int]", rate: int) -> "Samples[int]":
    """To 8 kHz by windowed sinc, so that nothing above 4 kHz folds back into the voice."""
    if rate == RATE:
        return samples
    common = math.gcd(rate, RATE)
    up, down = RATE // common, rate // common
    scale = min(1.0, RATE / rate)
    reach = math.ceil(TAPS / scale)
    filters = [_filter(phase / up, reach, scale) for phase in range(up)]
    padded = [0] * reach + samples.tolist() + [0] * (reach + 1)
    found = array.array("h")
    for number in range(len(samples) * up // down):
        position, phase = divmod(number * down, up)
        value = sum(map(mul, filters[phase], padded[position : position + 2 * reach]))
        found.append(max(-32768, min(32767, round(value))))
    return found


def tone(hz: int, seconds: float) -> "Samples[int]":
    """One tone that comes and goes softly."""
    count = int(seconds * RATE)
    edge = RATE // 50
    return array.array("h", (
        round(8000 * min(1.0, n / edge, (count - n) / edge) * math.sin(2 * math.pi * hz * n / RATE)) for n in range(count)
    ))


def music() -> "Samples[int]":
    """Music on hold: broken chords, struck softly and left to ring, 32 seconds that lead back to their beginning.

    Written for this product: no foreign recording, nobody's rights.
    """
    chords = ((57, 60, 64, 69), (53, 57, 60, 65), (55, 59, 62, 67), (52, 55, 60, 64)) * 2
    beat = RATE // 2
    length = len(chords) * 8 * beat
    sound = [0.0] * length
    for number, chord in enumerate(chords):
        for step, key in enumerate((0, 1, 2, 3, 2, 1, 2, 1)):
            _strike(sound, (number * 8 + step) * beat, 440 * 2 ** ((chord[key] - 69) / 12))
    loudest = max(map(abs, sound))
    return array.array("h", (round(6000 * value / loudest) for value in sound))


def write(path: Path, samples: "Samples[int]") -> None:
    """As a wav file, put in place whole; whoever runs the switch may read it."""
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as file:
        file.setparams((1, 2, RATE, 0, "NONE", ""))
        file.writeframes(samples.tobytes())
    _put(path, buffer.getvalue())


def _put(path: Path, data: bytes) -> None:
    path.parent.mkdir(mode=0o755, parents=True, exist_ok=True)
    path.parent.chmod(0o755)
    draft = path.with_name(f".{path.name}.new")
    draft.write_bytes(data)
    draft.chmod(0o644)
    draft.replace(path)


def _filter(phase: float, reach: int, scale: float) -> list[float]:
    """Weights of the samples around a moment that lies `phase` after the middle one; they add up to one."""
    weights = []
    for tap in range(-reach, reach):
        distance = tap - phase
        angle = math.pi * distance * scale
        window = 0.5 + 0.5 * math.cos(math.pi * distance / (reach + 1))
        weights.append((math.sin(angle) / angle if angle else 1.0) * window)
    total = sum(weights)
    return [weight / total for weight in weights]


def _strike(sound: list[float], start: int, hz: float) -> None:
    """A soft bell: the note and a little of its octave, dying away within three seconds, round the end to the start."""
    step = 2 * math.pi * hz / RATE
    for n in range(3 * RATE):
        fade = min(1.0, n / 160) * math.exp(-n / 6000)
        sound[(start + n) % len(sound)] += fade * (math.sin(step * n) + 0.25 * math.sin(2 * step * n))


def _mix(samples: "Samples[int]", channels: int) -> "Samples[int]":
    parts = [samples[channel::channels] for channel in range(channels)]
    return array.array("h", (sum(values) // channels for values in zip(*parts, strict=True)))


def _trim(samples: "Samples[int]") -> "Samples[int]":
    """Without the silence before and after, save a tenth of a second."""
    loud = [number for number in range(0, len(samples), 80) if max(map(abs, samples[number : number + 80])) > 200]
    if not loud:
        return samples
    return samples[max(0, loud[0] - RATE // 20) : loud[-1] + RATE // 10]


def _level(samples: "Samples[int]") -> "Samples[int]":
    loudest = max(map(abs, samples), default=0)
    if not loudest:
        return samples
    return array.array("h", (round(value * PEAK / loudest) for value in samples))
