"""The walls, a leader's hand, an agent's day, messages, asking for help, alarms (R115, R212, R218, R222, R293)."""

from datetime import datetime, time, timedelta

import pytest
from django.core.cache import cache
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from calls.room import furnish
from huying.audit.models import Event
from huying.calls.models import Call, HelpRequest, SeatPeriod, SeatSession, ShiftNote, SkillGroup, StaffMessage
from huying.calls.operations import move_seat, set_state, sign_in_seat, sign_out_seat
from huying.calls.operations.help import AlreadyTaken, answer_help, ask_help
from huying.calls.operations.watch import watch_floors
from huying.calls.queries.day import day_of
from huying.calls.queries.floor import floor_of
from huying.calls.queries.queues import today_by_hour
from huying.calls.rules.floor import Period, in_whole_seconds, is_surge, least_now
from huying.calls.templatetags.phone import percent_of
from huying.kernel import clock
from huying.kernel.clock import SHANGHAI
from huying.org.models import Centre

BACKEND = "django.contrib.auth.backends.ModelBackend"
NOON = datetime(2026, 11, 25, 12, 0, tzinfo=SHANGHAI)


@pytest.fixture
def stopped():
    with clock.frozen(NOON) as stopped:
        yield stopped


@pytest.fixture
def phones(cast):
    cache.clear()
    return furnish(cast)


@pytest.fixture
def as_(client, cast):
    def signed_in(username):
        client.force_login(cast.staff[username], backend=BACKEND)
        return client

    return signed_in


def came(cast, waited=None, at=None, **more):
    """A citizen's call that asked for a person, answered after `waited` seconds."""
    at = at or clock.now()
    answered = at + timedelta(seconds=waited) if waited is not None else None
    return Call.objects.create(
        centre=cast.demo, linkedid=f"{at}{waited}{more}{Call.objects.count()}", entered_at=at, human_at=at, queued_at=at,
        answered_at=answered, group=SkillGroup.objects.get(), **more,
    )


@pytest.mark.req("R293")
@pytest.mark.django_db
def test_the_four_states_and_whoever_is_not_signed_in_make_up_the_total(cast, phones, as_, stopped):
    for name, phone in (("agent1", "8001"), ("agent2", "8002")):
        sign_in_seat(cast.actor(name), phones[phone])
    set_state(cast.actor("agent1"), SeatSession.objects.get(staff=cast.staff["agent1"]), "ready")
    floor = floor_of(cast.demo, [cast.demo.pk])
    assert floor.total == 3 == sum(floor.counts.values()) and floor.signed_in == 2
    assert (floor.counts["ready"], floor.counts["busy"], floor.counts["offline"]) == (1, 1, 1)
    text = as_("leader1").get("/calls/wall/").content.decode()
    assert "座席总数" in text and "8001" in text and "空闲" in text and "监听" not in text, "nobody talks"
    part = as_("leader1").get("/calls/wall/", headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in part and "8002" in part
    assert as_("agent1").get("/calls/wall/").status_code == 404
    assert "8001" not in as_("director1@OTHER").get("/calls/wall/").content.decode()
    assert "强制" not in as_("quality1").get("/calls/wall/").content.decode() and as_("buyer1").get("/calls/board/").status_code == 200


@pytest.mark.req("R013")
@pytest.mark.django_db
def test_fifteen_seconds_to_the_millisecond_against_the_target(cast, phones, stopped):
    for waited in (0, 15.000, 15.001, 20.000, 20.001, None):
        came(cast, waited)
    came(cast, 1, is_test=True)
    came(cast, 1, at=NOON - timedelta(days=1))
    floor = floor_of(cast.demo, [cast.demo.pk])
    assert (floor.today[15].part, floor.today[20].part, floor.today[20].whole) == (2, 4, 6)
    assert (floor.month[15].part, floor.month[15].whole) == (3, 7) and not floor.month[15].met


@pytest.mark.django_db
def test_the_large_screen_tells_of_queues_and_of_each_hour_of_the_day(cast, phones, as_, stopped):
    for waited in (3, None):
        came(cast, waited)
    came(cast, 1, at=NOON - timedelta(hours=2))
    hours = {row.hour: (row.asked, row.answered) for row in today_by_hour([cast.demo.pk], NOON)}
    here = NOON.astimezone(SHANGHAI).hour
    assert hours[here] == (2, 1) and hours[here - 2] == (1, 1) and hours[here - 1] == (0, 0) and len(hours) == here + 1
    text = as_("leader1").get("/calls/board/").content.decode()
    assert f"{here} 时：请求人工 2，接听 1" in text and "hy-board__table" in text and "通话与振铃" in text


@pytest.mark.django_db
def test_groups_of_centres_below_stand_on_the_wall_when_they_have_something_to_tell(cast, phones, as_, stopped):
    below = Centre.objects.create(code="GKQ", name="港口区分中心", level="county", parent=cast.demo, region=cast.demo.region)
    group = SkillGroup.objects.create(centre=below, code="main", name="港口综合组")
    text = as_("leader1").get("/calls/wall/").content.decode()
    assert "港口综合组" not in text and "另有 1 个下级中心技能组今日没有请求" in text
    Call.objects.create(centre=below, linkedid="below", direction="in", group=group, entered_at=NOON, human_at=NOON, queued_at=NOON)
    text = as_("leader1").get("/calls/wall/").content.decode()
    assert "港口综合组" in text and "没有请求" not in text
    assert "港口综合组" in as_("leader1").get("/calls/board/").content.decode()


def test_a_share_is_never_rounded_up_to_its_target():
    assert percent_of(94996, 100_000) == "94.99%" and percent_of(0, 0) == "—" and percent_of(1, 1) == "100.00%"


days = st.integers(0, 365 * 24 * 60).map(lambda minutes: NOON + timedelta(minutes=minutes))
times = st.times().map(lambda at: at.replace(microsecond=0, fold=0))


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(days, times, times)
def test_a_period_and_what_is_outside_of_it_cover_the_week_once(at, begins, ends):
    inside, outside = Period("", "1234567", begins, ends, 2), Period("", "1234567", ends, begins, 2)
    if begins != ends:
        assert inside.covers(at) != outside.covers(at)
    else:
        assert inside.covers(at)


@pytest.mark.parametrize(
    ("at", "least"),
    [("2026-11-25 09:00", 4), ("2026-11-25 08:59", 2), ("2026-11-25 18:00", 2), ("2026-11-28 10:00", None), ("2026-11-28 07:00", 2)],
)
def test_the_night_belongs_to_the_day_it_began_on(at, least):
    periods = [Period("高峰", "12345", time(9), time(18), 4), Period("夜间", "12345", time(18), time(9), 2)]
    found = least_now(periods, datetime.fromisoformat(at))
    assert (found.least if found else None) == least


def test_a_handful_of_calls_is_no_surge():
    assert is_surge(16, 10, 150) and not is_surge(15, 10, 150) and not is_surge(9, 0, 150) and is_surge(10, 0, 150)


@pytest.mark.req("R115")
@pytest.mark.django_db
def test_too_few_seats_raise_one_alarm_and_one_all_clear(cast, phones, as_, stopped):
    SeatPeriod.objects.create(centre=cast.demo, name="高峰", begins=time(9), ends=time(18), least=1)
    watch_floors()
    watch_floors()
    note = ShiftNote.objects.get()
    assert note.kind == "alarm_seats" and "少于“高峰”要求的 1 席" in note.text
    assert "请补位" in as_("leader1").get("/calls/wall/").content.decode()
    assert "少于“高峰”要求的 1 席" in as_("leader1").get("/calls/board/").content.decode()
    set_state(cast.actor("agent1"), sign_in_seat(cast.actor("agent1"), phones["8001"]), "ready")
    stopped.tick(timedelta(seconds=30))
    watch_floors()
    watch_floors()
    assert [row.kind for row in ShiftNote.objects.order_by("id")] == ["alarm_seats", "over_seats"]
    assert "请补位" not in as_("leader1").get("/calls/wall/").content.decode()


@pytest.mark.django_db
def test_far_more_calls_than_usual_are_a_surge(cast, phones, stopped):
    for week in range(1, 5):
        came(cast, 3, at=NOON - timedelta(weeks=week, minutes=2))
    for second in range(12):
        came(cast, 3, at=NOON - timedelta(seconds=second))
    assert floor_of(cast.demo, [cast.demo.pk]).surge == (12, 1.0)
    watch_floors()
    assert "近 10 分钟来电 12 个，同时段平时 1.0 个" in ShiftNote.objects.get(kind="alarm_surge").text


@pytest.mark.req("R218")
@pytest.mark.django_db
def test_a_leaders_hand_needs_a_reason_and_is_on_record(cast, phones, as_):
    session = sign_in_seat(cast.actor("agent1"), phones["8001"])
    path = f"/calls/wall/{session.pk}/force_busy"
    text = as_("leader1").post(path, {"reason": ""}, follow=True).content.decode()
    assert "请写明原因" in text and not Event.objects.filter(kind="seat.force_busy").exists()
    assert "已对" in as_("leader1").post(path, {"reason": "去参加班会"}, follow=True).content.decode()
    event = Event.objects.get(kind="seat.force_busy")
    assert event.reason == "去参加班会" and event.data["staff"] == cast.staff["agent1"].pk
    session.refresh_from_db()
    assert (session.state, session.reason) == ("busy", "forced")
    for who in ("agent2", "quality1", "director1@OTHER"):
        assert as_(who).post(path, {"reason": "试试"}).status_code == 404
    text = as_("leader1").post(f"/calls/wall/{session.pk}/spy", follow=True).content.decode()
    assert "监听须先签入坐席" in text and not Event.objects.filter(kind="seat.spy").exists(), "what was not done is not recorded"


@pytest.mark.req("R222")
@pytest.mark.django_db
def test_the_parts_of_a_day_add_up_to_the_signed_in_time(cast, phones, as_, stopped):
    session = sign_in_seat(cast.actor("agent1"), phones["8001"])
    for event, seconds in (("ready", 60), ("rings", 5), ("answered", 180), ("hung_up", 40), ("finish", 300)):
        stopped.tick(timedelta(seconds=seconds))
        move_seat(session.pk, event)
    stopped.tick(timedelta(seconds=17))
    sign_out_seat(cast.actor("agent1"), session)
    stopped.tick(timedelta(hours=1))
    day = day_of(cast.staff["agent1"], NOON.date())
    assert day.signed_in_ms == 602_000 == sum(ms for _, ms in day.sums)
    assert dict(day.sums)["通话"] == 40_000 and dict(day.sums)["话后处理"] == 300_000
    own = as_("agent1").get("/calls/day/").content.decode()
    assert "一天的状态轨迹" in own and "".join(f"<span>{hour}</span>" for hour in range(24)) in own
    assert as_("agent2").get("/calls/day/agent1/").status_code == 404
    assert as_("leader1").get("/calls/day/agent1/?day=2026-11-25").status_code == 200
    assert as_("director1@OTHER").get("/calls/day/agent1/").status_code == 404


@pytest.mark.req("R222")
@pytest.mark.django_db
def test_parts_of_odd_microseconds_add_up_to_the_millisecond_and_as_they_are_shown(cast, phones, stopped):
    session = sign_in_seat(cast.actor("agent1"), phones["8001"])
    for event in ("ready", "rings", "answered", "hung_up", "finish") * 3:
        stopped.tick(timedelta(microseconds=10_333_600))
        move_seat(session.pk, event)
    stopped.tick(timedelta(microseconds=700_700))
    sign_out_seat(cast.actor("agent1"), session)
    stopped.tick(timedelta(hours=1))
    day = day_of(cast.staff["agent1"], NOON.date())
    assert day.signed_in_ms == sum(ms for _, ms in day.sums) == sum(each.milliseconds for each in day.stretches)
    assert round(day.signed_in_ms / 1000) * 1000 == sum(ms for _, ms in day.shown)
    assert all(abs(ms - shown) < 1000 for (_, ms), (_, shown) in zip(day.sums, day.shown, strict=True))


@given(st.lists(st.integers(0, 10**8), max_size=8))
def test_whole_seconds_add_up_to_the_whole_as_it_is_shown(parts):
    shown = in_whole_seconds([(str(place), ms) for place, ms in enumerate(parts)], sum(parts))
    assert sum(ms for _, ms in shown) == round(sum(parts) / 1000) * 1000
    assert all(abs(ms - whole) < 1000 and whole % 1000 == 0 for ms, (_, whole) in zip(parts, shown, strict=True))


@pytest.mark.django_db
def test_a_day_is_cut_at_midnight(cast, phones):
    with clock.frozen(NOON + timedelta(hours=11)) as stopped:
        session = sign_in_seat(cast.actor("agent1"), phones["8001"])
        stopped.tick(timedelta(hours=3))
        sign_out_seat(cast.actor("agent1"), session)
        first, second = (day_of(cast.staff["agent1"], (NOON + timedelta(days=more)).date()) for more in (0, 1))
    assert (first.signed_in_ms, second.signed_in_ms) == (3_600_000, 7_200_000)
    assert sum(ms for _, ms in first.sums) == 3_600_000 and sum(ms for _, ms in second.sums) == 7_200_000


@pytest.mark.req("R212")
@pytest.mark.django_db
def test_messages_show_whether_they_were_read(cast, phones, as_):
    client = as_("leader1")
    client.post("/seat/talk/", {"receiver": cast.staff["agent1"].pk, "text": "<b>停水</b>话术已更新，请看公告"})
    assert "未读" in client.get("/seat/talk/agent1/").content.decode()
    assert "消息 <span" in as_("agent1").get("/desk/today/").content.decode() or SeatSession.objects.count() == 0
    text = as_("agent1").get("/seat/talk/leader1/").content.decode()
    assert "话术已更新" in text and "<b>停水" not in text
    assert StaffMessage.objects.get().read_at is not None
    assert "已读" in as_("leader1").get("/seat/talk/agent1/").content.decode()
    assert as_("agent2").get("/seat/talk/leader1/").content.decode().count("话术已更新") == 0
    for receiver in (cast.staff["agent1@OTHER"].pk, cast.staff["liaison1"].pk, cast.staff["leader1"].pk, 0):
        assert as_("leader1").post("/seat/talk/", {"receiver": receiver, "text": "你好"}).status_code == 422
    assert as_("leader1").post("/seat/talk/", {"receiver": cast.staff["agent1"].pk, "text": " "}).status_code == 422


@pytest.mark.django_db
def test_a_call_for_help_is_one_and_answered_once(cast, phones, as_):
    session = sign_in_seat(cast.actor("agent1"), phones["8001"])
    as_("agent1").post("/seat/help", {"note": "来电人情绪激动"})
    ask_help(actor=cast.actor("agent1"), session=session)
    row = HelpRequest.objects.get()
    assert "来电人情绪激动" in as_("leader1").get("/calls/wall/").content.decode()
    as_("leader1").post(f"/calls/help/{row.pk}")
    with pytest.raises(AlreadyTaken, match="已经处理"):
        answer_help(actor=cast.actor("director1"), pk=row.pk, done=False)
    as_("leader1").post(f"/calls/help/{row.pk}", {"done": "1"})
    assert HelpRequest.objects.get().done_at and ShiftNote.objects.get(kind="help")
    assert as_("director1@OTHER").post(f"/calls/help/{row.pk}").status_code == 404


@pytest.mark.django_db
@pytest.mark.parametrize(("event", "note"), [("hung_up", True), ("force_out", True), ("answered", True), ("hung_up", False)])
def test_help_asked_for_in_a_call_leaves_the_wall_with_it(cast, phones, as_, event, note):
    calls = [Call.objects.create(centre=cast.demo, linkedid=name, entered_at=clock.now()) for name in ("one", "two")]
    session = sign_in_seat(cast.actor("agent1"), phones["8001"])
    move_seat(session.pk, "answered", call_id=calls[0].pk)
    as_("agent1").post("/seat/help", {"note": "来电人情绪激动"})
    row = HelpRequest.objects.get()
    assert row.call == calls[0]
    if not note:
        answer_help(actor=cast.actor("leader1"), pk=row.pk, done=False)
    assert "来电人情绪激动" in as_("leader1").get("/calls/wall/").content.decode()
    move_seat(session.pk, event, call_id=calls[1].pk if event == "answered" else None)
    assert "来电人情绪激动" not in as_("leader1").get("/calls/wall/").content.decode()
    row.refresh_from_db()
    assert row.done_at is not None
    assert ShiftNote.objects.filter(kind="help", text__contains="通话结束时还没有人处理").exists() == note
    with pytest.raises(AlreadyTaken, match="通话已经结束" if note else "已经处理"):
        answer_help(actor=cast.actor("leader1"), pk=row.pk, done=True)


@pytest.mark.django_db
def test_help_stays_asked_for_while_the_call_goes_on_and_the_next_call_asks_anew(cast, phones):
    agent = cast.actor("agent1")
    calls = [Call.objects.create(centre=cast.demo, linkedid=name, entered_at=clock.now()) for name in ("one", "two")]
    session = sign_in_seat(agent, phones["8001"])
    move_seat(session.pk, "rings", call_id=calls[0].pk)
    first = ask_help(actor=agent, session=session, note="请来")
    move_seat(session.pk, "answered")
    assert HelpRequest.objects.get(done_at=None) == first
    for event in ("hung_up", "finish"):
        move_seat(session.pk, event)
    move_seat(session.pk, "answered", call_id=calls[1].pk)
    again = ask_help(actor=agent, session=session)
    assert again != first and (again.call, again.note) == (calls[1], "")


@pytest.mark.req("R222")
@pytest.mark.django_db
def test_the_shift_log_takes_notes_and_keeps_them(cast, phones, as_):
    as_("leader1").post("/calls/log/", {"text": "19:05 市区停水，来电增多"})
    assert "市区停水" in as_("director1").get("/calls/log/").content.decode()
    assert "市区停水" not in as_("director1@OTHER").get("/calls/log/").content.decode()
    assert as_("leader1").post("/calls/log/", {"text": " "}).status_code == 422
