"""Events between rooms: a lower room publishes, a room above has subscribed. Synchronous, in one transaction."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

E = TypeVar("E")

_subscribers: list[tuple[type, Callable[[Any], object]]] = []


def subscribe(event: type[E]) -> Callable[[Callable[[E], object]], Callable[[E], object]]:
    """Register the decorated function for events of a class and its subclasses.

    Registering the same function twice for the same class counts once, so that a module imported again does no harm.
    """

    def register(receiver: Callable[[E], object]) -> Callable[[E], object]:
        if (event, receiver) not in _subscribers:
            _subscribers.append((event, receiver))
        return receiver

    return register


def publish(event: object) -> None:
    """Hand `event` to its subscribers in the order they registered.

    What a subscriber raises reaches the publisher and stops the rest: either all of a step happens or nothing does.
    """
    for kind, receiver in tuple(_subscribers):
        if isinstance(event, kind):
            receiver(event)


@contextmanager
def only_own_subscribers() -> Iterator[None]:
    """Begin with no subscribers and put back the old ones afterwards: for tests."""
    before = _subscribers[:]
    _subscribers.clear()
    try:
        yield
    finally:
        _subscribers[:] = before
