"""Services that hear and understand, by configuration alone: two shapes, hostile answers, bad files, words at exits (R227)."""

import io
import json
import math
import struct
import time
import wave
from datetime import timedelta
from threading import BoundedSemaphore

import pytest
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from calls.exchange import CALLER
from huying.audit.models import Access
from huying.calls.models import Flow, FlowVersion, Recording, Utterance
from huying.calls.operations.ask_service import at
from huying.calls.operations.hear import forget, hear, understood
from huying.calls.rules.hearing import BadHearing, Hearing, read_hearing
from huying.calls.rules.said import exit_for, exit_of_intent, words_at
from huying.config import environment
from huying.config.hearing import hearing
from huying.kernel import clock
from speech_services import TOKEN, WORDS, Vendor, settings_of

CHOICES = {"1": ["社保", "医保卡"], "2": ["公积金"], "3": ["社保卡", "社保卡补办"]}


def spoken(hz, seconds=1.0, loud=9000):
    """A caller's recording: a tone, which the vendors of the tests know as a sentence."""
    made = io.BytesIO()
    with wave.open(made, "wb") as file:
        file.setparams((1, 2, 8000, 0, "NONE", ""))
        count = int(seconds * 8000)
        file.writeframes(struct.pack(f"<{count}h", *(int(loud * math.sin(2 * math.pi * hz * n / 8000)) for n in range(count))))
    return made.getvalue()


@pytest.fixture
def vendors():
    found = Vendor("raw"), Vendor("json")
    yield found
    for vendor in found:
        vendor.close()


def using(vendors, chosen, *more, seconds=15):
    return read_hearing(settings_of(*vendors, chosen, *more, seconds=seconds), lambda name: TOKEN)


@pytest.mark.req("R227")
@pytest.mark.parametrize("chosen", ["one", "two"])
def test_either_vendor_is_used_by_the_setting_alone(vendors, chosen):
    assert understood(using(vendors, chosen), spoken(440), CHOICES, "hy-1.1")[::2] == (WORDS[440], "3")
    asked = {"one": vendors[0], "two": vendors[1]}[chosen].asked
    assert len(vendors[0].asked) + len(vendors[1].asked) == len(asked) == 1
    if chosen == "two":
        assert json.loads(asked[0][1])["cuid"] == "hy-1.1"


@pytest.mark.parametrize("behave", [
    500, 302, 404, b"<html>", b"", b"{", b"[]", b"null", b'"' + "社保".encode() + b'"', b'{"result": ["x"]}', b'{"result": 5}',
    b'{"result": null}', b"\xff\xfe\x00", b"[" * 50_000, b'{"result": "' + b"x" * 300_000 + b'"}', 60.0, "drip",
])
def test_a_hostile_answer_fails_in_time(vendors, behave):
    vendors[0].behave = behave
    begun = time.monotonic()
    assert understood(using(vendors, "one", seconds=1), spoken(440), CHOICES, "c") == ("", None, "failed")
    assert time.monotonic() - begun < 30  # of a minute that the slow ones take


def test_a_vendor_that_is_away_fails_at_once(vendors):
    chosen = using(vendors, "one")
    vendors[0].close()
    assert understood(chosen, spoken(440), CHOICES, "c")[2] == "failed"


def test_when_all_are_listening_already_the_next_is_not_heard(vendors, settings, tmp_path, monkeypatch):
    settings.DATA, settings.HEARING = tmp_path, using(vendors, "one")
    folder = tmp_path / "switch/spool/speech"
    folder.mkdir(parents=True)
    (folder / "a.wav").write_bytes(spoken(440))
    taken = BoundedSemaphore(1)
    monkeypatch.setattr("huying.calls.operations.hear.AT_ONCE", taken)
    with taken:
        assert hear(file="a.wav", node="f1v1:n1", called="12345", call="c") == "failed"
    assert not vendors[0].asked and not list(folder.iterdir())


@pytest.mark.parametrize(("answer", "way"), [
    ({"result": ""}, "unclear"), ({"result": "社保", "confidence": 0.4}, "unclear"), ({"result": "社保", "confidence": "x"}, "1"),
    ({"result": "社\x00保"}, "1"), ({"result": "不知道"}, "unclear"),
])
def test_what_is_unsure_is_unclear(vendors, answer, way):
    vendors[0].behave = json.dumps(answer).encode()
    assert understood(using(vendors, "one"), spoken(440), CHOICES, "c")[2] == way


@pytest.mark.parametrize("sound", [spoken(440, loud=100), spoken(440, seconds=0), b"", b"RIFF", b"\x00" * 9000])
def test_who_says_nothing_is_sent_to_nobody(vendors, sound):
    assert understood(using(vendors, "one"), sound, CHOICES, "c")[2] == "silent" and not vendors[0].asked


def test_an_understander_answers_an_intent_or_the_words_decide(vendors):
    understander = [
        "[services.nlu]", f'url = "{vendors[1].url}"', 'send = "json"', 'field = "q"', 'fields = {choices = "{choices}"}',
        'answer = "intent"', "seconds = 15",
    ]
    text = settings_of(*vendors, "one", 'understander = "nlu"') + "\n" + "\n".join(understander)
    chosen = read_hearing(text, lambda name: TOKEN)
    for answer, way in ((b'{"intent": "' + "公积金".encode() + b'"}', "2"), (b'{"intent": "1"}', "1"), (b'{"intent": "x"}', "unclear"),
                        (500, "3"), (b"[]", "3")):
        vendors[1].behave = answer
        assert understood(chosen, spoken(440), CHOICES, "c")[2] == way
    assert json.loads(vendors[1].asked[0][1]) == {"q": WORDS[440], "choices": CHOICES}


def test_a_form_carries_the_sound_as_a_file(vendors):
    vendors[0].behave = b'{"text": "gongjijin"}'
    text = "\n".join([
        'recogniser = "a"', "[services.a]", f'url = "{vendors[0].url}?k={{secret}}"', 'secret = "s"', 'send = "form"', 'field = "audio"',
        'fields = {format = "wav"}', 'answer = "text"',
    ])
    assert understood(read_hearing(text, lambda name: TOKEN), spoken(440), {"4": ["GongJiJin"]}, "c")[2] == "4"
    headers, body = vendors[0].asked[0]
    assert headers["Content-Type"].startswith("multipart/form-data") and spoken(440) in body and b'name="format"' in body


GOOD = '[services.a]\nurl = "http://asr.example/x"\nanswer = "text"\n'


@pytest.mark.parametrize(("text", "words"), [
    ("recogniser = ", "TOML"), ("", "没有写 recogniser"), ('recogniser = "b"\n' + GOOD, "没有 [services.b] 这一节"),
    ('recogniser = "a"\nspeed = 1\n' + GOOD, "“speed”无法识别"), ('recogniser = "a"\n' + GOOD + 'colour = "x"', "“colour”无法识别"),
    ('recogniser = "a"\n' + GOOD + 'send = "json"', "缺少 field"), ('recogniser = "a"\n' + GOOD + 'send = "soap"', "send 应是"),
    ('recogniser = "a"\n' + GOOD + 'field = "x"', "不能再写 field"), ('recogniser = "a"\n' + GOOD + 'secret = "gone"', "密钥文件"),
    ('recogniser = "a"\n' + GOOD + "seconds = 99", "seconds 应是"), ('recogniser = "a"\n' + GOOD + 'headers = {"A b" = "x"}', "请求头"),
    ('recogniser = "a"\n' + GOOD + 'headers = {A = "x\\ny"}', "请求头"), ('recogniser = "a"\nseconds = 0\n' + GOOD, "1 到 15"),
    ('recogniser = "a"\n[services.a]\nanswer = "x"', "缺少 url"), ('recogniser = "a"\n[services.a]\nurl = "ftp://x"\nanswer = "x"', "http://"),
    ('recogniser = "a"\n[services.a]\nurl = "http://u:p@x"\nanswer = "x"', "口令写在 secret"), ('services = "x"', "每个服务"),
    ('recogniser = "a"\n[services.a]\nurl = "http://x"', "缺少 answer"), ('recogniser = "a"\n' + GOOD + "confidence = 5", "路径"),
])
def test_a_bad_file_is_said_in_chinese(text, words):
    with pytest.raises(BadHearing) as refusal:
        read_hearing(text, lambda name: "")
    assert words in refusal.value.message


@pytest.mark.req("R227")
def test_the_environment_names_the_file_and_secrets_lie_in_theirs(tmp_path, monkeypatch):
    assert hearing(tmp_path) == Hearing()
    place = tmp_path / "speech.toml"
    monkeypatch.setenv("HUYING_SPEECH", str(place))
    with pytest.raises(environment.BadSetting, match="读不到这个文件"):
        hearing(tmp_path)
    place.write_text('recogniser = "a"\n' + GOOD + 'secret = "asr"', "utf-8")
    with pytest.raises(environment.BadSetting, match="密钥文件 secrets/asr"):
        hearing(tmp_path)
    (tmp_path / "secrets").mkdir()
    (tmp_path / "secrets/asr").write_text(TOKEN + "\n")
    found = hearing(tmp_path)
    assert found.recogniser.secret == TOKEN and found.seconds == 6 and TOKEN not in repr(found)


def test_the_longest_of_the_words_wins_and_then_the_first_said():
    assert exit_for("我的社保卡补办", CHOICES) == "3"
    assert exit_for("公积金还有社保", {"1": ["社保金"], "2": ["公积金"]}) == "2"
    assert exit_for("社保，公积金", {"1": ["社保局"], "2": ["公积"], "3": ["社保"]}) == "3"
    assert exit_for("Ｅ－ＭＡＩＬ", {"5": ["e-mail"]}) == "5" and exit_for("", CHOICES) == exit_for("。！", CHOICES) == ""
    assert words_at({"options": {"words1": "社保、 社保；。", "words0": "", "sound": "x"}}) == {"1": ["社保"]}
    assert exit_of_intent("医保卡", CHOICES) == "1" and exit_of_intent("医保", CHOICES) == "" == exit_of_intent("", {"1": ["x"]})


@given(st.text(), st.recursive(st.none() | st.text() | st.integers(), lambda each: st.lists(each) | st.dictionaries(st.text(), each)))
def test_anything_said_and_any_answer_can_be_looked_into(text, answer):
    assert exit_for(text, CHOICES) in {"", *CHOICES}
    at(answer, ("0", "text", "-1", "²"))


@pytest.fixture
def listening(exchange, vendors, settings, tmp_path):
    """A published step f…v1:n1, and a recording of a sentence about social insurance in the spool."""
    settings.DATA, settings.HEARING = tmp_path, using(vendors, "one")
    flow = Flow.objects.create(centre=exchange.centre, name="说话导航")
    graph = {"start": "n1", "nodes": [{"id": "n1", "kind": "speech", "options": {"words1": "社保"}, "exits": {}}]}
    FlowVersion.objects.create(centre=exchange.centre, flow=flow, number=1, graph=graph, published_at=clock.now())
    folder = tmp_path / "switch/spool/speech"
    folder.mkdir(parents=True)
    (folder / "hy-1.1-01-1.wav").write_bytes(spoken(440))
    return flow, folder


def post(settings, **said):
    said = {"key": settings.SWITCH_WEB_KEY, "called": "12345", "call": "hy-1.1", **said}
    return json.loads(Client().post(reverse("calls:speech"), said).content)["exit"]


@pytest.mark.django_db
def test_the_switch_is_told_the_exit_and_the_sound_is_gone(listening, settings):
    flow, folder = listening
    assert post(settings, file="hy-1.1-01-1.wav", node=f"f{flow.pk}v1:n1") == "1"
    assert not list(folder.iterdir())
    assert Utterance.objects.get().text == WORDS[440] and Utterance.objects.get().confidence == 0.93
    assert post(settings, file="hy-1.1-01-1.wav", node=f"f{flow.pk}v1:n1") == "failed"


@pytest.mark.django_db
@pytest.mark.parametrize("file", ["", "../../secrets/asr", "hy-1.1-01-2.wav", "link.wav", "x\x00.wav"])
def test_no_other_file_is_read_or_removed(listening, settings, file, tmp_path):
    _, folder = listening
    (tmp_path / "kept.wav").write_bytes(spoken(440))
    (folder / "link.wav").symlink_to(tmp_path / "kept.wav")
    assert post(settings, file=file, node="f1v1:n1") == "failed"
    assert (tmp_path / "kept.wav").exists() and (folder / "hy-1.1-01-1.wav").exists()


@pytest.mark.django_db
@pytest.mark.parametrize("node", ["", "f1", "fxvy:n1", "f999v1:n1", "f1v1:zz", "f" + "9" * 30 + "v1:n1"])
def test_a_step_nobody_knows_has_no_exit(listening, settings, node):
    assert post(settings, file="hy-1.1-01-1.wav", node=node) == "unclear"


@pytest.mark.django_db
def test_a_key_needs_no_service(listening, settings, vendors):
    assert post(settings, file="hy-1.1-01-1.wav", node="f1v1:n1", pressed="0") == ""
    assert not list(listening[1].iterdir()) and not vendors[0].asked and not Utterance.objects.exists()


@pytest.mark.django_db
def test_what_was_said_goes_when_a_recording_would(listening, exchange, settings):
    folder = listening[1]
    long_ago = clock.now() - timedelta(days=4000)
    for when in (long_ago, clock.now()):
        Utterance.objects.create(centre=exchange.centre, linkedid="c", step="f1v1:n1", text="社保", way="1", at=when)
    assert forget() == 1 and Utterance.objects.count() == 1 and list(folder.iterdir())


@pytest.mark.django_db
def test_what_was_said_in_a_call_held_as_evidence_stays(listening, exchange):
    call, long_ago = exchange.call(number=CALLER), clock.now() - timedelta(days=4000)
    Recording.objects.create(centre=exchange.centre, call=call, name="x.wav", state="sealed", held_at=clock.now())
    for name in (call.linkedid, "c"):
        Utterance.objects.create(centre=exchange.centre, linkedid=name, step="f1v1:n1", text="社保", way="1", at=long_ago)
    assert forget() == 1 and Utterance.objects.get().linkedid == call.linkedid


@pytest.mark.django_db
@pytest.mark.req("R227")
def test_the_calls_page_says_the_exit_and_the_words_only_to_who_asks(exchange, client):
    line = {"kind": "said", "at": clock.now().isoformat(), "flow": "f1v1", "node": "n1", "exit": "unclear"}
    call = exchange.call(number=CALLER, milestones=[line])
    Utterance.objects.create(centre=exchange.centre, linkedid=call.linkedid, step="f1v1:n1", text="我叫张三", way="unclear", at=clock.now())
    client.force_login(exchange.cast.staff["director1"], backend="django.contrib.auth.backends.ModelBackend")
    page = client.get(f"/calls/{call.pk}/").content.decode()
    assert "说话导航" in page and "没有听懂" in page and "张三" not in page and not Access.objects.filter(kind="reveal").exists()
    assert "张三" not in client.get(f"/calls/{call.pk}/?words=1").content.decode()
    address = reverse("calls:words", args=[call.pk, Utterance.objects.get().pk])
    assert address in page and "张三" not in client.get(address).content.decode()
    for reason in ("", "看"):
        refused = client.post(address, {"reason": reason})
        assert refused.status_code == 422 and "张三" not in refused.content.decode()
    assert not Access.objects.filter(kind="reveal").exists()
    shown = client.post(address, {"reason": "核对导航是否听懂"}).content.decode()
    row = Access.objects.get(kind="reveal")
    assert "我叫张三" in shown and (row.stream, row.stream_id, row.reason) == ("call", call.pk, "核对导航是否听懂")
    assert row.field == f"words:{Utterance.objects.get().pk}" and row.actor_id == exchange.cast.staff["director1"].pk


@pytest.mark.django_db
def test_the_words_are_not_for_who_may_not_reveal_nor_of_another_call(exchange, client):
    call, other = (exchange.call(number=CALLER, milestones=[{"kind": "said", "at": clock.now().isoformat()}]) for _ in range(2))
    row = Utterance.objects.create(centre=exchange.centre, linkedid=call.linkedid, step="f1v1:n1", text="我叫张三", way="1", at=clock.now())
    for who, about in (("quality1", call), ("director1", other), ("director1@OTHER", call)):
        client.force_login(exchange.cast.staff[who], backend="django.contrib.auth.backends.ModelBackend")
        answer = client.post(reverse("calls:words", args=[about.pk, row.pk]), {"reason": "核对导航是否听懂"})
        assert answer.status_code == 404 and "张三" not in answer.content.decode(), who
