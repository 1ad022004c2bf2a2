"""Play an order through its life: who does what, and where it stands then."""

from typing import Any

from cast import Cast
from huying.kernel import clock
from huying.workorders.models import Application, Assignment, Attachment, WorkOrder
from huying.workorders.operations import NewOrder, act, create_order
from huying.workorders.workflow import State

PHONE = "13907700001"


class Play:
    """One order and the cast around it. `do` returns self, so that a life reads as a list."""

    def __init__(self, cast: Cast, *, state: State = State.DRAFT, by: str = "agent1", **new: Any) -> None:
        self.cast = cast
        data = {"kind": "complaint", "title": "路灯不亮", "content": "海湾社区门口的路灯三天没有亮了", "name": "张小满",
                "phone": PHONE, "region": "450602001001", "address": "3 栋 2 单元 501"} | new
        self.order = create_order(actor=cast.actor(by), centre=cast.demo, new=NewOrder(**data), state=state)
        self.states = [self.order.state]

    @property
    def number(self) -> str:
        return self.order.number

    def do(self, user: str, action: str, /, *, target: int | None = None, **data: Any) -> "Play":
        self.order = act(actor=self.cast.actor(user), number=self.number, code=action, data=data, target=target)
        if self.order.state != self.states[-1]:
            self.states.append(self.order.state)
        return self

    def file(self) -> int:
        """An uploaded proof."""
        return Attachment.objects.create(
            order=self.order, centre=self.cast.demo, purpose=Attachment.Purpose.APPEAL, name="现场.jpg",
            media_type="image/jpeg", size=1, digest="0" * 64, uploaded_by=self.cast.staff["liaison1"],
        ).pk

    def to_dispatch(self) -> "Play":
        return self.do("agent1", "submit").do("reviewer1", "pass_review")

    def dispatched(self, unit: str = "CG", **more: Any) -> "Play":
        return self.to_dispatch().do("dispatcher1", "dispatch", unit=unit, opinion="请核实并答复", **more)

    def handling(self, unit: str = "CG", user: str = "liaison1", **more: Any) -> "Play":
        return self.dispatched(unit, **more).do(user, "sign")

    def verified(self, user: str = "liaison1") -> "Play":
        at = clock.now().isoformat()
        return self.do(user, "verify", who="李工", when=at, way="visit", finding="true", proof=[self.file()])

    def replied(self, user: str = "liaison1", **more: Any) -> "Play":
        return self.verified(user).do(
            user, "reply", reply="已于今日更换灯泡，路灯恢复照明。", finding="true", outcome="solved", **more
        )

    def to_close(self) -> "Play":
        """Through checking and follow-up, the latter's states set as the follow-up room sets them."""
        self.do("reviewer1", "pass_check")
        WorkOrder.objects.filter(pk=self.order.pk).update(state=State.TO_CLOSE)
        self.states += [State.FOLLOWING_UP, State.TO_CLOSE]
        return self

    def task(self, unit: str) -> Assignment:
        return Assignment.objects.filter(order=self.order, unit__code=unit).latest("id")

    def plea(self) -> Application:
        return Application.objects.filter(order=self.order).latest("id")
