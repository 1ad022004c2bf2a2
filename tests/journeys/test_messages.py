"""Messages between people on the floor, as they come (R212)."""

import pytest

from calls.room import furnish
from huying.calls.operations.talk import read_messages, send_message

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.req("R212")
def test_an_open_conversation_follows_and_the_bar_leads_to_what_is_unread(visit, cast):
    furnish(cast)
    send_message(actor=cast.actor("agent2"), receiver=cast.staff["agent1"], text="借用一下模板")
    page = visit("agent1", "/seat/talk/")
    page.wait_for_url("**/seat/talk/agent2/")
    assert "借用一下模板" in page.inner_text("#said")
    page.fill("[name=text]", "好的，稍等")
    send_message(actor=cast.actor("agent2"), receiver=cast.staff["agent1"], text="谢谢")
    page.dispatch_event("#said", "hy:news")
    page.wait_for_selector("#said >> text=谢谢")
    assert page.input_value("[name=text]") == "好的，稍等", "what is being typed stays"
    page.keyboard.press("Control+Enter")
    page.wait_for_selector("#said >> text=未读")
    read_messages(actor=cast.actor("agent2"), sender=cast.staff["agent1"])
    page.dispatch_event("#said", "hy:news")
    page.wait_for_selector("#said >> text=已读")
    visit("leader1", "/seat/talk/").wait_for_selector("[name=receiver]")
