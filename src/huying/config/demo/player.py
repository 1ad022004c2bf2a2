"""Live an order's life through the real operations, the clock standing at each moment in turn."""

from datetime import datetime
from typing import Any

from django.db.models import F

from huying.config.demo.lives import Deed, Life
from huying.config.demo.stage import Stage
from huying.followup.operations import rate_own
from huying.kernel import clock
from huying.kernel.clock import StoppedClock
from huying.org.policies import Actor, citizen_actor, staff_actor
from huying.workorders.models import Attachment, Category, Clock, Verification, WorkOrder
from huying.workorders.operations import NewOrder, act, create_order
from huying.workorders.operations.importing.bulk import insert_rows
from huying.workorders.operations.ring import strike

CITIZEN = "诉求人"


class Player:
    """Plays lives on one stage; `now` is where every clock of a life that goes on is brought to."""

    def __init__(self, stage: Stage, now: datetime) -> None:
        self.stage = stage
        self.now = now
        self.numbers: dict[int, str] = {}

    def play(self, life: Life) -> WorkOrder:
        """Do everything again as it happened. Raises whatever an operation refuses: a life must be possible."""
        with clock.frozen(life.created) as standing:
            order = create_order(
                actor=self.actor(life.who), centre=self.stage.centre, new=self.new_order(life), state=life.first
            )
            self.numbers[id(life)] = order.number
            for deed in life.deeds:
                self.let_ring(order, deed.at, standing)
                standing.move_to(deed.at)
                self.do(order, deed)
            self.let_ring(order, self.now, standing)
        Verification.objects.filter(assignment__order=order).update(created_at=F("at"))
        return order

    def new_order(self, life: Life) -> NewOrder:
        return NewOrder(**life.new, category=Category(pk=self.stage.categories[life.matter.scenario["id"]]))

    def actor(self, who: str, order: WorkOrder | None = None) -> Actor:
        if not who:
            return citizen_actor(CITIZEN, [order.pk] if order else [])
        return staff_actor(self.stage.person(who))

    def do(self, order: WorkOrder, deed: Deed) -> None:
        actor = self.actor(deed.who, order)
        if deed.code == "rate":
            rate_own(actor=actor, number=order.number, **deed.data)
            return
        data: dict[str, Any] = dict(deed.data)
        if "into" in data:  # another life of the same story
            data["into"] = self.numbers[id(data["into"])]
        field, count = deed.files
        if count:
            data[field] = self.files(order, deed, count)
        act(actor=actor, number=order.number, code=deed.code, data=data)

    def files(self, order: WorkOrder, deed: Deed, count: int) -> list[int]:
        rows = [file_row(self.stage, order, deed, number) for number in range(count)]
        insert_rows(rows)
        return [row.pk for row in rows]

    def let_ring(self, order: WorkOrder, until: datetime, standing: StoppedClock) -> None:
        """Every clock of the order strikes at its time."""
        while True:
            due = Clock.objects.filter(order=order, wake_at__lte=until).order_by("wake_at", "id").first()
            if due is None or due.wake_at is None:
                return
            standing.move_to(due.wake_at)
            strike(due.pk, order.pk)


def file_row(stage: Stage, order: WorkOrder, deed: Deed, number: int) -> Attachment:
    """A picture of ours as a file of the order."""
    picture = stage.pictures[(int(order.created_at.timestamp()) + number) % len(stage.pictures)]
    purpose = Attachment.Purpose.PROOF if deed.code == "verify" else Attachment.Purpose.EVIDENCE
    return Attachment(
        order=order, centre_id=order.centre_id, purpose=purpose, name=picture.name, media_type="image/png",
        size=picture.size, digest=picture.digest, uploaded_at=deed.at, uploaded_by=stage.person(deed.who),
    )
