import pytest
from django.http import Http404

from huying.ui import views


class Person:
    is_authenticated = True

    def __init__(self, name):
        self.name = name

    def get_username(self):
        return self.name


def ask(rf, name="dispatcher1", authenticated=True):
    request = rf.get("/ui/watermark.svg")
    request.user = Person(name)
    request.user.is_authenticated = authenticated
    return views.watermark(request)


def test_the_watermark_carries_account_and_time(rf):
    response = ask(rf)
    assert response["Content-Type"] == "image/svg+xml"
    assert response["Cache-Control"] == "no-store"  # every page fetches it anew, so the time is the page's
    assert b"dispatcher1" in response.content and b"20" in response.content


def test_the_watermark_of_a_strange_name_is_still_a_picture(rf):
    assert b"<script" not in ask(rf, "<script>").content


def test_nobody_has_no_watermark(rf):
    with pytest.raises(Http404):
        ask(rf, authenticated=False)


@pytest.mark.parametrize(
    ("back", "goes"),
    [
        ("/portal/?q=1&elder=1", "/portal/?q=1&"), ("/portal/?elder=0", "/portal/?"), ("https://evil.example/", "/"),
        ("//evil.example", "/"), ("javascript:alert(1)", "/"), ("/a\r\nSet-Cookie: x=1", "/a%0D%0ASet-Cookie:%20x=1"),
    ],
)  # fmt: skip
def test_large_type_is_remembered_and_goes_back_only_within_the_site(rf, settings, back, goes):
    settings.ALLOWED_HOSTS = ["testserver"]
    response = views.elder(rf.get("/ui/elder", {"on": "1", "next": back}))
    assert (response.status_code, response["Location"]) == (302, goes)
    assert response.cookies["huying_elder"].value == "1"
    assert views.elder(rf.get("/ui/elder", {"on": "0"})).cookies["huying_elder"]["max-age"] == 0


def test_error_pages_are_chinese_and_name_the_request(rf):
    request = rf.get("/x")
    request.request_id = "abc12345"
    for response, status in [
        (views.server_error(request), 500),
        (views.not_found(request, Http404()), 404),
        (views.csrf_failure(request), 403),
        (views.too_many(request, 90), 429),
    ]:
        text = response.content.decode()
        assert response.status_code == status
        assert 'lang="zh-CN"' in text and "abc12345" in text and "回到首页" in text
    assert views.too_many(request, 90)["Retry-After"] == "90"
    assert "1 分 30 秒" in views.too_many(request, 90).content.decode()
