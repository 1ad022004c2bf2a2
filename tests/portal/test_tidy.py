"""What visitors leave lying goes away; what belongs to an order stays."""

from datetime import timedelta

import pytest

from huying.kernel import clock
from huying.portal.models import Attempt, OnlineDraft, PhoneCode
from huying.portal.operations import tidy
from huying.workorders.models import Attachment, WorkOrder
from portal.visitor import photo

pytestmark = pytest.mark.django_db


def test_tidy(visitor, another):
    with clock.frozen(clock.now()) as time:
        visitor.send_in(photo=photo())
        another.fill(_keep="1", photo=photo("只是草稿.jpg"))
        tidy()
        assert OnlineDraft.objects.count() == 2
        time.tick(timedelta(days=2, minutes=1))
        tidy()
        assert not OnlineDraft.objects.exists() and not PhoneCode.objects.exists() and not Attempt.objects.exists()
        assert WorkOrder.objects.get().attachments.count() == 1 == Attachment.objects.count()
        assert tidy() == 0


def test_what_is_still_being_typed_stays(visitor):
    with clock.frozen(clock.now()) as time:
        visitor.fill(_keep="1")
        time.tick(timedelta(days=1))
        visitor.fill(_keep="1")
        time.tick(timedelta(days=1, hours=12))
        tidy()
        assert OnlineDraft.objects.count() == 1
