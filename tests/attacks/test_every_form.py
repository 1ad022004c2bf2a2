"""What must hold of all addresses and all templates at once."""

import re
from pathlib import Path

import pytest
from django.test import Client
from django.urls import URLPattern, get_resolver

SOURCE = Path(__file__).parents[2] / "src" / "huying"
MACHINES = re.compile(r"^api/v1/|^messages/receipts|receipts/|^switch/(route|service|speech)$")  # with a token, a signature, a key


def routes(patterns, before=""):
    for each in patterns:
        here = before + str(each.pattern)
        if isinstance(each, URLPattern):
            yield here, each.callback
        else:
            yield from routes(each.url_patterns, here)


def test_only_machines_come_without_a_forms_token():
    free = [path for path, view in routes(get_resolver().url_patterns) if getattr(view, "csrf_exempt", False)]
    assert [path for path in free if not MACHINES.search(path)] == []


@pytest.mark.req("R255")
@pytest.mark.django_db
def test_no_page_takes_a_form_from_elsewhere(cast):
    client = Client(enforce_csrf_checks=True)
    client.force_login(cast.staff["director1"], backend="django.contrib.auth.backends.ModelBackend")
    for path, _ in routes(get_resolver().url_patterns):
        address = "/" + re.sub(r"<(?:\w+:)?(\w+)>", "1", path.replace("^", "").replace("$", "").replace("\\", ""))
        if "(" in address or MACHINES.search(path):
            continue
        assert client.post(address, {"x": "1"}).status_code in {403, 404, 405}, address


@pytest.mark.req("R255")
def test_nothing_is_written_out_unescaped():
    bad = [str(path) for path in SOURCE.rglob("*.html") if re.search(r"\|\s*safe\b|autoescape off", path.read_text("utf-8"))]
    code = [str(path) for path in SOURCE.rglob("*.py") if re.search(r"\bmark_safe\(", path.read_text("utf-8"))]
    assert not bad and not code


def test_cookies_are_out_of_reach_of_scripts_and_strangers(settings):
    assert settings.SESSION_COOKIE_HTTPONLY and settings.SESSION_COOKIE_SAMESITE == "Lax" == settings.CSRF_COOKIE_SAMESITE
