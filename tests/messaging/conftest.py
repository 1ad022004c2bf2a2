import pytest

from huying.messaging.queries import forget_voices


@pytest.fixture(autouse=True)
def _own_folder(settings, tmp_path):
    """Messages of a test land in its own folder, and no wording is remembered from another test."""
    settings.DATA = tmp_path
    (tmp_path / "secrets").mkdir()
    forget_voices()
    yield
    forget_voices()


@pytest.fixture
def post(cast):
    """Send one message of a scene to a citizen of the cast's city; returns the row."""
    from huying.messaging.operations import send

    def post_one(scene="accepted", phone="13907700001", **more):
        values = {"number": "N1", "title": "路灯不亮", "link": "http://x/r/1", "days": "15", "answer": "已修好", "text": "您好",
                  "code": "123456", "unit": "城管局", "due": "11-27 18:00"}
        more = {"centre_id": cast.demo.pk, "values": values, "subject": ("order", 1)} | more
        return send(scene=scene, phone=phone, **more)

    return post_one
