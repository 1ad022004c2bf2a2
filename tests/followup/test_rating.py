"""Citizens rate once, by a link that works once (R054, R283, G5)."""

import re
from datetime import timedelta

import pytest
from django.db import ProgrammingError, connection, transaction
from django.test.utils import CaptureQueriesContext

from followup.conftest import ANGRY, SAID
from huying.audit.models import Event
from huying.followup.models import Rating, RatingToken
from huying.followup.operations import (
    AlreadyRated,
    BadToken,
    NotYetClosed,
    make_rating_token,
    open_token,
    rate,
    rate_own,
)
from huying.messaging.models import Message
from huying.org.policies import citizen_actor
from huying.org.queries import tenant_scope
from huying.workorders.models import Link, WorkOrder
from huying.workorders.operations import NewOrder, create_order
from huying.workorders.queries import NoSuchOrder
from huying.workorders.rules import BadInput

pytestmark = pytest.mark.django_db


@pytest.fixture
def closed(calling):
    def play(**new):
        return calling(**new).do("followup1", "finish_follow_up", **SAID).do("reviewer1", "close")

    return play


def token_in(message):
    return re.search(r"/r/([\w-]+)", message.text)[1]


@pytest.mark.req("R283")
def test_the_closing_message_carries_a_link_that_works_once(closed):
    play = closed()
    message = Message.objects.get(subject_id=play.order.pk, scene="closed")
    token = token_in(message)
    assert len(message.text) < 140
    with tenant_scope(()):  # a citizen has no centre
        page = open_token(token)
        assert (page.number, page.title, page.rated) == (play.number, "路灯不亮", False)
        assert "更换灯泡" in page.answer
        rate(token=token, satisfaction="very", text="谢谢")
        with pytest.raises(AlreadyRated):
            rate(token=token, satisfaction="no", reason="slow")
        assert open_token(token).rated
    given = Rating.objects.get()
    assert (given.satisfaction, given.channel, given.text) == ("very", "sms", "谢谢")
    event = Event.objects.filter(stream="order", stream_id=play.order.pk).latest("seq")
    assert (event.kind, event.actor_kind, event.data["satisfaction"]) == ("rate", "citizen", "very")


def test_what_the_caller_heard_stays_beside_it(closed):
    play = closed()
    rate(token=make_rating_token(play.order), satisfaction="no", reason="slow")
    assert WorkOrder.objects.get().satisfaction == "yes"


@pytest.mark.req("R283")
def test_a_link_ends_after_the_packs_days(closed, now):
    token = make_rating_token(closed().order)
    now.tick(timedelta(days=15))
    with pytest.raises(BadToken):
        open_token(token)


def test_only_the_digest_is_kept(closed):
    token = make_rating_token(closed().order)
    assert token.encode() not in b"".join(bytes(row.digest) for row in RatingToken.objects.all())
    with pytest.raises(BadToken):
        rate(token="x" * 20, satisfaction="yes")


def test_two_links_one_rating(closed):
    play = closed()
    one, two = make_rating_token(play.order), make_rating_token(play.order)
    rate(token=one, satisfaction="yes")
    with pytest.raises(AlreadyRated):
        rate(token=two, satisfaction="yes")


@pytest.mark.req("R107")
@pytest.mark.parametrize(("given", "field"), [
    ({"satisfaction": "no"}, "unhappy"), ({"satisfaction": "great"}, "satisfaction"),
    ({"satisfaction": "no", "reason": "nonsense"}, "unhappy"), ({"satisfaction": "yes", "text": "好" * 501}, "note"),
])
def test_bad_ratings(closed, given, field):
    token = make_rating_token(closed().order)
    with pytest.raises(BadInput) as refused:
        rate(token=token, **given)
    assert set(refused.value.fields) == {field}
    assert not Rating.objects.exists()


def test_reopened_and_closed_again_is_rated_again(closed):
    play = closed()
    old = make_rating_token(play.order)
    rate(token=old, satisfaction="no", reason="not_solved")
    play.do("reviewer1", "reopen", reopen_kind="citizen", reason="评价不满意，核实后重开")
    with pytest.raises(BadToken):
        open_token(old)
    with pytest.raises(NotYetClosed):
        rate(token=make_rating_token(play.order), satisfaction="yes")
    play.do("dispatcher1", "dispatch", unit="CG", opinion="重新核实").do("liaison1", "sign").replied()
    play.do("reviewer1", "pass_check").do("followup1", "start_follow_up").do("followup1", "finish_follow_up", **SAID)
    play.do("reviewer1", "close")
    rate(token=make_rating_token(play.order), satisfaction="yes")
    assert list(Rating.objects.order_by("id").values_list("round", "satisfaction")) == [(0, "no"), (1, "yes")]


def test_not_before_the_end(calling):
    with pytest.raises(NotYetClosed):
        rate(token=make_rating_token(calling().order), satisfaction="yes")


def test_ratings_are_never_overwritten(closed):
    rate(token=make_rating_token(closed().order), satisfaction="yes")
    with pytest.raises(ProgrammingError), transaction.atomic():
        Rating.objects.update(satisfaction="no")


@pytest.mark.req("R107")
def test_merged_citizens_are_each_told_and_rate_for_themselves(closed, cast, waiting):
    """G5: one handling, every citizen told, every rating on its own."""
    from workorders.play import Play

    main = Play(cast).handling()
    others = [Play(cast, phone=f"1390770010{n}", name=f"李{n}").to_dispatch() for n in range(3)]
    others[0].do("dispatcher1", "merge", into=others[1].number, reason="同一盏灯")
    for each in others[1:]:
        each.do("dispatcher1", "merge", into=main.number, reason="同一盏灯")
    main.replied().do("reviewer1", "pass_check").do("followup1", "start_follow_up")
    assert not Message.objects.filter(scene="closed").exists()
    main.do("followup1", "finish_follow_up", **SAID).do("reviewer1", "close")
    told = {message.subject_id: message for message in Message.objects.filter(scene="closed")}
    assert set(told) == {main.order.pk, *(each.order.pk for each in others)}
    assert {message.phone for message in told.values()} == {"13907700001", "13907700100", "13907700101", "13907700102"}
    for place, (level, reason) in enumerate((("very", ""), ("no", "slow"), ("fair", ""))):
        token = token_in(told[others[place].order.pk])
        assert "更换灯泡" in open_token(token).answer
        rate(token=token, satisfaction=level, reason=reason)
    assert Rating.objects.count() == 3 and not Rating.objects.filter(order=main.order).exists()


def test_a_hundred_merged_citizens_are_told_in_a_few_statements(cast, calling):
    main = calling().do("followup1", "finish_follow_up", **SAID)
    for n in range(100):
        other = create_order(actor=cast.actor("agent1"), centre=cast.demo, new=NewOrder(
            kind="help", title="停水", content="整个小区都停水了", phone=f"139077{n:05}"))
        WorkOrder.objects.filter(pk=other.pk).update(state="merged")
        Link.objects.create(order=other, other=main.order, kind=Link.Kind.MERGED, centre=cast.demo)
    with CaptureQueriesContext(connection) as asked:
        main.do("reviewer1", "close")
    assert Message.objects.filter(scene="closed").count() == 101
    assert len(asked) < 40, len(asked)


def test_merged_but_not_yet_closed(cast, now):
    from workorders.play import Play

    main, other = Play(cast).handling(), Play(cast, phone="13907700100").to_dispatch()
    other.do("dispatcher1", "merge", into=main.number, reason="同一盏灯")
    with pytest.raises(NotYetClosed):
        rate(token=make_rating_token(other.order), satisfaction="yes")


def test_answered_directly_online_is_invited_on_the_phone_not(cast, now):
    from workorders.play import Play

    for channel, invited in (("web", True), ("phone", False)):
        play = Play(cast, channel=channel, kind="consultation").do("agent1", "direct_answer", answer="可在政务大厅办理")
        assert Message.objects.filter(subject_id=play.order.pk, scene="rate_invite").exists() is invited
        rate(token=make_rating_token(play.order), satisfaction="fair")
        assert WorkOrder.objects.get(pk=play.order.pk).satisfaction == "fair"


def test_by_order_number_and_phone_code(closed, now):
    play = closed()
    own = citizen_actor("诉求人", [play.order.pk])
    with pytest.raises(NoSuchOrder):
        rate_own(actor=citizen_actor("别人", []), number=play.number, satisfaction="yes")
    now.tick(timedelta(days=14))
    assert rate_own(actor=own, number=play.number, satisfaction="yes").channel == "web"
    with pytest.raises(AlreadyRated):
        rate_own(actor=own, number=play.number, satisfaction="yes")
    late = closed(phone="13907700002")
    now.tick(timedelta(days=16))
    with pytest.raises(NotYetClosed):
        rate_own(actor=citizen_actor("诉求人", [late.order.pk]), number=late.number, satisfaction="yes")


def test_after_three_misses_the_link_works_before_closing(calling, now):
    play = calling()
    for _ in range(3):
        play.do("followup1", "attempt", way="phone", result="no_answer")
        now.tick(timedelta(hours=3))
    play.do("followup1", "give_up_follow_up")
    rate(token=token_in(Message.objects.get(scene="follow_up_missed")), satisfaction="no", reason=ANGRY["unhappy"])
    play.do("reviewer1", "close")
    with pytest.raises(AlreadyRated):
        rate(token=token_in(Message.objects.get(scene="closed")), satisfaction="yes")
