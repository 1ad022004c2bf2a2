"""Log lines are JSON, carry the request's id, and say nothing about a person."""

import io
import json
import logging
import logging.config
import subprocess

import pytest
import structlog
from django.conf import settings
from django.test import RequestFactory

from huying.config.launch.supervisor import Supervisor
from huying.config.measures import Measured


@pytest.fixture
def lines():
    """What was written since, parsed."""
    stream, kept = io.StringIO(), logging.root.handlers[:]
    handlers = {"out": {**settings.LOGGING["handlers"]["out"], "stream": stream}}
    logging.config.dictConfig({**settings.LOGGING, "handlers": handlers})
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    logging.config.dictConfig(settings.LOGGING)
    logging.root.handlers[:] = kept


def test_both_kinds_of_loggers_write_the_same(lines):
    with structlog.contextvars.bound_contextvars(request_id="abcdefgh1234"):
        structlog.get_logger("huying.test").warning("one", count=3)
        logging.getLogger("elsewhere").warning("two %s", "words")
    one, two = lines()
    assert (one["event"], one["count"], one["level"], one["request_id"]) == ("one", 3, "warning", "abcdefgh1234")
    assert (two["event"], two["logger"], two["request_id"]) == ("two words", "elsewhere", "abcdefgh1234")
    assert one["timestamp"].endswith("Z")


def test_persons_are_masked_in_messages_and_exceptions(lines):
    log = logging.getLogger("elsewhere")
    log.error("call 13907700001, mail zhang@example.cn")
    said = "450602199001011234 is taken\nDETAIL:  Key (phone)=(张小满) already exists."
    try:
        raise ValueError(said)
    except ValueError:
        log.exception("failed")
    first, second = (json.dumps(line, ensure_ascii=False) for line in lines())
    assert "13907700001" not in first and "zhang@example" not in first
    assert "ValueError" in second and "450602199001011234" not in second and "张小满" not in second


def test_a_request_is_named_by_its_route_never_by_its_path(lines):
    class Match:
        view_name, route = "workorders:order", "orders/<number>"

    def answer(request):
        from django.http import HttpResponse

        request.resolver_match = Match()
        return HttpResponse(status=201)

    Measured(answer)(RequestFactory().get("/orders/45060212026111900001?phone=13907700001"))
    (line,) = lines()
    assert (line["event"], line["route"], line["method"], line["status"]) == ("request", "workorders:order", "GET", 201)
    assert "4506021202" not in json.dumps(line) and "1390770" not in json.dumps(line)


def test_djangos_own_lines_lose_the_path(lines):
    logging.getLogger("django.request").error("Internal Server Error: %s", "/orders/secret")
    (line,) = lines()
    assert line["event"] == "Internal Server Error"
    assert "secret" not in json.dumps(line)


def test_the_screen_gets_short_lines_and_each_error_once(tmp_path):
    said = []
    supervisor = Supervisor(tmp_path, {}, said.append)
    broken = {"event": "Internal Server Error", "level": "error", "request_id": "abcdefgh1234",
              "exception": "Traceback …\n  File …\nNameError: name 'x' is not defined"}
    lines = [b'{"event": "request", "level": "info"}', json.dumps(broken).encode(), json.dumps(broken).encode(),
             b"[INFO] Started worker-1", b"psycopg.OperationalError: gone", b"Error: " + b"x" * 1000]
    (tmp_path / "said").write_bytes(b"\n".join(lines))
    child = subprocess.Popen(["/bin/cat", tmp_path / "said"], stdout=subprocess.PIPE)
    supervisor._copy("web", child)
    child.wait()
    child.stdout.close()
    assert said[:2] == ["[web] Internal Server Error NameError: name 'x' is not defined",
                        "[web] psycopg.OperationalError: gone"]
    assert len(said) == 3 and len(said[2]) < 320
    assert (tmp_path / "logs" / "web.log").read_bytes().count(b"NameError") == 2
