"""Who acts, and what that person may do."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal

from huying.kernel.errors import Refusal
from huying.org.catalog import permission_label
from huying.org.models import Employer, Staff

Kind = Literal["staff", "citizen", "system", "peer"]

GOVERNMENT_ONLY = {
    "workorders.arbitrate", "workorders.decide_return", "workorders.close", "workorders.reopen", "workorders.approve_export",
}
"""Work that may not be outsourced: deciding duty, approving closing (rules.md D7, 国办函〔2025〕66 号)."""

CITIZENS_MAY = {"workorders.comment", "workorders.withdraw"}
"""What a citizen may do with an order of his own: urge, add material, withdraw."""


class NotAllowed(Refusal):
    code = "not_allowed"
    message = "您没有进行此操作的权限，如有需要请联系中心管理员"


class Outsourced(NotAllowed):
    code = "outsourced"
    message = "运营承包方账号不得定责或审批办结，请转热线机构人员办理"


@dataclass(frozen=True, slots=True)
class Actor:
    """The one who acts, as every operation and every event knows it."""

    kind: Kind
    name: str
    staff: Staff | None = None
    scopes: frozenset[str] = frozenset()
    ip: str | None = None
    request_id: str = field(default_factory=lambda: uuid.uuid4().hex)
    order_ids: frozenset[int] = frozenset()  # a citizen's own orders, proven by number and phone code

    @property
    def staff_id(self) -> int | None:
        return self.staff.pk if self.staff else None

    @property
    def unit_id(self) -> int | None:
        return self.staff.unit_id if self.staff else None

    def may(self, permission: str) -> bool:
        """Whether a role of this person holds `permission`; the system itself may do all."""
        if self.kind == "system":
            return True
        if self.kind == "citizen":
            return permission in CITIZENS_MAY
        if self.staff is None or not self.staff.is_active or permission not in self.staff.permissions:
            return False
        if self.staff.employer == Employer.CONTRACTOR and permission in GOVERNMENT_ONLY:
            return False
        return not self.scopes or permission in self.scopes

    def may_any(self, permissions: Iterable[str]) -> bool:
        return any(self.may(permission) for permission in permissions)

    def must(self, permission: str) -> None:
        """Raise NotAllowed, in words that name what is missing, unless `may(permission)`."""
        if self.may(permission):
            return
        if self.staff is None:
            raise NotAllowed
        held, right = permission in self.staff.permissions, f"“{permission_label(permission)}”（{permission}）"
        if held and self.scopes and permission not in self.scopes:
            raise NotAllowed(f"令牌的范围不含{right}，请换用范围包含它的令牌")
        if held and permission in GOVERNMENT_ONLY:
            raise Outsourced
        raise NotAllowed(f"您没有{right}的权限，如有需要请联系中心管理员")


def system_actor(name: str = "系统") -> Actor:
    return Actor(kind="system", name=name)


def citizen_actor(name: str, order_ids: Iterable[int] = (), *, ip: str | None = None, request_id: str = "") -> Actor:
    """A citizen; `order_ids` are the orders he has proven to be his."""
    return Actor(
        kind="citizen", name=name, ip=ip, order_ids=frozenset(order_ids), request_id=request_id or uuid.uuid4().hex
    )


def staff_actor(staff: Staff, *, ip: str | None = None, scopes: Iterable[str] = (), request_id: str = "") -> Actor:
    return Actor(
        kind="staff", name=staff.name, staff=staff, ip=ip, scopes=frozenset(scopes),
        request_id=request_id or uuid.uuid4().hex,
    )
