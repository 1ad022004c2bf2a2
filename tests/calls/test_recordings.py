"""Recordings: sealed at rest, played in stretches, taken out with a reason and a mark, gone when their time is over."""

import math
import os
import struct
import wave
from array import array
from datetime import timedelta
from io import BytesIO

import pytest
from django.core.management import CommandError, call_command
from hypothesis import given
from hypothesis import strategies as st

from huying.audit.models import Access, Event
from huying.calls.models import Call, PhoneSetting, Recording
from huying.calls.operations.recordings import expire, find, seal_waiting
from huying.calls.queries.sealed import PIECE, digest_of, folder, opened, seal_file, spool
from huying.calls.rules.recorded import packed
from huying.calls.rules.sound import BadSound, finish_header, outline, silence, words_in
from huying.calls.views.calls import asked_range
from huying.kernel import clock
from huying.kernel.ciphers import OVERHEAD, TamperedData

pytestmark = pytest.mark.django_db(transaction=True)
BACKEND = "django.contrib.auth.backends.ModelBackend"


@pytest.fixture
def cast(transactional_db):
    import cast as stage

    return stage.build()


@pytest.fixture(autouse=True)
def _own_folder(settings, tmp_path):
    settings.DATA = tmp_path


def tone(seconds, hz=440, rate=8000):
    made = BytesIO()
    with wave.open(made, "wb") as sound:
        sound.setparams((1, 2, rate, 0, "NONE", ""))
        frames = (round(12000 * math.sin(2 * math.pi * hz * at / rate)) for at in range(round(seconds * rate)))
        sound.writeframes(b"".join(struct.pack("<h", frame) for frame in frames))
    return made.getvalue()


def taped(cast, seconds=3.0, centre=None, ended=10, agent="agent1", name="1764-1.wav"):
    now = clock.now()
    call = Call.objects.create(
        centre=centre or cast.demo, linkedid=f"l-{name}", number="13907701234", entered_at=now - timedelta(seconds=60),
        ended_at=now - timedelta(seconds=ended), agent=cast.staff[agent], talk_ms=round(seconds * 1000), outcome="answered",
    )
    place = spool() / "recordings" / name
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(tone(seconds))
    return Recording.objects.create(centre=call.centre, call=call, name=name, begun_at=call.entered_at)


def get(client, cast, who, path, **headers):
    client.force_login(cast.staff[who], backend=BACKEND)
    return client.get(path, headers=headers)


def body(answer):
    return b"".join(answer.streaming_content) if answer.streaming else answer.content


@pytest.mark.req("R217")
def test_a_recording_is_sealed_as_long_as_it_was_and_its_wav_is_gone(cast):
    row = taped(cast, 40.0)
    plain = (spool() / "recordings" / row.name).read_bytes()
    assert seal_waiting() == 1
    row.refresh_from_db()
    path = folder() / row.path
    assert row.state == "sealed" and abs(row.duration_ms - row.call.talk_ms) <= 1000
    assert not (spool() / "recordings" / row.name).exists()
    assert plain[2000:4000] not in path.read_bytes() and b"RIFF" not in path.read_bytes()
    assert digest_of(path) == row.digest and b"".join(opened(path, row.name, row.size)) == plain
    assert 0 < len(row.peaks) <= 400 and max(row.peaks) in range(30, 45)
    assert row.kept_until == clock.now().date() + timedelta(days=730)
    assert oct(path.parent.stat().st_mode)[-3:] == "700"
    assert seal_waiting() == 0


def test_a_call_that_goes_on_is_left_alone_and_a_missing_file_is_called_missing_after_a_day(cast):
    fresh = taped(cast, ended=0)
    gone = taped(cast, ended=25 * 3600, name="gone.wav")
    (spool() / "recordings" / gone.name).unlink()
    late = taped(cast, ended=60, name="late.wav")
    (spool() / "recordings" / late.name).unlink()
    assert seal_waiting() == 0
    assert [Recording.objects.get(pk=row.pk).state for row in (fresh, gone, late)] == ["waiting", "missing", "waiting"]


def test_what_is_no_sound_stays_where_it_is(cast):
    row = taped(cast)
    place = spool() / "recordings" / row.name
    for nonsense in (b"", b"RIFF", b"not a sound" * 100):
        place.write_bytes(nonsense)
        assert seal_waiting() == 0 and place.exists()
        with pytest.raises(BadSound):
            outline(BytesIO(nonsense))


HEAD_ONLY = silence(0)
UNFINISHED = HEAD_ONLY[:4] + bytes(4) + HEAD_ONLY[8:40] + bytes(4)  # as Asterisk begins a file


@pytest.mark.parametrize(("left", "why", "words"), [
    (b"", "empty", "录音文件里没有声音"), (HEAD_ONLY[:20], "empty", "录音文件里没有声音"), (UNFINISHED, "empty", "录音文件里没有声音"),
    (HEAD_ONLY, "empty", "录音文件里没有声音"), (b"not a sound" * 100, "damaged", "录音文件已损坏"),
    (HEAD_ONLY + b"x", "empty", "录音文件里没有声音"),
])
def test_what_will_never_be_a_sound_is_missing_and_the_page_says_why(client, cast, left, why, words):
    row = taped(cast, ended=61)
    place = spool() / "recordings" / row.name
    place.write_bytes(left)
    fresh = taped(cast, ended=10, name="fresh.wav")
    (spool() / "recordings" / fresh.name).write_bytes(left)
    assert seal_waiting() == 0
    row.refresh_from_db()
    assert (row.state, row.why) == ("missing", why) and Recording.objects.get(pk=fresh.pk).state == "waiting"
    assert place.exists() == (why == "damaged")
    text = get(client, cast, "leader1", f"/calls/{row.call_id}/").content.decode()
    assert f"录音缺失：{words}" in text and "data-sound" not in text
    assert seal_waiting() == 0


def test_another_nodes_recording_is_left_to_it(cast):
    row = taped(cast, ended=25 * 3600)
    (spool() / "recordings" / row.name).unlink()
    Call.objects.update(node="other")
    assert seal_waiting() == 0 and Recording.objects.get().state == "waiting"
    Call.objects.update(node="hy")
    assert seal_waiting() == 0 and Recording.objects.get().state == "missing"


def test_after_a_restart_of_the_switch_nobody_waits_a_day_for_a_file_that_is_not_there(client, cast):
    row, other = taped(cast, ended=61), taped(cast, ended=61, name="other.wav")
    for each in (row, other):
        (spool() / "recordings" / each.name).unlink()
    Call.objects.filter(pk=row.call_id).update(cause_text="话务交换系统重启", outcome="lost")
    seal_waiting()
    assert [Recording.objects.get(pk=each.pk).why for each in (row, other)] == ["no_file", ""]
    assert "没有找到录音文件" in get(client, cast, "leader1", f"/calls/{row.call_id}/").content.decode()


def test_missing_recordings_are_counted_and_found(client, cast):
    lost, kept = taped(cast, ended=61), taped(cast, ended=61, name="kept.wav")
    (spool() / "recordings" / lost.name).write_bytes(b"")
    seal_waiting()
    text = get(client, cast, "leader1", "/calls/?recording=missing").content.decode()
    assert f'href="/calls/{lost.call_id}/"' in text and f'href="/calls/{kept.call_id}/"' not in text
    told = client.get("/metrics").content.decode()
    assert 'huying_recordings{state="missing",why="empty"} 1.0' in told and 'state="waiting"' not in told


def test_a_message_left_and_the_talk_of_one_call_have_the_same_file_name(cast):
    row = taped(cast, 2.0)
    left = Recording.objects.create(centre=row.centre, call=row.call, name=f"voicemail/{row.name}")
    place = spool() / "voicemail" / row.name
    place.parent.mkdir(parents=True)
    place.write_bytes(tone(5.0))
    assert seal_waiting() == 2
    assert [Recording.objects.get(pk=each.pk).duration_ms for each in (row, left)] == [2000, 5000]


def test_no_name_leads_out_of_the_spool(cast, tmp_path):
    secret = tmp_path / "secret.wav"
    secret.write_bytes(silence(1))
    (spool() / "recordings").mkdir(parents=True)
    (spool() / "recordings" / "link.wav").symlink_to(secret)
    assert find("../../secret.wav") is None and find(str(secret)) is None and find("link.wav") is None and find("") is None


@pytest.mark.req("R217", "R253")
def test_a_piece_changed_cut_off_or_exchanged_is_noticed(cast, tmp_path):
    sound = os.urandom(PIECE * 2 + 500)
    path = tmp_path / "one.sealed"
    seal_file(BytesIO(sound), path, "one")
    sealed = path.read_bytes()
    assert b"".join(opened(path, "one", len(sound))) == sound
    long = PIECE + OVERHEAD
    first, second, rest = sealed[:long], sealed[long : 2 * long], sealed[2 * long :]
    for wrong in (sealed[:-600], sealed[:100] + b"x" + sealed[101:], second + rest, second + first + rest, first + rest):
        path.write_bytes(wrong)
        with pytest.raises(TamperedData):
            b"".join(opened(path, "one", len(sound)))
    path.write_bytes(sealed)
    with pytest.raises(TamperedData):
        b"".join(opened(path, "two", len(sound)))


@given(st.integers(1, 5 * 700), st.integers(0, 4000), st.integers(0, 4000))
def test_any_stretch_is_the_same_as_of_the_whole(tmp_path_factory, size, begin, end):
    from unittest.mock import patch

    sound, path = os.urandom(size), tmp_path_factory.mktemp("s") / "x.sealed"
    with patch("huying.calls.queries.sealed.PIECE", 700):
        seal_file(BytesIO(sound), path, "x")
        assert b"".join(opened(path, "x", size, min(begin, size), end)) == sound[min(begin, size) : end]


@pytest.mark.parametrize(
    ("header", "stretch"),
    [("", (0, 100)), ("bytes=0-9", (0, 10)), ("bytes=90-", (90, 100)), ("bytes=-10", (90, 100)), ("bytes=50-500", (50, 100)),
     ("bytes=100-", (100, 100)), ("bytes=0-1,5-6", (0, 100)), ("bytes=x-y", (0, 100)), ("lines=1-2", (0, 100)), ("bytes=9-3", (9, 4))],
)
def test_ranges(header, stretch):
    assert asked_range(header, 100) == stretch


@pytest.mark.req("R221")
def test_a_recording_is_played_to_those_who_may_in_stretches_and_on_record(client, cast):
    row = taped(cast, 5.0)
    plain = (spool() / "recordings" / row.name).read_bytes()
    seal_waiting()
    path = f"/calls/recordings/{row.pk}/sound"
    for who in ("leader1", "agent1", "quality1"):
        answer = get(client, cast, who, path)
        assert answer.status_code == 200 and body(answer) == plain and answer["Content-Type"] == "audio/wav"
    part = get(client, cast, "quality1", path, range="bytes=1000-1999")
    assert part.status_code == 206 and body(part) == plain[1000:2000] and part["Content-Range"] == f"bytes 1000-1999/{len(plain)}"
    assert get(client, cast, "quality1", path, range=f"bytes={len(plain)}-").status_code == 416
    for who in ("agent2", "agent1@OTHER", "director1@OTHER", "liaison1", "operator1"):
        assert get(client, cast, who, path).status_code == 404, who
    heard = Access.objects.filter(stream="call", stream_id=row.call_id, kind="view")
    assert heard.count() == 3 and {each.actor_id for each in heard} == {cast.staff[who].pk for who in ("leader1", "agent1", "quality1")}


@pytest.mark.req("R221")
def test_whoever_leaves_out_the_first_byte_is_on_record_all_the_same(client, cast):
    row = taped(cast, 5.0)
    seal_waiting()
    path = f"/calls/recordings/{row.pk}/sound"
    for _ in range(3):
        assert get(client, cast, "quality1", path, range="bytes=44-").status_code == 206
    assert Access.objects.get(stream="call", stream_id=row.call_id, kind="view").actor_id == cast.staff["quality1"].pk


@pytest.mark.req("R221")
def test_taking_one_out_asks_what_for_and_marks_the_file(client, cast, tmp_path, capsys):
    row = taped(cast, 9.0)
    seal_waiting()
    path = f"/calls/recordings/{row.pk}/download"
    assert get(client, cast, "leader1", path).status_code == 404, "may listen, may not download"
    assert "用途" in get(client, cast, "director1", path).content.decode()
    assert client.post(path, {"reason": "看"}).status_code == 422
    answer = client.post(path, {"reason": "市纪委调取，函号 12"})
    sound = answer.content
    assert outline(BytesIO(sound)).duration_ms == 9000
    assert "director1" in words_in(sound) and row.pk and "director1" in answer["Content-Disposition"]
    taken = Access.objects.get(stream="call", kind="download")
    assert taken.reason == "市纪委调取，函号 12" and taken.actor_id == cast.staff["director1"].pk
    with wave.open(BytesIO(sound)) as file:
        bare = packed(array("h", file.readframes(file.getnframes()))[4321:])  # the words beside the sound are gone
    (tmp_path / "leaked.wav").write_bytes(bare)
    call_command("calls", "trace", str(tmp_path / "leaked.wav"))
    told = capsys.readouterr().out
    assert f"通话 {row.call_id} " in told and taken.actor_name in told and "市纪委调取，函号 12" in told


def test_a_page_shows_course_outline_and_player(client, cast):
    row = taped(cast)
    Call.objects.filter(pk=row.call_id).update(milestones=[
        {"at": "2026-11-20T09:05:12.345+08:00", "kind": "entered", "called": "12345"},
        {"at": "2026-11-20T09:05:14.000+08:00", "kind": "key", "flow": "f1v1", "node": "menu", "keys": "timeout"},
    ])
    page = f"/calls/{row.call_id}/"
    assert "待封存" in get(client, cast, "leader1", page).content.decode()
    seal_waiting()
    text = get(client, cast, "leader1", page).content.decode()
    assert "<svg" in text and f"/calls/recordings/{row.pk}/sound" in text and "进入热线" in text and "超时未按" in text
    assert "download" not in text.replace("nodownload", "") and "139****1234" in text and "13907701234" not in text
    assert "下载" in get(client, cast, "director1", page).content.decode()
    assert get(client, cast, "agent2", page).status_code == 404


@pytest.mark.req("R223")
def test_calls_are_found_by_number_result_person_and_day(client, cast):
    row = taped(cast)
    Call.objects.filter(pk=row.call_id).update(number_hash=bytes(32))
    other = Call.objects.create(centre=cast.demo, linkedid="b", entered_at=clock.now(), outcome="abandoned")
    Call.objects.create(centre=cast.other, linkedid="c", entered_at=clock.now())

    def shown(who, query=""):
        text = get(client, cast, who, f"/calls/?{query}").content.decode()
        return {pk for pk in (row.call_id, other.pk) if f'href="/calls/{pk}/"' in text}

    assert shown("leader1") == {row.call_id, other.pk} and shown("agent1") == {row.call_id} and shown("agent2") == set()
    assert shown("leader1", "outcome=abandoned") == {other.pk}
    assert shown("leader1", "longer=2") == {row.call_id}
    assert shown("leader1", "rating=none&direction=in&after=nonsense") == {row.call_id, other.pk}
    assert shown("leader1", "until=2020-01-01") == set() and "止日期早于起日期" in get(
        client, cast, "leader1", "/calls/?since=2026-01-02&until=2026-01-01").content.decode()


def test_pages_of_calls_have_no_gaps_and_no_doubles(client, cast):
    at = clock.now()
    made = [Call(centre=cast.demo, linkedid=str(n), entered_at=at - timedelta(seconds=n // 3)) for n in range(120)]
    wanted = {call.pk for call in Call.objects.bulk_create(made)}
    seen, path = [], "/calls/"
    while path:
        text = get(client, cast, "leader1", path).content.decode()
        seen += [int(part.split("/")[0]) for part in text.split('<a href="/calls/')[1:] if part.split("/")[0].isdecimal()]
        path = "/calls/" + text.split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&") if 'rel="next"' in text else ""
    assert len(seen) == len(set(seen)) and set(seen) == wanted


def test_recordings_go_when_their_time_is_over(cast):
    PhoneSetting.objects.create(centre=cast.demo, keep_recordings_days=0)
    row = taped(cast)
    seal_waiting()
    path = folder() / Recording.objects.get(pk=row.pk).path
    assert expire() == 0 and path.exists()
    Recording.objects.update(kept_until=clock.now().date() - timedelta(days=1))
    assert expire() == 1 and not path.exists()
    assert Recording.objects.get(pk=row.pk).state == "expired"


@pytest.mark.req("R217")
def test_one_held_as_evidence_outlives_its_time_until_it_is_let_go(client, cast):
    row = taped(cast)
    seal_waiting()
    Recording.objects.update(kept_until=clock.now().date() - timedelta(days=1))
    path = f"/calls/recordings/{row.pk}/hold"
    for who in ("leader1", "agent1", "director1@OTHER"):
        assert get(client, cast, who, path).status_code == 404, who
    assert get(client, cast, "director1", path).status_code == 200
    assert client.post(path, {"reason": "留"}).status_code == 422 and Recording.objects.get().held_at is None
    assert client.post(path, {"reason": "行政复议取证"}).status_code == 302
    assert expire() == 0 and "行政复议取证" in get(client, cast, "leader1", f"/calls/{row.call_id}/").content.decode()
    client.force_login(cast.staff["director1"], backend=BACKEND)
    assert client.post(path, {"reason": "复议已结案"}).status_code == 302
    kept = Event.objects.filter(kind__startswith="recording.").order_by("pk").values_list("kind", "reason")
    assert list(kept) == [("recording.hold", "行政复议取证"), ("recording.release", "复议已结案")]
    assert expire() == 1 and get(client, cast, "director1", path).status_code == 404


@pytest.mark.req("R217", "R253")
def test_a_file_somebody_changed_is_named_and_neither_played_nor_given_out(client, cast, capsys):
    row, good = taped(cast), taped(cast, name="good.wav")
    seal_waiting()
    call_command("calls", "verify")
    assert "录音完好：2 个" in capsys.readouterr().out
    path = folder() / Recording.objects.get(pk=row.pk).path
    sealed = bytearray(path.read_bytes())
    sealed[len(sealed) // 2] ^= 1
    path.write_bytes(sealed)
    (folder() / Recording.objects.get(pk=good.pk).path).unlink()
    with pytest.raises(CommandError, match="2 个录音异常"):
        call_command("calls", "verify")
    told = capsys.readouterr().out
    assert f"录音 {row.pk}：与封存时不一致" in told and f"录音 {good.pk}：文件不在了" in told
    played = get(client, cast, "leader1", f"/calls/recordings/{row.pk}/sound")
    assert played.status_code == 409 and "与封存时不一致" in played.content.decode()
    client.force_login(cast.staff["director1"], backend=BACKEND)
    taken = client.post(f"/calls/recordings/{row.pk}/download", {"reason": "市纪委调取"})
    assert taken.status_code == 409 and "与封存时不一致" in taken.content.decode()
    assert not Access.objects.filter(kind="download").exists()


def test_a_recording_whose_switch_was_killed_has_all_that_reached_the_disk():
    whole = silence(2)
    file = BytesIO(whole[:4] + bytes(4) + whole[8:40] + bytes(4) + whole[44:])  # as Asterisk begins it
    with pytest.raises(BadSound):
        outline(BytesIO(file.getvalue()))
    assert finish_header(file) and file.getvalue() == whole
    assert not finish_header(file) and outline(file).duration_ms == 2000
