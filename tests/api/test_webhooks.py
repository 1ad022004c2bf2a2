"""Subscriptions: who may make them, what they hear, how it is signed, sent again, and kept away from our own network."""

import json
from datetime import timedelta

import pytest
from caller import ORDERS, Api
from django.db import connection, transaction
from receiver import genuine, receiving

from huying.kernel import clock
from huying.org.models import Centre, Employer, Staff
from huying.org.operations import install_roles
from huying.workorders import tasks
from huying.workorders.models import Delivery, Webhook
from huying.workorders.operations.webhooks.deliver import WAITS
from huying.workorders.rules.addresses import BadAddress, parse_address

pytestmark = pytest.mark.django_db
HOOKS = "/api/v1/webhooks"


@pytest.fixture
def receiver(settings):
    settings.WEBHOOK_PRIVATE = True
    with receiving() as one:
        yield one


@pytest.fixture
def operator(cast):
    return Api(cast.staff["operator1"])


def subscribe(api, url, events=("*",), **more):
    answer = api.post(HOOKS, {"url": url, "events": list(events), **more})
    assert answer.status_code == 201, answer.content.decode()
    return answer.json()


def work() -> int:
    """What the worker would do now: every job of ours that is due; how many there were."""
    done = 0
    while True:
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE procrastinate_jobs SET status = 'succeeded' WHERE id = (SELECT id FROM procrastinate_jobs"
                " WHERE queue_name = 'webhooks' AND status = 'todo' AND (scheduled_at IS NULL OR scheduled_at <= %s)"
                " ORDER BY id LIMIT 1) RETURNING task_name, args::text", [clock.now()])
            row = cursor.fetchone()
        if row is None:
            return done
        getattr(tasks, row[0].rsplit(".", 1)[1]).func(**json.loads(row[1]))
        done += 1


@pytest.mark.req("R200")
@pytest.mark.req("R239")
def test_a_subscriber_is_told_signed_and_without_content(operator, receiver, cast):
    hook = subscribe(operator, receiver.url, ["created", "dispatch"])
    number = Api(cast.staff["agent1"]).create()
    Api(cast.staff["agent1"]).post(f"{ORDERS}/{number}/comment", {"note": "不在订阅之列"})
    Api(cast.staff["dispatcher1"]).post(f"{ORDERS}/{number}/dispatch", {"unit": "CG", "opinion": "请核实"})
    work()
    bodies = [json.loads(body) for _, body in receiver.got]
    assert [(row["event"], row["number"], row["state"]) for row in bodies] == [
        ("created", number, "to_sign"), ("dispatch", number, "to_sign")
    ]
    assert bodies[1]["before"] == "to_review" and bodies[1]["unit"] == "CG"
    for headers, body in receiver.got:
        assert genuine(headers, body, hook["secret"])
        assert "路灯" not in body.decode() and "13907700001" not in body.decode()
    log = operator.get(f"{HOOKS}/{hook['id']}/deliveries").json()["items"]
    assert [row["state"] for row in log] == ["delivered"] * 2
    assert log[0]["tries"][0]["status"] == 200 and log[0]["key"] == receiver.got[1][0]["Huying-Delivery"]


def test_a_step_that_is_rolled_back_tells_nobody(operator, receiver, cast):
    subscribe(operator, receiver.url)
    with pytest.raises(RuntimeError), transaction.atomic():
        Api(cast.staff["agent1"]).create()
        raise RuntimeError
    assert work() == 0 and not receiver.got


def test_it_is_sent_again_later_and_later(operator, receiver, cast):
    receiver.answers = [500, 302, 200]
    hook = subscribe(operator, receiver.url, ["created"])
    Api(cast.staff["agent1"]).create()
    start = clock.now()
    with clock.frozen(start) as now:
        work()
        row = Delivery.objects.get()
        assert (row.state, row.next_at) == ("pending", start + WAITS[0])
        assert work() == 0
        now.tick(WAITS[0])
        work()
        now.tick(WAITS[1])
        work()
    tries = operator.get(f"{HOOKS}/{hook['id']}/deliveries").json()["items"][0]["tries"]
    assert [one["status"] for one in tries] == [500, 302, 200]
    assert len({headers["Huying-Delivery"] for headers, _ in receiver.got}) == 1
    assert len({headers["Huying-Signature"] for headers, _ in receiver.got}) == 3


def test_in_the_end_it_has_failed_and_can_be_replayed(operator, receiver, cast):
    receiver.answers = [503]
    hook = subscribe(operator, receiver.url, ["created"])
    Api(cast.staff["agent1"]).create()
    with clock.frozen(clock.now()) as now:
        for wait in (timedelta(0), *WAITS):
            now.tick(wait)
            assert work()
        now.tick(timedelta(days=9))
        assert work() == 0
    failed = Delivery.objects.get()
    assert (failed.state, len(failed.tries)) == ("failed", len(WAITS) + 1)
    receiver.answers = [204]
    at = f"{HOOKS}/{hook['id']}/deliveries/{failed.pk}/replay"
    assert operator.post(at).json()["replay_of"] == failed.pk
    work()
    assert Delivery.objects.get(replay_of=failed).state == "delivered"
    assert json.loads(receiver.got[-1][1]) == json.loads(receiver.got[0][1])


def test_gone_means_gone(operator, receiver, cast):
    receiver.answers = [410]
    subscribe(operator, receiver.url, ["created"])
    Api(cast.staff["agent1"]).create()
    work()
    assert Delivery.objects.get().state == "failed"


def test_nobody_there_is_a_failed_try(operator, settings, cast):
    settings.WEBHOOK_PRIVATE = True
    subscribe(operator, "http://127.0.0.1:1/", ["created"])
    Api(cast.staff["agent1"]).create()
    work()
    tried = Delivery.objects.get().tries[0]
    assert tried["status"] is None and "ConnectError" in tried["error"]


def test_only_what_the_subscriber_may_know_of(cast, operator, receiver):
    rights = Staff.objects.get(username="liaison1").roles.get()
    rights.permissions = [*rights.permissions, "workorders.webhooks"]
    rights.save()
    heard = {
        "operator": subscribe(operator, receiver.url)["id"], "unit": subscribe(Api(cast.staff["liaison1"]), receiver.url)["id"],
        "other": other_city(cast, receiver.url), "above": province(cast, receiver.url),
    }
    sent = Api(cast.staff["agent1"]).create()
    Api(cast.staff["dispatcher1"]).post(f"{ORDERS}/{sent}/dispatch", {"unit": "CG", "opinion": "请核实"})
    kept = Api(cast.staff["agent1"]).create()
    work()
    told = {name: sorted(Delivery.objects.filter(webhook=pk).values_list("number", "kind")) for name, pk in heard.items()}
    both = sorted([(sent, "created"), (sent, "dispatch"), (kept, "created")])
    assert told["operator"] == told["above"] == both
    assert told["unit"] == [(sent, "created"), (sent, "dispatch")]
    assert told["other"] == []


def other_city(cast, url) -> int:
    person = Staff.objects.create(username="op@OTHER", name="外市运维", centre=cast.other, employer=Employer.GOVERNMENT)
    person.roles.add(install_roles(cast.other)["operator"])
    return subscribe(Api(person), url)["id"]


def province(cast, url) -> int:
    above = Centre.objects.create(code="PROV", name="省级平台")
    cast.demo.parent = above
    cast.demo.save()
    person = Staff.objects.create(username="op@PROV", name="省运维", centre=above, employer=Employer.GOVERNMENT)
    person.roles.add(install_roles(above)["operator"])
    return subscribe(Api(person), url)["id"]


def test_a_disabled_account_hears_nothing(cast, operator, receiver):
    subscribe(operator, receiver.url)
    Staff.objects.filter(username="operator1").update(is_active=False)
    Api(cast.staff["agent1"]).create()
    assert work() == 0


def test_managing(operator, cast, receiver):
    hook = subscribe(operator, receiver.url, ["created"], secret="s" * 20)
    at = f"{HOOKS}/{hook['id']}"
    assert hook["secret"] == "s" * 20 and "secret" not in operator.get(at).json()
    assert [row["id"] for row in operator.get(HOOKS).json()["items"]] == [hook["id"]]
    assert operator.call("PATCH", at, {"is_active": False}).json()["is_active"] is False
    Api(cast.staff["agent1"]).create()
    assert work() == 0
    assert operator.call("DELETE", at).status_code == 204
    assert operator.get(at).status_code == 404 and not Webhook.objects.exists()
    assert [kind for kind in history(cast) if kind.startswith("webhook.")] == [
        "webhook.subscribe", "webhook.change", "webhook.unsubscribe"
    ]


def history(cast) -> list[str]:
    from huying.audit.models import Event

    return list(Event.objects.filter(stream=Centre.stream, stream_id=cast.demo.pk).order_by("seq").values_list("kind", flat=True))


def test_who_may_not(cast, operator, receiver):
    hook = subscribe(operator, receiver.url)
    at = f"{HOOKS}/{hook['id']}"
    for name in ("agent1", "director1", "liaison1"):
        for method, path in (("GET", HOOKS), ("POST", HOOKS), ("GET", at), ("PATCH", at), ("DELETE", at), ("GET", f"{at}/deliveries")):
            assert Api(cast.staff[name]).call(method, path, {}).status_code == 403
    other_city(cast, receiver.url)
    stranger = Api(Staff.objects.get(username="op@OTHER"))
    for method, path in (("GET", at), ("PATCH", at), ("DELETE", at), ("GET", f"{at}/deliveries"), ("POST", f"{at}/deliveries/1/replay")):
        assert stranger.call(method, path, {}).status_code == 404


@pytest.mark.parametrize(
    ("data", "field"),
    [({"url": "ftp://example.org/x"}, "url"), ({"url": "example.org"}, "url"), ({"events": []}, "events"),
     ({"events": ["nonsense"]}, "events.0"), ({"secret": "short"}, "secret"), ({"secret": "密" * 20}, "secret"),
     ({"url": "http://localhost/"}, "url"), ({"extra": 1}, "extra")],
)
def test_nonsense_is_refused(operator, data, field):
    answer = operator.post(HOOKS, {"url": "https://example.org/hook", "events": ["created"], **data})
    assert answer.status_code == 422 and field in {row["field"] for row in answer.json()["errors"]}


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "127.1", "2130706433", "0x7f000001", "0177.0.0.1", "10.0.0.8", "192.168.1.1", "172.16.0.1", "169.254.169.254",
     "0.0.0.0", "[::1]", "[::]", "[::ffff:127.0.0.1]", "[::ffff:10.0.0.1]", "[fe80::1]", "[fd00::1]", "[64:ff9b::7f00:1]",
     "[2002:7f00:1::]", "224.0.0.1", "100.64.0.1", "localhost", "LOCALHOST.", "db.internal", "x.local", "user@127.0.0.1"],
)
def test_our_own_network_is_no_address(host):
    with pytest.raises(BadAddress):
        parse_address(f"http://{host}:8080/x", private=False)
    if "@" not in host:
        assert parse_address(f"http://{host}:8080/x?y", private=True).port == 8080


@pytest.mark.parametrize("url", ["https://1.1.1.1/", "https://example.org", "http://[2606:4700::1111]:81/a?b=c"])
def test_the_open_internet_is(url):
    assert parse_address(url, private=False)


def test_a_name_that_leads_inside_is_found_out_when_sending(operator, cast, receiver, settings, monkeypatch):
    port = receiver.url.rsplit(":", 1)[1].split("/")[0]
    settings.WEBHOOK_PRIVATE = False
    subscribe(operator, f"http://evil.example.org:{port}/", ["created"])
    monkeypatch.setattr("socket.getaddrinfo", lambda *_, **__: [(2, 1, 6, "", ("127.0.0.1", int(port)))])
    Api(cast.staff["agent1"]).create()
    work()
    assert not receiver.got and "内部网络" in Delivery.objects.get().tries[0]["error"]
