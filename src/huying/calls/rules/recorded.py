"""An uploaded recording made into what the switch plays: 8 kHz, 16 bit, one channel, in a WAV (R204). Pure."""

import array
import hashlib
import io
import struct
import wave
from dataclasses import dataclass

from huying.kernel.errors import Refusal
from huying.switch.speech import RATE, NoVoice, convert

MOST_BYTES = 25 * 2**20
MOST_SECONDS = 120
RATES = frozenset({8000, 11025, 12000, 16000, 22050, 24000, 32000, 44100, 48000, 88200, 96000, 192000})
FOREIGN = ((b"ID3", "MP3"), (b"OggS", "OGG"), (b"fLaC", "FLAC"), (b"#!AMR", "AMR"), (b"\x30\x26\xb2\x75", "WMA"))
HOW = "请用录音软件另存为 WAV（PCM）格式后再上传"


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
    if not (data.startswith(b"RIFF") and data[8:12] == b"WAVE"):
        raise BadRecording(f"{foreign(data)}，{HOW}")
    samples = _read(data)
    try:
        sound = convert(samples)
    except NoVoice as refusal:
        raise BadRecording(refusal.message) from refusal
    if max(sound, default=0) == min(sound, default=0):
        raise BadRecording("录音里没有声音，请检查话筒后重新录制")
    wav = packed(sound)
    return Recorded(wav, hashlib.sha256(wav).hexdigest(), len(sound) * 1000 // RATE)


def packed(samples: "array.array[int]") -> bytes:
    """Telephone sound as a WAV."""
    made = io.BytesIO()
    with wave.open(made, "wb") as file:
        file.setparams((1, 2, RATE, 0, "NONE", ""))
        file.writeframes(samples.tobytes())
    return made.getvalue()


def foreign(data: bytes) -> str:
    """What the file is, in words."""
    if data[4:8] == b"ftyp":
        return "这是 M4A/MP4 文件"
    if len(data) > 1 and data[0] == 0xFF and data[1] & 0xE0 == 0xE0:
        return "这是 MP3 文件"
    return next((f"这是 {name} 文件" for mark, name in FOREIGN if data.startswith(mark)), "这不是可用的录音文件")


def _read(data: bytes) -> bytes:
    """The file with 16-bit samples, of a length and rate we take."""
    try:
        with wave.open(io.BytesIO(data)) as file:
            rate, channels, width = file.getframerate(), file.getnchannels(), file.getsampwidth()
            if rate not in RATES or channels not in {1, 2} or width not in {1, 2, 3, 4}:
                raise BadRecording(f"录音应为 8 至 192 kHz、8 至 32 位、单声道或双声道，{HOW}")
            frames = file.readframes(MOST_BYTES)
    except (wave.Error, EOFError, struct.error) as error:
        raise BadRecording(f"录音文件已损坏，或使用了压缩编码，{HOW}") from error
    seconds = len(frames) / (rate * channels * width)
    if seconds > MOST_SECONDS:
        raise BadRecording(f"录音长 {seconds:.0f} 秒，最长 {MOST_SECONDS} 秒，请剪短后再上传")
    if seconds < 0.2:
        raise BadRecording("录音太短或是空的，请重新录制")
    made = io.BytesIO()
    with wave.open(made, "wb") as out:
        out.setparams((channels, 2, rate, 0, "NONE", ""))
        out.writeframes(_sixteen(frames, width))
    return made.getvalue()


def _sixteen(frames: bytes, width: int) -> bytes:
    """Samples of another width as 16 bit; eight bits are unsigned in a WAV, the wider ones have their high bytes last."""
    frames = frames[: len(frames) // width * width]
    if width == 1:
        return array.array("h", ((each - 128) << 8 for each in frames)).tobytes()
    if width == 2:
        return frames
    out = bytearray(len(frames) // width * 2)
    out[0::2], out[1::2] = frames[width - 2 :: width], frames[width - 1 :: width]
    return bytes(out)
