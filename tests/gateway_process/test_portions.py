"""A portion of the switch's records is one transaction; what fails in it costs one call at most."""

import asyncio

import pytest

from calls.stream import Line
from huying.calls.events import CallEntered
from huying.calls.models import Call, SwitchState
from huying.gateway.database import Database
from huying.gateway.facts import Facts
from huying.gateway.legs import Legs
from huying.kernel import bus

pytestmark = pytest.mark.django_db(transaction=True)


async def worked_in(folder, records) -> None:
    """Everything that a gateway does with these records until nothing waits any more."""
    database = Database("facts")
    facts = Facts(folder, database, Legs(), lambda events: None)
    for record in records:
        facts.add(record)
    running = asyncio.create_task(facts.run())
    await asyncio.wait_for(facts.caught_up.wait(), 30)
    running.cancel()
    database.close()


def test_a_room_above_that_fails_for_one_call_takes_neither_the_facts_nor_other_calls_along(scene):
    (scene.data / "log").mkdir()
    first, second = (Line(first=f"hya-176413920{number}.1").enter().queue(scene.group.queue) for number in (4, 5))
    told = []

    def fails_for_the_first(event):
        call = Call.objects.get(pk=event.call_id)
        if call.linkedid == first.linkedid:
            Call.objects.create(linkedid=call.linkedid, centre=call.centre)  # the database itself refuses
        told.append(call.linkedid)

    with bus.only_own_subscribers():
        bus.subscribe(CallEntered)(fails_for_the_first)
        asyncio.run(worked_in(scene.data, [*first.rows, *second.rows]))
    assert set(Call.objects.values_list("linkedid", flat=True)) == {first.linkedid, second.linkedid}
    assert told == [second.linkedid]
    assert SwitchState.objects.exists(), "the place in the file is kept all the same"
