import re

import pytest
import structlog
from django.conf import settings
from django.http import HttpResponse, JsonResponse

from huying.ui.middleware import RequestId, SecurityHeaders


def page(request):
    return HttpResponse("<p>工单</p>")


def test_a_well_formed_request_id_is_kept(rf):
    request = rf.get("/", headers={"X-Request-ID": "gateway_2026-11-20"})
    response = RequestId(page)(request)
    assert request.request_id == response["X-Request-ID"] == "gateway_2026-11-20"


@pytest.mark.parametrize("given", ["", "short", "a b c d e f g h", "x" * 65, 'id","level":"error', "行号行号行号行号"])
def test_any_other_request_id_is_replaced(rf, given):
    request = rf.get("/", headers={"X-Request-ID": given})
    response = RequestId(page)(request)
    assert re.fullmatch("[0-9a-f]{32}", response["X-Request-ID"])


def test_log_lines_within_a_request_carry_its_id_and_no_later_ones(rf):
    seen = []

    def view(request):
        seen.append(structlog.contextvars.get_contextvars()["request_id"])
        return page(request)

    request = rf.get("/")
    RequestId(view)(request)
    assert seen == [request.request_id]
    assert "request_id" not in structlog.contextvars.get_contextvars()


def policy(response):
    pairs = (part.strip().split(" ", 1) for part in response["Content-Security-Policy"].split(";"))
    return dict(pairs)


def test_no_inline_script_or_style_may_run(rf):
    rules = policy(SecurityHeaders(page)(rf.get("/")))
    assert rules["script-src"] == rules["style-src"] == rules["default-src"] == "'self'"
    assert rules["frame-ancestors"] == rules["object-src"] == "'none'"
    assert rules["form-action"] == rules["base-uri"] == "'self'"


def test_the_live_stream_of_the_same_host_may_be_reached(rf, settings):
    settings.LIVE_URL, settings.LIVE_PORT, settings.ALLOWED_HOSTS = "", 8013, ["*"]
    rules = policy(SecurityHeaders(page)(rf.get("/", headers={"host": "hotline.example:8012"})))
    assert rules["connect-src"] == "'self' http://hotline.example:8013"
    rules = policy(SecurityHeaders(page)(rf.get("/", headers={"host": "[::1]:8012"})))
    assert rules["connect-src"] == "'self' http://[::1]:8013"
    settings.LIVE_URL = "https://live.example/events?x=1"
    assert policy(SecurityHeaders(page)(rf.get("/")))["connect-src"] == "'self' https://live.example"


def test_a_forged_host_gets_headers_too(rf, settings):
    settings.LIVE_URL, settings.ALLOWED_HOSTS = "", ["hotline.example"]
    response = SecurityHeaders(page)(rf.get("/", headers={"host": "evil.example;script-src *"}))
    assert policy(response)["connect-src"] == "'self'"


def test_no_browser_feature_but_the_microphone(rf):
    response = SecurityHeaders(page)(rf.get("/"))
    assert "camera=()" in response["Permissions-Policy"]
    assert "microphone=(self)" in response["Permissions-Policy"]
    assert response["X-Content-Type-Options"] == "nosniff"


def test_pages_of_a_session_are_not_kept_by_any_cache(rf):
    request = rf.get("/")
    assert "Cache-Control" not in SecurityHeaders(page)(request)
    request.COOKIES[settings.SESSION_COOKIE_NAME] = "x"
    assert SecurityHeaders(page)(request)["Cache-Control"] == "no-store"
    assert SecurityHeaders(lambda r: JsonResponse({}))(request)["Cache-Control"] == "no-store"

    def download(request):
        return HttpResponse(b"", content_type="image/png", headers={"Cache-Control": "private, max-age=60"})

    assert SecurityHeaders(download)(request)["Cache-Control"] == "private, max-age=60"
