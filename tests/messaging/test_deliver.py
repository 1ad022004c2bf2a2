"""The delivery job with the file channel: what goes out, what is held back."""

import json
import stat
from datetime import timedelta

import pytest

from huying.citizens.operations import keep_contact
from huying.kernel import clock
from huying.messaging.models import Message
from huying.messaging.operations import deliver, save_rule, set_no_messages
from huying.messaging.operations.opt_out import take_reply

pytestmark = pytest.mark.django_db


def lines(folder):
    place = folder / "messages.log"
    return [json.loads(line) for line in place.read_text("utf-8").splitlines()] if place.exists() else []


@pytest.mark.req("R053")
def test_written_to_the_file_with_the_phone_masked(post, tmp_path):
    message = post()
    assert deliver(message.pk) == "delivered"
    message.refresh_from_db()
    assert (message.gateway, message.receipt, message.attempts) == ("file", f"hy-{message.pk}", 1)
    assert message.sent_at and message.done_at
    [line] = lines(tmp_path)
    assert line["phone"] == "139****0001" and "路灯不亮" in line["text"]
    assert "13907700001" not in (tmp_path / "messages.log").read_text()
    assert stat.S_IMODE((tmp_path / "messages.log").stat().st_mode) == 0o600


def test_a_job_that_runs_twice_sends_once(post, tmp_path):
    message = post()
    assert [deliver(message.pk), deliver(message.pk)] == ["delivered", None]
    assert len(lines(tmp_path)) == 1


@pytest.mark.req("R053")
def test_who_has_opted_out_gets_codes_only(cast, post, tmp_path):
    caller = keep_contact(centre_id=cast.demo.pk, phone="13907700001").caller_id
    assert take_reply("13907700001", " td ") and not take_reply("13907700001", "谢谢")
    assert deliver(post(caller_id=caller).pk) == "opted_out"
    assert deliver(post("code", caller_id=caller).pk) == "delivered"
    assert set_no_messages("139 0770 0001", False) == 1
    assert deliver(post(caller_id=caller).pk) == "delivered"
    assert len(lines(tmp_path)) == 2


@pytest.mark.req("R053")
def test_frequency_cap_holds_for_citizens_only(cast, post):
    save_rule(actor=cast.actor("director1"), centre=cast.demo, signature="防城港12345", per_hour=2, per_day=3)
    with clock.frozen(clock.now()) as now:
        def sent(**more):
            return deliver(post(**more).pk)

        assert [sent(), sent(), sent()] == ["delivered", "delivered", "skipped"]
        assert "2 条" in Message.objects.latest("id").reason
        assert sent(scene="dispatched") == "delivered" and sent(phone="13907700009") == "delivered"
        now.tick(timedelta(hours=2))
        assert [sent(), sent()] == ["delivered", "skipped"]
        now.tick(timedelta(hours=23))
        assert sent() == "delivered"
