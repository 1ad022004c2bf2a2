"""A centre's way of counting satisfaction (R054)."""

from collections.abc import Mapping

from django.db import IntegrityError, transaction

from huying.followup.models import Scheme
from huying.followup.rules import BadScheme, parse_scheme
from huying.kernel import clock
from huying.org.models import Centre
from huying.org.policies import Actor


def make_scheme(*, actor: Actor, centre: Centre, name: str, weights: Mapping[str, int]) -> Scheme:
    """A new scheme; the newest is the one in force. Raises NotAllowed, BadScheme."""
    actor.must("followup.manage")
    name = name.strip()
    if not 2 <= len(name) <= 40:
        raise BadScheme(fields={"name": "名称 2 到 40 个字"})
    parse_scheme(weights)
    try:
        with transaction.atomic():
            return Scheme.objects.create(
                centre=centre, name=name, weights=dict(weights), created_at=clock.now(), created_by=actor.staff
            )
    except IntegrityError as twice:
        raise BadScheme(fields={"name": "已有同名方案，方案一经建立不能修改，请换一个名称"}) from twice
