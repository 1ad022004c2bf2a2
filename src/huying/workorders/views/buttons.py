"""Offers as buttons: what they say, where they lead, whether one press is enough."""

from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlencode

from django.urls import reverse

from huying.workorders.models import Application, WorkOrder
from huying.workorders.queries.offers import Offer


@dataclass(frozen=True, slots=True)
class Button:
    """`at_once`: nothing has to be said with it, one press does it."""

    code: str
    label: str
    url: str
    danger: bool
    at_once: bool
    target: int | None = None
    takes: bool = False
    back: str = ""


def buttons_of(offers: Iterable[Offer], order: WorkOrder, back: str = "") -> list[Button]:
    """One button per offer, or one per task or application when there are several to choose from."""
    return [button for offer in offers for button in _buttons(offer, order, back)]


def _buttons(offer: Offer, order: WorkOrder, back: str) -> list[Button]:
    action = offer.action
    subjects: list[tuple[int | None, str]] = [(None, "")]
    if offer.tasks:
        subjects = [(task.pk, task.unit.name) for task in offer.tasks]
    elif offer.pleas:
        subjects = [(plea.pk, f"{plea.unit.name} · {Application.Kind(plea.kind).label}") for plea in offer.pleas]
    several = len(subjects) > 1
    address = reverse("workorders:do", args=[order.number, action.code])
    found = []
    for target, words in subjects:
        query = urlencode({name: value for name, value in (("target", target), ("next", back)) if value})
        found.append(Button(
            code=action.code, label=f"{action.label}（{words}）" if several else action.label,
            url=f"{address}?{query}" if query else address, danger=action.danger, at_once=not action.needs,
            target=target, takes=bool(action.takes), back=back,
        ))
    return found
