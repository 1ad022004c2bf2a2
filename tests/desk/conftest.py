"""The intake page as an agent's browser without JavaScript uses it: plain posts to the form's own address."""

from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

PHONE = "13907700001"
APPEAL = {
    "phone": PHONE, "name": "张小满", "gender": "female", "caller_kind": "resident", "kind": "complaint", "urgency": "normal",
    "template": "general", "channel": "phone", "title": "海湾社区路灯不亮",
    "content": "海湾社区门口的路灯三天没有亮了，城管一直没人来修，希望尽快修好。", "region_0": "450600", "region_1": "450602",
    "region_2": "450602001", "region_3": "450602001001", "place": "兴港大道", "address": "88 号 3 栋 501", "confirmed": "on",
    "address_way": "phone",
}
"""An appeal that leaves nothing to hint at."""


@pytest.fixture(autouse=True)
def _store(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "files"


class Desk:
    """One agent's browser with one form open."""

    def __init__(self, staff):
        self.client = Client()
        self.client.force_login(staff, backend="django.contrib.auth.backends.ModelBackend")
        self.open()

    def open(self, key=None):
        self.key = key or uuid4()
        return self.client.get(self.url)

    @property
    def url(self):
        return reverse("desk:intake", args=[self.key])

    def send(self, do="", *, without=(), refresh="", **more):
        """Send the appeal with `do`, or with a button that only redraws; follows to where the browser lands."""
        data = {name: value for name, value in (APPEAL | more).items() if name not in without}
        data |= {"do": do} if do else {}
        data |= {"_refresh": refresh} if refresh else {}
        return self.client.post(self.url, data, follow=True)


@pytest.fixture
def desk(cast):
    def desk(user="agent1"):
        return Desk(cast.staff[user])

    return desk
