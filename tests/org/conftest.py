"""The door as a browser uses it."""

import pytest
from django.contrib.auth.hashers import make_password
from django.test import Client

from cast import PASSWORD
from huying.org.models import Staff

_HASHED: list[str] = []


@pytest.fixture
def door(cast):
    """`door("agent1")` types name and password into the sign-in page; `door.client` is the browser."""
    if not _HASHED:
        _HASHED.append(make_password(PASSWORD))
    Staff.objects.update(password=_HASHED[0])
    return Door()


@pytest.fixture
def as_(cast):
    """`as_("operator1")` is a browser in which that person is signed in."""

    def browser(username: str) -> Client:
        client = Client()
        client.force_login(Staff.objects.get(username=username), backend="django.contrib.auth.backends.ModelBackend")
        return client

    return browser


class Door:
    def __init__(self):
        self.client = Client(headers={"user-agent": "Mozilla/5.0 (Windows NT 10.0) Chrome/141.0"})

    def __call__(self, username, password=PASSWORD, **more):
        return self.client.post("/sign-in", {"username": username, "password": password, **more})

    def is_open(self):
        """Whether the browser is signed in."""
        return self.client.get("/account").status_code == 200
