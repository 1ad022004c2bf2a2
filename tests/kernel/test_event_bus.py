from dataclasses import dataclass

import pytest

from huying.kernel import bus


@dataclass(frozen=True)
class Happened:
    number: str


@dataclass(frozen=True)
class Signed(Happened):
    pass


@pytest.fixture(autouse=True)
def own_bus():
    with bus.only_own_subscribers():
        yield


def test_subscribers_hear_in_the_order_they_registered_and_base_classes_hear_all():
    heard = []
    bus.subscribe(Signed)(lambda event: heard.append(("signed", event.number)))
    bus.subscribe(Happened)(lambda event: heard.append(("any", event.number)))
    bus.publish(Signed("1"))
    bus.publish(Happened("2"))
    bus.publish("nobody listens")
    assert heard == [("signed", "1"), ("any", "1"), ("any", "2")]


def test_an_exception_reaches_the_publisher_and_stops_the_rest():
    heard = []

    @bus.subscribe(Signed)
    def refuse(event):
        raise RuntimeError("no")

    bus.subscribe(Signed)(heard.append)
    with pytest.raises(RuntimeError, match="no"):
        bus.publish(Signed("1"))
    assert heard == []


def test_registering_twice_counts_once_and_a_subscriber_may_subscribe_another():
    heard = []

    @bus.subscribe(Signed)
    def first(event):
        heard.append(event)
        bus.subscribe(Signed)(heard.append)

    assert bus.subscribe(Signed)(first) is first
    bus.publish(Signed("1"))
    assert heard == [Signed("1")]


def test_the_old_subscribers_come_back():
    heard = []
    bus.subscribe(Signed)(heard.append)
    with bus.only_own_subscribers():
        bus.publish(Signed("1"))
    bus.publish(Signed("2"))
    assert heard == [Signed("2")]
