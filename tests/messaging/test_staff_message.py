"""Staff write to the appellant from the order; the words stay in its history (R273)."""

import pytest

from huying.audit.models import Event
from huying.messaging.queries import messages_of
from huying.org.policies import NotAllowed
from huying.workorders.operations.tell import NoPhone
from huying.workorders.rules import BadInput
from workorders.play import Play

pytestmark = pytest.mark.django_db
WORDS = "您补充的照片已转给承办单位，请保持电话畅通。"


@pytest.mark.req("R273")
def test_words_in_the_message_and_in_the_history(cast):
    play = Play(cast).handling().do("dispatcher1", "send_message", text=WORDS)
    message = messages_of(("order", play.order.pk)).latest("id")
    assert WORDS in message.text and play.number in message.text
    assert (message.scene, message.sent_by.username, message.phone) == ("manual", "dispatcher1", "13907700001")
    event = Event.objects.filter(stream="order", stream_id=play.order.pk).latest("seq")
    assert (event.kind, event.reason) == ("send_message", WORDS)


def test_also_when_closed_but_not_without_a_phone(cast):
    Play(cast).do("agent1", "direct_answer", answer="可在大厅办理").do("agent1", "send_message", text=WORDS)
    with pytest.raises(NoPhone):
        Play(cast, phone="").do("agent1", "send_message", text=WORDS)


def test_refused_to_units_and_to_empty_or_long_words(cast):
    play = Play(cast).handling()
    with pytest.raises(NotAllowed):
        play.do("liaison1", "send_message", text=WORDS)
    for text in ("", "好" * 301):
        with pytest.raises(BadInput):
            play.do("agent1", "send_message", text=text)
