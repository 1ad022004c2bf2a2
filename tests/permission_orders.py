"""The rows of the order pages for permission_rows.py; see the head of that file."""

from cast import Cast
from huying.kernel import clock
from huying.workorders.models import Attachment, Clock, ExportRequest, SavedFilter
from workorders.play import Play

SEE = "agent1 leader1 dispatcher1 reviewer1 followup1 quality1 supervisor1 director1 buyer1"
UNITS = "liaison1 unitleader1"
CENTRE = f"{SEE} operator1"
DECIDE = "reviewer1 supervisor1 director1"

PLAYED: dict[int, Play] = {}


def played(cast: Cast) -> Play:
    """One order with the unit of liaison1, signed; the same for every row about its parts."""
    if id(cast) not in PLAYED:
        PLAYED[id(cast)] = Play(cast).handling()
    return PLAYED[id(cast)]


def number(cast: Cast) -> str:
    return played(cast).number


def running(cast: Cast) -> int:
    return Clock.objects.filter(order=played(cast).order, kind="handle").latest("id").pk


def file(cast: Cast) -> int:
    return Attachment.objects.create(
        order=played(cast).order, centre=cast.demo, purpose="appeal", name="a.txt", media_type="text/plain", size=1, digest="0" * 64
    ).pk


def kept(cast: Cast) -> int:
    return SavedFilter.objects.create(staff=cast.staff["agent1"], desk="all", name="我的").pk


def wanted(cast: Cast) -> int:
    """A list dispatcher1 wants as a file."""
    return ExportRequest.objects.create(
        centre=cast.demo, requested_by=cast.staff["dispatcher1"], requested_at=clock.now(), desk="all", reason="月度汇总", rows=1
    ).pk


DESKS = {
    "all": f"{SEE} {UNITS}", "closed": SEE, "delegated": UNITS, "drafts": "agent1 leader1 dispatcher1", "extensions": DECIDE,
    "follow_up": SEE, "followed": f"{CENTRE} {UNITS}", "handling": f"{SEE} {UNITS}", "mine": CENTRE, "overdue": f"{SEE} {UNITS}",
    "special": "leader1 reviewer1 quality1 supervisor1 director1 buyer1",
    "replied": UNITS, "returns": DECIDE, "to_check": "reviewer1 director1", "to_close": DECIDE,
    "to_dispatch": "leader1 dispatcher1 reviewer1", "to_review": "leader1 dispatcher1 reviewer1 director1",
    "to_sign": f"{SEE} {UNITS}", "to_sign_off": "director1 unitleader1",
}
