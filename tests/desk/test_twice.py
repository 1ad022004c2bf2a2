"""A double click that really arrives twice at once: one order, and both are shown it."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from uuid import uuid4

import pytest
from django.db import connections
from django.test import Client
from django.urls import reverse

import cast as stage
from desk.conftest import APPEAL
from huying.workorders.models import Draft, WorkOrder


@pytest.mark.parametrize("do", ["submit", "decline"])
def test_two_sendings_at_once_are_one_order(transactional_db, do):
    staff = stage.build().staff["agent1"]
    key, start = uuid4(), Barrier(4)

    def send(_):
        client = Client()
        client.force_login(staff, backend="django.contrib.auth.backends.ModelBackend")
        start.wait(20)
        try:
            page = client.post(reverse("desk:intake", args=[key]), APPEAL | {"do": do, "decline_code": "N02"}, follow=True)
            return page.status_code, page.context["number"]
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as people:
        answers = list(people.map(send, range(4)))
    assert answers == [(200, WorkOrder.objects.get().number)] * 4
    assert not Draft.objects.exists()
