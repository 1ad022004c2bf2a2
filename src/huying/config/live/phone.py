"""What happens on the telephone, for the screens that show it: small, passed on as it comes, never replayed.

A screen that was away asks for its fragment anew; nothing is lost by a message that was not heard.
"""

import json
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PhoneNews:
    """`topic`: "seat", "call", "queue", "message" …; `staff_id`: whose seat it is about, None for the centre's walls;
    `news`: what is new in a call ("rang", "answered", "ended"), several words or none."""

    topic: str
    centre_id: int
    staff_id: int | None
    call_id: int | None
    news: str = ""

    @property
    def text(self) -> str:
        said = {"topic": self.topic, "staff": self.staff_id, "call": self.call_id, **({"news": self.news} if self.news else {})}
        return f"event: phone\ndata: {json.dumps(said)}\n\n"


def phone_news(payload: str) -> PhoneNews | None:
    """None for what is no news of ours: anybody with a login of the database may notify."""
    try:
        said = json.loads(payload)
        staff, call = said.get("s"), said.get("k")
        return PhoneNews(
            str(said["t"])[:20], int(said["c"]), int(staff) if staff else None, int(call) if call else None,
            str(said.get("n", ""))[:40],
        )
    except (ValueError, KeyError, TypeError, AttributeError):
        return None
