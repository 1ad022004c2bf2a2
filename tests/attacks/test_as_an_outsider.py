"""An outsider tries every address of an order, and people write what they should not into the telephone's forms."""

import re
from html.parser import HTMLParser

import pytest
from django.test import Client
from django.urls import get_resolver

from api.caller import Api
from attacks.test_every_form import routes
from calls.room import furnish
from huying.audit.models import Event
from huying.calls.operations.seats import sign_in_seat
from permission_calls import call_back
from workorders.play import Play

pytestmark = [pytest.mark.django_db, pytest.mark.req("R255")]
BACKEND = "django.contrib.auth.backends.ModelBackend"
SECRET = "无人知晓的标题"
SCRIPT = "<script>alert(1)</script><img src=x onerror=alert(2)>'\"{{7*7}}"
CODES = ("comment", "reply", "dispatch", "urge", "close")


def signed_in(user):
    client = Client(raise_request_exception=False)
    client.force_login(user, backend=BACKEND)
    return client


def addresses(number, file):
    """Every address that names an order, with this order's number in it."""
    known = {"number": [number], "code": CODES, "field": ["phone", "name"], "pk": [str(file)], "file": [str(file)]}
    for path, _ in routes(get_resolver().url_patterns):
        plain = re.sub(r"[\^$\\]", "", path)
        if not re.search(r"<(str:)?number>", plain) or plain.startswith("portal/"):
            continue
        found = ["/" + plain]
        for name, values in known.items():
            found = [re.sub(rf"<(?:\w+:)?{name}>", value, each) for each in found for value in values]
        yield from dict.fromkeys(found)


@pytest.mark.parametrize("user", ["liaison3", "agent1@OTHER", "dispatcher1@OTHER", "director1@OTHER"])
def test_every_address_of_an_order_is_nothing_to_an_outsider(cast, user):
    play = Play(cast, title=SECRET).handling()
    file, before = play.file(), Event.objects.filter(stream="order").count()
    client, api = signed_in(cast.staff[user]), Api(cast.staff[user])
    tried = list(addresses(play.number, file))
    assert len(tried) > 70
    for at in tried:
        for method in ("GET", "POST"):
            if at.startswith("/api/"):
                answer = api.call(method, at, {"note": "x", "reason": "需要联系诉求人", "field": "phone"} if method == "POST" else None)
            else:
                answer = client.get(at) if method == "GET" else client.post(at, {"note": "x", "reason": "需要联系诉求人"})
            assert answer.status_code in {403, 404, 405}, (method, at, answer.status_code)
            assert SECRET not in answer.content.decode(), at
    assert Event.objects.filter(stream="order").count() == before


class Forms(HTMLParser):
    """The forms of a page that are sent by POST: action, and name -> (kind, value) of what they hold."""

    def __init__(self, html):
        super().__init__()
        self.found, self.open, self.choice = [], None, None
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        said = dict(attrs)
        if tag == "form":
            self.open = (said.get("action") or "", {}) if said.get("method", "").lower() == "post" else None
            self.found += [self.open] if self.open else []
        elif self.open and tag in {"input", "textarea"} and said.get("name"):
            self.open[1].setdefault(said["name"], (said.get("type", "text") if tag == "input" else "text", said.get("value") or ""))
        elif self.open and tag == "select" and said.get("name"):
            self.choice = said["name"]
        elif self.open and tag == "option" and self.choice and said.get("value"):
            self.open[1].setdefault(self.choice, ("select", said["value"]))

    def handle_endtag(self, tag):
        self.choice = None if tag == "select" else self.choice
        self.open = None if tag == "form" else self.open


WORDS = {"text", "search", "password", "tel", "email", "url"}
PAGES = re.compile(r"^(calls|seat)/(?!.*<)")


def send_all(client, pages, words):
    """Every form of every page with `words` in whatever can be typed; addresses, and the pages behind them."""
    sent, behind = 0, set()
    for page in pages:
        answer = client.get(page)
        assert answer.status_code < 500, page
        if answer.status_code != 200 or "html" not in answer["Content-Type"]:
            continue
        html = answer.content.decode()
        behind |= set(re.findall(r'href="(/(?:calls|seat)/[^"?#]*)"', html))
        for action, fields in Forms(html).found:
            if not (action or page).startswith(("/calls/", "/seat/")):
                continue
            data = {name: words if kind in WORDS and name != "csrfmiddlewaretoken" else value
                    for name, (kind, value) in fields.items() if kind != "file"}
            answer = client.post(action or page, data)
            assert answer.status_code < 500, (action or page, data, answer.status_code)
            sent += 1
    return sent, behind


@pytest.mark.parametrize("words", ["a\x00b", SCRIPT, "长" * 50_000, "\x1b[2J\u202e\ufffe"])
def test_nothing_typed_into_the_telephones_forms_breaks_them_or_runs(cast, words):
    furnish(cast, seats=3)
    first = {"/" + path for path, _ in routes(get_resolver().url_patterns) if PAGES.match(path)}
    for user in ("director1", "leader1"):
        client = signed_in(cast.staff[user])
        sent, behind = send_all(client, sorted(first), words)
        more, further = send_all(client, sorted(behind - first), words)
        assert sent + more >= 3
        for page in sorted(first | behind | further):
            answer = client.get(page)
            assert answer.status_code < 500, page
            assert "html" not in answer.get("Content-Type", "") or "<script>alert(1)" not in answer.content.decode(), page


@pytest.mark.parametrize("words", ["求助\x00一下", f"请看一下{SCRIPT}", "\x1b[2J请看一下"])
def test_nothing_written_at_a_seat_breaks_it_or_runs(cast, words):
    phones, waiting = furnish(cast, seats=3), call_back(cast)
    agent, leader = signed_in(cast.staff["agent1"]), signed_in(cast.staff["leader1"])
    seat = sign_in_seat(cast.actor("agent1"), phones["8001"])
    posts = [
        (agent, "/seat/help", {"note": words}), (agent, "/seat/do/pause", {"reason": words}),
        *((agent, f"/seat/do/{word}", {"number": words, "target": words, "next": words})
          for word in ("dial", "blind", "consult", "conference")),
        (agent, "/seat/talk/", {"receiver": cast.staff["leader1"].pk, "text": words}),
        *((leader, f"/calls/wall/{seat.pk}/{word}", {"reason": words}) for word in ("pause", "sign_out", "listen", "free")),
        (agent, f"/calls/back/{waiting}/done", {"note": words}),
    ]
    for client, at, data in posts:
        assert client.post(at, data).status_code < 500, (at, data)
    for client, at in ((leader, "/calls/wall/"), (leader, "/seat/talk/agent1/"), (agent, "/calls/back/?kind=done"), (agent, "/seat/"),
                       (leader, "/calls/day/agent1/"), (leader, "/seat/bar")):
        answer = client.get(at)
        assert answer.status_code < 500 and "<script>alert(1)" not in answer.content.decode(), at
    shown = leader.get("/calls/wall/").content.decode() + leader.get("/seat/talk/agent1/").content.decode()
    assert "请看一下" in shown or "求助一下" in shown


@pytest.mark.parametrize("name", ["unit", "assistants", "opinion", "clause"])
def test_a_sign_nobody_can_type_in_an_action_is_a_fault_and_no_failure(cast, name):
    play = Play(cast).to_dispatch()
    said = {"unit": "CG", "opinion": "请核实并答复", name: "a\x00b"}
    client = signed_in(cast.staff["dispatcher1"])
    assert client.post(f"/orders/{play.number}/do/dispatch/", said).status_code in {302, 303, 422}
    assert client.get(f"/orders/{play.number}/units", {"unit": "a\x00b", "q": "a\x00b"}).status_code < 500
