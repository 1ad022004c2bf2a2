"""An uploaded recording, in whatever form an office has it, made into what the switch plays: 8 kHz, 16 bit, one channel,
in a WAV (R204). Pure."""

import array
import hashlib
import io
import wave
from dataclasses import dataclass

from huying.kernel.errors import Refusal
from huying.switch.speech import RATE, NoVoice, convert

MOST_BYTES = 25 * 2**20
MOST_SECONDS = 120
KINDS = "MP3、M4A、WAV、WMA、AMR、OGG、FLAC"
MARKS = (
    (b"ID3", "MP3", "mp3"), (b"OggS", "OGG", "ogg"), (b"fLaC", "FLAC", "flac"), (b"#!AMR", "AMR", "amr"),
    (b"\x30\x26\xb2\x75\x8e\x66\xcf\x11", "WMA", "asf"),
)
"""How a file begins, what people call it, and the only reader it is given to: one that guesses could be led to other files."""


class BadRecording(Refusal):
    code = "bad_recording"


@dataclass(frozen=True, slots=True)
class Recorded:
    wav: bytes
    digest: str
    duration_ms: int


def recorded(data: bytes) -> Recorded:
    """Raises BadRecording with what to do. What the file is goes by its content, never by its name."""
    if len(data) > MOST_BYTES:
        raise BadRecording(f"录音文件不能超过 {MOST_BYTES // 2**20} MB，请剪短或降低采样率")
    name, reader = kind_of(data)
    samples = _decoded(data, name, reader)
    if len(samples) < RATE // 5:
        raise BadRecording("录音太短或是空的，请重新录制")
    if max(samples) == min(samples):
        raise BadRecording("录音里没有声音，请检查话筒后重新录制")
    try:
        sound = convert(packed(samples))
    except NoVoice as refusal:
        raise BadRecording(refusal.message) from refusal
    wav = packed(sound)
    return Recorded(wav, hashlib.sha256(wav).hexdigest(), len(sound) * 1000 // RATE)


def packed(samples: "array.array[int]") -> bytes:
    """Telephone sound as a WAV."""
    made = io.BytesIO()
    with wave.open(made, "wb") as file:
        file.setparams((1, 2, RATE, 0, "NONE", ""))
        file.writeframes(samples.tobytes())
    return made.getvalue()


def kind_of(data: bytes) -> tuple[str, str]:
    """What the file is, in words and as the reader's name. Raises BadRecording for anything else."""
    if data[:4] == b"RIFF" and data[8:12] == b"WAVE":
        return "WAV", "wav"
    if data[4:8] == b"ftyp":
        return "M4A", "mov"
    if data[:1] == b"\xff" and len(data) > 1 and data[1] & 0xF6 == 0xF0:
        return "AAC", "aac"
    if data[:1] == b"\xff" and len(data) > 1 and data[1] & 0xE0 == 0xE0:
        return "MP3", "mp3"
    for mark, name, reader in MARKS:
        if data.startswith(mark):
            return name, reader
    raise BadRecording(f"这不是录音文件，请上传 {KINDS} 格式的录音")


def telephone_sound(data: bytes, seconds: int) -> "array.array[int]":
    """The beginning of a sound file of any kind, as telephone samples. Raises BadRecording."""
    return _decoded(data, *kind_of(data), seconds=seconds, refuse=False)[: seconds * RATE]


def _decoded(data: bytes, name: str, reader: str, *, seconds: int = MOST_SECONDS, refuse: bool = True) -> "array.array[int]":
    """The first sound track as telephone samples; no more is read than is taken."""
    import av  # here: 125 ms and 26 MB that a process which is given no recording saves
    from av.audio.resampler import AudioResampler
    from av.error import FFmpegError

    samples = array.array("h")
    try:
        with av.open(io.BytesIO(data), mode="r", format=reader, metadata_errors="ignore") as file:
            if not file.streams.audio:
                raise BadRecording(f"这个 {name} 文件里没有声音，请换一个录音文件")
            resampler = AudioResampler(format="s16", layout="mono", rate=RATE)
            for frame in file.decode(file.streams.audio[0]):
                for made in resampler.resample(frame):
                    samples.frombytes(bytes(made.planes[0])[: 2 * made.samples])
                if len(samples) > seconds * RATE:
                    if not refuse:
                        return samples
                    raise BadRecording(f"录音超过 {seconds} 秒，请剪短后再上传")
            for made in resampler.resample(None):
                samples.frombytes(bytes(made.planes[0])[: 2 * made.samples])
    except (FFmpegError, ValueError, EOFError, MemoryError) as error:
        raise BadRecording(f"这个 {name} 文件已损坏或无法识别，请用录音软件重新导出后再上传") from error
    return samples
