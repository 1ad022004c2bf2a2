"""What a button of the form changes in what is typed before the page is drawn again (`_refresh`)."""

from uuid import UUID

from django.http import Http404
from django.utils.datastructures import MultiValueDict

from huying.desk.queries.places import PlaceUnclear, place_named
from huying.kernel.errors import Refusal
from huying.org.policies import Actor
from huying.workorders.catalog import DECLINE_CODES
from huying.workorders.models import Attachment
from huying.workorders.operations import NewOrder, detach
from huying.workorders.operations.reuse import known_contact, reuse

Typed = MultiValueDict[str, str]


NEXT = {
    "place": "id_place", "template": "id_template", "reuse": "id_content", "caller": "id_kind_0", "search": "id_q",
    "look": "id_name",
}
"""Where one goes on after each button."""


def change(actor: Actor, key: UUID, typed: Typed, wish: str) -> str:
    """Carry out `wish` on `typed`; returns the id of the control to go on with. What is typed already stays."""
    verb, _, what = wish.partition(":")
    if verb == "point":
        typed.setlist("point", [*typed.getlist("point"), ""])
        return f"point-{len(typed.getlist('point'))}"
    if verb == "script":
        typed["script"] = DECLINE_CODES.get(typed.get("decline_code") or "", ("", "", ""))[1]
        return "id_script"
    if verb == "place":
        name_place(actor, typed)
    elif verb == "caller":
        fill(typed, known_contact(actor=actor, phone=typed.get("phone") or ""))
    elif verb == "reuse":
        take_over(actor, typed, what)
    elif verb == "apart":
        typed["reused"] = ""
    elif verb == "drop":
        drop_file(actor, key, what)
    return NEXT.get(verb, "")


def name_place(actor: Actor, typed: Typed) -> None:
    """The typed name of a place becomes the four levels; a name that fits several stays for the error to list."""
    assert actor.staff is not None
    try:
        region = place_named(actor.staff.centre, typed.get("place_find") or "")
    except PlaceUnclear:
        return
    for name in [name for name in typed if name.startswith("region_")]:
        del typed[name]
    typed["region"], typed["place_find"] = region.code, ""


def take_over(actor: Actor, typed: Typed, number: str) -> None:
    """An earlier order's text, place and contact, without its clocks and ratings (R275)."""
    try:
        new = reuse(actor=actor, number=number, phone=typed.get("phone") or "")
    except Refusal:
        raise Http404 from None
    typed["reused"] = number
    if not typed.get("title") and not typed.get("content"):
        typed["template"] = new.template
        for name, value in new.fields.items():
            typed[f"x_{name}"] = str(value)
        typed.setlist("point", new.points)
    if not (typed.get("region") or typed.get("region_1")):
        typed["region"] = new.region
        for place in range(4):
            typed.pop(f"region_{place}", None)
    fill(typed, new)


def fill(typed: Typed, new: NewOrder | None) -> None:
    """Only what is still empty."""
    if new is None:
        return
    for name in ("kind", "title", "content", "place", "address", "name", "phone", "gender"):
        if not typed.get(name) and getattr(new, name):
            typed[name] = str(getattr(new, name))
    typed |= {name: "on" for name in ("is_group", "is_sensitive") if getattr(new, name)}
    if (typed.get("caller_kind") or "resident") == "resident":
        typed["caller_kind"] = new.caller_kind


def drop_file(actor: Actor, key: UUID, what: str) -> None:
    if not what.isdecimal() or len(what) > 15:
        raise Http404
    attachment = Attachment.objects.select_related("draft").filter(pk=int(what), draft__key=key).first()
    if attachment is None:
        raise Http404
    try:
        detach(actor=actor, attachment=attachment)
    except Refusal:
        raise Http404 from None
