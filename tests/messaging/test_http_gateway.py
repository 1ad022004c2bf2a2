"""The gateway adapter against real HTTP servers on this machine: signature, retry, fail-over, receipts."""

import contextlib
import json
import socket
import time
from datetime import timedelta

import pytest
from gateway import gateway

from huying.messaging.models import Gateway, Message
from huying.messaging.operations import TryAgain, deliver, poll_receipts
from huying.messaging.operations.channels.gateways import Gate, configured, take_slot
from huying.messaging.rules import sign
from huying.org.queries import tenant_scope

pytestmark = pytest.mark.django_db
KEY, SPARE_KEY = b"main-key", b"spare-key"


@pytest.fixture
def two(settings, tmp_path):
    """Two gateways, `main` and `spare`."""
    with gateway(KEY) as (main, main_url), gateway(SPARE_KEY) as (spare, spare_url):
        settings.MESSAGE_CHANNEL = "http"
        settings.MESSAGE_GATEWAYS = f"main={main_url}/ spare={spare_url}"
        (tmp_path / "secrets" / "gateway_main").write_bytes(KEY + b"\n")
        (tmp_path / "secrets" / "gateway_spare").write_bytes(SPARE_KEY)
        yield main, spare


def fresh(message):
    return Message.objects.get(pk=message.pk)


@pytest.mark.req("R053", "R195")
def test_signed_and_taken(post, two):
    main, spare = two
    message = post()
    assert deliver(message.pk) == "sent"
    assert main.taken[f"hy-{message.pk}"] == {"key": f"hy-{message.pk}", "phone": "13907700001", "text": message.text}
    assert (fresh(message).gateway, fresh(message).receipt) == ("main", f"r-hy-{message.pk}")
    assert not spare.asked


@pytest.mark.req("R195")
def test_the_spare_takes_over_and_the_main_is_tried_last_for_a_minute(post, two):
    main, _spare = two
    main.mood = "busy"
    first = post()
    assert deliver(first.pk) == "sent" and fresh(first).gateway == "spare"
    main.mood = "well"
    second = post()
    assert deliver(second.pk) == "sent" and fresh(second).gateway == "spare"
    assert main.asked == 1
    Gateway.objects.update(down_until=None)
    third = post()
    assert deliver(third.pk) == "sent" and fresh(third).gateway == "main"


@pytest.mark.req("R195")
def test_a_dead_server_is_as_good_as_a_busy_one(post, two, settings):
    with contextlib.closing(socket.socket()) as place:
        place.bind(("127.0.0.1", 0))
        free = place.getsockname()[1]
    settings.MESSAGE_GATEWAYS = f"main=http://127.0.0.1:{free} " + settings.MESSAGE_GATEWAYS.split()[1]
    message = post()
    assert deliver(message.pk) == "sent" and fresh(message).gateway == "spare"


def test_when_all_are_away_it_waits_and_at_last_fails(post, two):
    two[0].mood = two[1].mood = "busy"
    message = post()
    with pytest.raises(TryAgain):
        deliver(message.pk)
    assert (fresh(message).state, fresh(message).attempts) == ("queued", 1)
    assert deliver(message.pk, last_try=True) == "failed"
    assert "503" in fresh(message).reason


def test_what_is_refused_for_good_is_not_tried_again(post, two):
    two[0].mood = "picky"
    message = post()
    assert deliver(message.pk) == "failed"
    assert fresh(message).reason == "空号" and not two[1].asked


def test_a_gateway_that_fell_silent_is_asked_again_before_another(post, two):
    """It may have taken the message: with the same key it sends once, a second gateway would send it again."""
    main, spare = two
    main.mood = "silent"
    message = post()
    with pytest.raises(TryAgain):
        deliver(message.pk)
    assert fresh(message).gateway == "main" and not spare.taken
    main.mood = "well"
    assert deliver(message.pk) == "sent"
    assert len(main.taken) == 1 and not spare.taken


def test_silent_twice_and_the_other_takes_it(post, two):
    two[0].mood = "silent"
    message = post()
    with pytest.raises(TryAgain):
        deliver(message.pk)
    assert deliver(message.pk) == "sent" and fresh(message).gateway == "spare"


@pytest.mark.req("R196")
def test_a_receipt_for_each_of_the_three_networks(post, two, client):
    messages = [post(phone=phone) for phone in ("13907700001", "13007700001", "13307700001")]
    for message in messages:
        deliver(message.pk)
    rows = [{"receipt": fresh(message).receipt, "state": "delivered", "at": "2026-11-20T09:05:00+08:00"} for message in messages]
    answer = call_back(client, {"receipts": rows})
    assert (answer.status_code, answer.json()) == (200, {"taken": 3})
    assert {(fresh(message).carrier, fresh(message).state) for message in messages} == {
        ("mobile", "delivered"), ("unicom", "delivered"), ("telecom", "delivered")}
    assert call_back(client, {"receipts": rows}).json() == {"taken": 0}


def call_back(client, said, *, key=KEY, at=None, name="main"):
    body = json.dumps(said).encode()
    stamp = str(int(at or time.time()))
    return client.post(f"/messages/receipts/{name}", body, content_type="application/json",
                       headers={"X-Timestamp": stamp, "X-Signature": sign(key, stamp, body)})


def test_a_receipt_must_be_signed_fresh_and_of_a_known_gateway(post, two, client):
    message = post()
    deliver(message.pk)
    rows = {"receipts": [{"receipt": fresh(message).receipt, "state": "failed", "reason": "空号"}]}
    assert call_back(client, rows, key=SPARE_KEY).status_code == 403
    assert call_back(client, rows, at=time.time() - 3600).status_code == 403
    assert call_back(client, rows, name="nobody").status_code == 404
    assert fresh(message).state == "sent"
    assert call_back(client, rows, key=SPARE_KEY, name="spare").json() == {"taken": 0}  # not the one that sent it
    with tenant_scope(()):  # a gateway is nobody's staff: the view opens the wall itself
        assert call_back(client, rows).json() == {"taken": 1}
    assert (fresh(message).state, fresh(message).reason) == ("failed", "空号")
    for nonsense in ([1], {"receipts": 5}, {"receipts": [{"state": "delivered"}]}, {"receipts": ["x"]}):
        assert call_back(client, nonsense).status_code == 422


def test_asked_for_when_nobody_calls_back(post, two, cast):
    message = post()
    deliver(message.pk)
    assert poll_receipts() == 0  # too early to ask
    Message.objects.update(sent_at=message.created_at - timedelta(minutes=5))
    number = fresh(message).receipt
    two[0].states[number] = {"receipt": number, "state": "delivered"}
    assert poll_receipts() == 1 and fresh(message).state == "delivered"


def test_one_turn_after_another(settings, two):
    settings.MESSAGE_RATE = 20
    gate = Gate("main", "http://127.0.0.1:1", b"")
    began = time.monotonic()
    for _ in range(5):
        take_slot(gate)
    assert time.monotonic() - began > 0.15


def test_nonsense_in_the_setting_is_refused(settings):
    from django.core.exceptions import ImproperlyConfigured

    for wrong in ("main", "main=ftp://x", "a b=http://x"):
        settings.MESSAGE_GATEWAYS = wrong
        with pytest.raises(ImproperlyConfigured):
            configured()
