"""Spoken menus: drafted step by step, checked, published as a version that never changes, restored (R042, R204)."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction

from huying.calls.models import Flow, FlowVersion
from huying.calls.operations.rows import MANAGE
from huying.calls.operations.tell import config_changed
from huying.calls.queries.flows import known_of
from huying.calls.queries.plan import refusal_of
from huying.calls.rules.flow_check import problems
from huying.calls.rules.flow_edit import Graph, first_draft, read
from huying.kernel import clock
from huying.kernel.errors import Refusal
from huying.org.models import Centre
from huying.org.operations.history import record
from huying.org.policies import Actor


class NotReady(Refusal):
    code = "flow_not_ready"
    message = "流程还有问题，请先按提示改正再发布；市民听到的仍是上一个版本"


class Nothing(Refusal):
    code = "flow_unchanged"
    message = "编辑稿与已发布的版本相同，不必再发布"


@transaction.atomic
def make_flow(*, actor: Actor, centre: Centre, name: str) -> Flow:
    actor.must(MANAGE)
    row = Flow.objects.create(centre=centre, name=name, draft=first_draft())
    record(centre.pk, "flow.add", actor, id=row.pk, name=name)
    return row


@transaction.atomic
def edit_draft(*, actor: Actor, flow: Flow, what: str, change: Callable[[Graph], Graph], **said: Any) -> Flow:
    """`change` is applied to the draft as it stands now, so that two people may work on different steps."""
    actor.must(MANAGE)
    row = Flow.objects.select_for_update().get(pk=flow.pk)
    before = read(row.draft)
    row.draft = change(before)
    if row.draft != before:
        row.save(update_fields=["draft"])
        record(row.centre_id, f"flow.{what}", actor, id=row.pk, name=row.name, **said)
    return row


@transaction.atomic
def publish(*, actor: Actor, flow: Flow, note: str) -> FlowVersion:
    """What callers hear from the next call on; no restart. Raises NotAllowed, NotReady, Nothing."""
    actor.must(MANAGE)
    row = Flow.objects.select_for_update(of=("self",)).select_related("published", "centre").get(pk=flow.pk)
    graph = read(row.draft)
    if problems(graph, known_of(row.centre)):
        raise NotReady
    if row.published and read(row.published.graph) == graph:
        raise Nothing
    if why := refusal_of(graph, Path(settings.DATA)):
        raise NotReady(f"电话交换机不能使用这个流程：{why}")
    newest = FlowVersion.objects.filter(flow=row).order_by("-number").values_list("number", flat=True).first() or 0
    version = FlowVersion.objects.create(
        centre_id=row.centre_id, flow=row, number=newest + 1, graph=graph, note=note, published_by=actor.staff, published_at=clock.now()
    )
    row.published = version
    row.save(update_fields=["published"])
    record(row.centre_id, "flow.publish", actor, id=row.pk, name=row.name, version=version.number, note=note)
    config_changed()
    return version


def restore(*, actor: Actor, version: FlowVersion) -> Flow:
    """The draft becomes as that version was; callers hear it when it is published again."""
    return edit_draft(
        actor=actor, flow=version.flow, what="restore", change=lambda _: read(version.graph), version=version.number
    )
