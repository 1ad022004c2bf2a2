"""Prompts on their page: a text that is read, an upload that is checked by what it is; the switch gets both (R204)."""

import array
import contextlib
import io
import json
import math
import wave
from itertools import pairwise

import av
import pytest
from av.audio.resampler import AudioResampler
from django.core.files.uploadedfile import SimpleUploadedFile
from hypothesis import given
from hypothesis import strategies as st

from huying.audit.models import Event
from huying.calls.models import CalledNumber, Prompt, PromptSound
from huying.calls.queries.prompts import prompt_texts, recorded_prompts, recording_of
from huying.calls.rules.recorded import BadRecording, packed, recorded
from huying.switch import speech

BACKEND = "django.contrib.auth.backends.ModelBackend"
TEXT = "您好，国庆节期间热线照常为您服务，紧急情况请直接说明。"


def tone(seconds=0.5, rate=44100, width=2, channels=2, loud=0.5):
    """A WAV of 440 Hz."""
    made = io.BytesIO()
    with wave.open(made, "wb") as file:
        file.setparams((channels, width, rate, 0, "NONE", ""))
        for n in range(int(seconds * rate)):
            value = round(math.sin(2 * math.pi * 440 * n / rate) * loud * (2 ** (8 * width - 1) - 1))
            raw = (value + 128).to_bytes(1, "little") if width == 1 else value.to_bytes(width, "little", signed=True)
            file.writeframesraw(raw * channels)
    return made.getvalue()


def about(wav):
    with wave.open(io.BytesIO(wav)) as file:
        return file.getframerate(), file.getsampwidth(), file.getnchannels(), file.getnframes()


def crossings(wav):
    """How often the sound goes through zero upwards: its frequency, for a tone."""
    with wave.open(io.BytesIO(wav)) as file:
        samples = array.array("h", file.readframes(file.getnframes()))
    samples = samples[len(samples) // 4 : -len(samples) // 4]  # the silence around it may hum
    return sum(a < 0 <= b for a, b in pairwise(samples)) * 8000 / len(samples)


@pytest.mark.req("R204")
@pytest.mark.parametrize(
    ("rate", "width", "channels"), [(8000, 1, 1), (8000, 2, 1), (16000, 2, 2), (44100, 2, 2), (48000, 3, 1), (22050, 4, 2)]
)
def test_any_plain_wav_becomes_what_a_telephone_plays(rate, width, channels):
    found = recorded(tone(rate=rate, width=width, channels=channels))
    assert about(found.wav)[:3] == (8000, 2, 1)
    assert 430 < crossings(found.wav) < 450  # a byte in the wrong place makes noise, not this tone
    assert 400 <= found.duration_ms <= 600


FORMS = {  # what an office has: container, codec, options, and how many samples a second
    "mp3": ("mp3", "libmp3lame", 44100), "m4a": ("ipod", "aac", 48000), "aac": ("adts", "aac", 22050), "wma": ("asf", "wmav2", 44100),
    "ogg": ("ogg", "libopus", 48000), "flac": ("flac", "flac", 96000),
    "alaw.wav": ("wav", "pcm_alaw", 8000), "ulaw.wav": ("wav", "pcm_mulaw", 8000), "adpcm.wav": ("wav", "adpcm_ms", 22050),
    "float.wav": ("wav", "pcm_f32le", 48000), "odd.wav": ("wav", "pcm_s16le", 7000), "amr": ("amr", "libopencore_amrnb", 8000),
}


def encoded(form, seconds=1.0, hz=440):
    """A tone as an office's program writes it."""
    container, codec, rate = FORMS[form]
    if codec not in av.codecs_available:
        pytest.skip(f"nobody here writes {codec}")
    made = io.BytesIO()
    with av.open(made, "w", format=container) as file:
        stream = file.add_stream(codec, rate=rate, layout="mono")
        if codec == "wmav2":
            stream.bit_rate = 64_000
        resampler = AudioResampler(format=stream.format, layout="mono", rate=rate, frame_size=stream.frame_size or 0)
        with wave.open(io.BytesIO(tone(min(seconds, 1), rate=rate, channels=1))) as plain:
            sound = plain.readframes(plain.getnframes()) * max(1, int(seconds))
        frame = av.AudioFrame("s16", "mono", len(sound) // 2)
        frame.planes[0].update(sound)
        frame.sample_rate = rate
        for part in [*resampler.resample(frame), *resampler.resample(None)]:
            file.mux(stream.encode(part))
        file.mux(stream.encode(None))
    return made.getvalue()


@pytest.mark.req("R204")
@pytest.mark.parametrize("form", FORMS)
def test_whatever_an_office_has_becomes_what_a_telephone_plays(form):
    found = recorded(encoded(form))
    assert about(found.wav)[:3] == (8000, 2, 1)
    assert 425 < crossings(found.wav) < 455
    assert 900 <= found.duration_ms <= 1200


@pytest.mark.parametrize("form", ["mp3", "m4a", "flac"])
def test_no_more_than_two_minutes_in_any_form(form):
    with pytest.raises(BadRecording, match="超过 120 秒"):
        recorded(encoded(form, 121))


def test_a_film_without_sound_and_a_list_of_other_files_are_refused():
    made = io.BytesIO()
    with av.open(made, "w", format="mp4") as file:
        stream = file.add_stream("mpeg4", rate=10)
        stream.width = stream.height = 32
        stream.pix_fmt = "yuv420p"
        for _ in range(3):
            file.mux(stream.encode(av.VideoFrame(32, 32, "yuv420p")))
        file.mux(stream.encode(None))
    with pytest.raises(BadRecording, match="没有声音"):
        recorded(made.getvalue())
    for nasty in (b"#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n", b"ffconcat version 1.0\nfile /etc/passwd\n"):
        with pytest.raises(BadRecording, match="这不是录音文件"):
            recorded(nasty)


@given(st.data())
def test_a_damaged_file_is_refused_in_words_or_played(data):
    whole = bytearray(FUZZED[data.draw(st.sampled_from(sorted(FUZZED)))])
    for place in data.draw(st.lists(st.integers(0, len(whole) - 1), max_size=20)):
        whole[place] = data.draw(st.integers(0, 255))
    with contextlib.suppress(BadRecording):
        recorded(bytes(whole[: data.draw(st.integers(0, len(whole)))]))


@pytest.mark.parametrize(("data", "words"), [
    (b"ID3\x04" + b"\0" * 200, "这个 MP3 文件已损坏"), (b"\xff\xfb\x90\x00" + b"\0" * 200, "已损坏|太短"),
    (b"OggS" + b"\0" * 99, "这个 OGG 文件已损坏"),
    (b"\0\0\0\x20ftypM4A ", "这个 M4A 文件已损坏"), (b"MZ\x90\0", "这不是录音文件"), (b"", "这不是录音文件"),
    ("您好".encode() * 99, "这不是录音文件"), (b"RIFF\x10\0\0\0WAVEfmt ", "已损坏"), (tone(0.1), "太短"), (tone(loud=0), "没有声音"),
    (tone(121, rate=8000, channels=1, loud=0), "超过 120 秒"),
])
def test_what_cannot_be_used_is_refused_with_what_to_do(data, words):
    with pytest.raises(BadRecording, match=words):
        recorded(data)


FUZZED = {form: encoded(form, 0.4) for form in ("mp3", "m4a", "adpcm.wav")}


@pytest.fixture
def director(exchange, client):
    client.force_login(exchange.cast.staff["director1"], backend=BACKEND)
    return client


class Reader:
    """A voice that can be told apart from others."""

    name = "reader"

    def speak(self, text):
        return tone(0.3 + len(text) / 1000)


@pytest.mark.req("R204")
@pytest.mark.django_db
def test_a_text_is_written_listened_to_and_in_force(exchange, director, monkeypatch):
    monkeypatch.setattr(speech, "voice", lambda line="": Reader())
    refused = director.post("/calls/settings/prompts/new", {"name": "国庆", "code": "", "text": "", "is_recorded": "0"})
    assert refused.status_code == 422 and "请写上要朗读的文字" in refused.content.decode()
    tried = director.post("/calls/settings/prompts/new", {"name": "国庆", "text": TEXT, "is_recorded": "0", "_try": "1"})
    page = tried.content.decode()
    assert TEXT in page and "/calls/settings/prompts/try?text=" in page and not Prompt.objects.exists()
    heard = director.get("/calls/settings/prompts/try", {"text": TEXT})
    assert about(heard.content)[:3] == (8000, 2, 1)
    director.post("/calls/settings/prompts/new", {"name": "国庆", "text": TEXT, "is_recorded": "0"})
    row = Prompt.objects.get()
    assert row.code == "p1" and prompt_texts() == {f"c{exchange.centre.pk}": {"p1": TEXT}}
    assert about(director.get(f"/calls/settings/prompts/{row.pk}/sound").content)[:3] == (8000, 2, 1)
    director.post(f"/calls/settings/prompts/{row.pk}", {"name": "国庆", "text": "改了", "is_recorded": "0"})
    assert Event.objects.filter(kind="prompt.edit").latest("id").data["changes"]["text"] == [TEXT, "改了"]


@pytest.mark.django_db
def test_without_a_voice_the_page_says_so(exchange, director, monkeypatch):
    def none(line=""):
        return speech.Command("no-such-voice")

    monkeypatch.setattr(speech, "voice", none)
    answer = director.get("/calls/settings/prompts/try", {"text": "您好"})
    assert answer.status_code == 503 and "没有找到语音合成程序" in answer.content.decode()


@pytest.mark.req("R204")
@pytest.mark.django_db
def test_a_recording_is_uploaded_and_reaches_the_switch_and_gives_way_to_text_again(exchange, director, tmp_path):
    typed = {"name": "欢迎", "code": "hello", "text": "您好", "is_recorded": "1"}
    page = director.post("/calls/settings/prompts/new", typed).content.decode()
    assert "请选择录音文件" in page
    bad = director.post("/calls/settings/prompts/new", {**typed, "file": SimpleUploadedFile("a.wav", b"ID3\x04" + b"\0" * 99)})
    assert bad.status_code == 422 and "这个 MP3 文件已损坏" in bad.content.decode()
    assert director.post("/calls/settings/prompts/new", {**typed, "file": SimpleUploadedFile("a.mp3", tone())}).status_code == 302
    row = Prompt.objects.get()
    wav = bytes(PromptSound.objects.get().data)
    assert director.get(f"/calls/settings/prompts/{row.pk}/sound").content == wav
    assert Event.objects.filter(kind="prompt.upload").get().data["digest"] == row.digest
    path = tmp_path / "zh" / f"{row.sound}.wav"
    assert speech.keep(tmp_path, recorded_prompts(), recording_of) == 1 and path.read_bytes() == wav
    assert speech.keep(tmp_path, recorded_prompts(), recording_of) == 0
    director.post(f"/calls/settings/prompts/{row.pk}", {**typed, "is_recorded": "0"})
    assert recorded_prompts() == {}
    speech.make_all(tmp_path, prompt_texts(), Reader())
    assert path.read_bytes() != wav
    assert list(json.loads((path.parent / "made.json").read_text())) == ["hello"]
    director.post(f"/calls/settings/prompts/{row.pk}", typed)  # the recording is still there
    assert speech.keep(tmp_path, recorded_prompts(), recording_of) == 1 and path.read_bytes() == wav


@pytest.mark.django_db
def test_where_it_is_used_and_that_it_cannot_be_deleted_then(exchange, director):
    row = Prompt.objects.create(centre=exchange.centre, code="hello", name="欢迎", text="您好")
    CalledNumber.objects.filter(pk=exchange.number.pk).update(greeting=row)
    assert "被叫号码 12345 的问候语" in director.get(f"/calls/settings/prompts/{row.pk}").content.decode()
    director.post(f"/calls/settings/prompts/{row.pk}/delete")
    assert Prompt.objects.exists()
    CalledNumber.objects.update(greeting=None)
    director.post(f"/calls/settings/prompts/{row.pk}/delete")
    assert not Prompt.objects.exists()


def test_packed_is_a_wav():
    assert about(packed(array.array("h", [1, 2, 3]))) == (8000, 2, 1, 3)
