"""Two people merge two orders into each other at the same moment: one of the orders must survive."""

import pytest

from huying.workorders.models import WorkOrder
from huying.workorders.operations import act
from huying.workorders.workflow import State
from workorders.play import Play
from workorders.test_concurrency import cast, together  # noqa: F401  the committed cast

pytestmark = pytest.mark.django_db(transaction=True)


def test_never_both_gone(cast):  # noqa: F811
    for _ in range(4):
        one, two = Play(cast), Play(cast)

        def merge(here, there):
            return lambda: act(actor=cast.actor("leader1"), number=here.number, code="merge",
                               data={"into": there.number, "reason": "同一件事"})

        together(merge(one, two), merge(two, one))
        states = list(WorkOrder.objects.filter(pk__in=[one.order.pk, two.order.pk]).values_list("state", flat=True))
        assert states.count(State.MERGED) <= 1, states
