"""Which tenants' rows a person's connection may touch (R207)."""

from huying.audit.queries import ALL, Scope, set_scope, tenant_scope
from huying.org.models import Staff

__all__ = ["ALL", "Scope", "centres_of", "set_scope", "tenant_scope"]


def centres_of(staff: Staff) -> list[int]:
    """The centres whose rows this person's connection may touch.

    A centre sees its own subtree. A handling unit's person works on orders of the unit's own centre and of the
    centres above it, which may dispatch to it directly (R176); which of them, `visible_to` decides.
    """
    if staff.unit_id:
        return staff.centre.lineage
    return staff.own_centres
