"""Flows: the list, the editor with its drawing and checks, publishing, versions."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from huying.calls.forms.flow import FlowForm, NewNodeForm, NodeForm, PublishForm
from huying.calls.models import Flow, FlowVersion, Prompt
from huying.calls.operations import flows as operations
from huying.calls.operations.rows import MANAGE, save_row, switch_row
from huying.calls.policies import own_centres, settings_rows
from huying.calls.queries.flows import known_of
from huying.calls.rules import flow_edit
from huying.calls.rules.flow_check import name_of, problems
from huying.calls.rules.flow_edit import Graph
from huying.calls.rules.flow_kinds import KINDS
from huying.calls.views.home import home_of
from huying.calls.views.picture import draw, picture_of
from huying.kernel.errors import Refusal
from huying.org.policies import actor_of, found_or_404, needs
from huying.org.rules.asked import number, text
from huying.ui.fields import refuse


def flows_of(request: HttpRequest) -> QuerySet[Flow]:
    return settings_rows(actor_of(request), Flow).select_related("centre", "published__published_by")


def flow_of(request: HttpRequest, pk: int) -> Flow:
    return found_or_404(request, flows_of(request), stream="flow", pk=pk)


@require_safe
@needs(MANAGE)
def flows(request: HttpRequest) -> HttpResponse:
    rows = list(flows_of(request).prefetch_related("numbers", "rules").order_by("centre_id", "name"))
    drawn = [(row, row.published is None or flow_edit.read(row.draft) != flow_edit.read(row.published.graph)) for row in rows]
    return render(request, "calls/settings/flows.html", {"rows": rows, "drawn": drawn})


@needs(MANAGE)
def flow_new(request: HttpRequest) -> HttpResponse:
    actor, home = actor_of(request), home_of(request)
    form = FlowForm(request.POST or None, instance=Flow(centre=home), actor=actor)
    if request.method == "POST" and form.is_valid():
        row = operations.make_flow(actor=actor, centre=home, name=form.cleaned_data["name"])
        return redirect("calls:flow", row.pk)
    about = {"form": form, "home": home, "homes": list(own_centres(actor))}
    return render(request, "calls/settings/flow_new.html", about, status=422 if form.is_bound else 200)


@require_safe
@needs(MANAGE)
@never_cache
def flow(request: HttpRequest, pk: int) -> HttpResponse:
    """The editor; `?open=NODE` has that step's form open."""
    return editor(request, flow_of(request, pk), opened=text(request.GET, "open"))


def editor(
    request: HttpRequest, row: Flow, *, opened: str = "", bound: NodeForm | None = None, publishing: PublishForm | None = None,
    naming: FlowForm | None = None,
) -> HttpResponse:
    """The page, with a form that did not pass in the place of a fresh one."""
    graph, known = flow_edit.read(row.draft), known_of(row.centre)
    wrong = problems(graph, known)
    prompts = {prompt.sound: prompt.pk for prompt in Prompt.objects.filter(centre=row.centre)}
    steps = []
    for node in graph["nodes"]:
        form = bound if bound and bound.node["id"] == node["id"] else NodeForm(node=node, nodes=graph["nodes"], known=known)
        own = [problem for problem in wrong if problem.node == node["id"]]
        steps.append({
            "node": node, "form": form, "kind": KINDS[node["kind"]].label, "name": name_of(node), "problems": own,
            "is_open": node["id"] == opened or form is bound, "is_start": node["id"] == graph["start"],
            "said": picture_of(node, known), "prompt": prompts.get(node["options"].get("sound", "")),
        })
    about = {
        "flow": row, "steps": steps, "problems": wrong, "whole": [problem for problem in wrong if not problem.node],
        "picture": draw(graph, {problem.node for problem in wrong}, known), "new_form": NewNodeForm(auto_id="new-%s"),
        "publish_form": publishing or PublishForm(auto_id="publish-%s"), "naming": naming,
        "is_changed": row.published is None or flow_edit.read(row.published.graph) != graph,
        "numbers": list(row.numbers.filter(is_active=True)), "rules": list(row.rules.filter(is_active=True)),
    }
    refused = any(form is not None for form in (bound, publishing, naming))
    return render(request, "calls/settings/flow.html", about, status=422 if refused and "HX-Request" not in request.headers else 200)


@require_POST
@needs(MANAGE)
def flow_name(request: HttpRequest, pk: int) -> HttpResponse:
    row = flow_of(request, pk)
    form = FlowForm(request.POST, instance=row, actor=actor_of(request), auto_id="flow-%s")
    if not form.is_valid():
        return editor(request, flow_of(request, pk), naming=form)
    save_row(actor=actor_of(request), row=form.save(commit=False))
    return redirect("calls:flow", pk)


@require_POST
@needs(MANAGE)
def flow_off(request: HttpRequest, pk: int) -> HttpResponse:
    row = flow_of(request, pk)
    switch_row(actor=actor_of(request), row=row, on=not row.is_active)
    words = "已停用，使用它的号码直接转人工" if row.is_active else "已启用"
    messages.success(request, f"流程“{row.name}”{words}")
    return redirect("calls:flow", pk)


@require_POST
@needs(MANAGE)
def node_new(request: HttpRequest, pk: int) -> HttpResponse:
    row, form = flow_of(request, pk), NewNodeForm(request.POST)
    if not form.is_valid():
        messages.error(request, "请选择要添加哪一种步骤，名称不超过 40 个字")
        return redirect("calls:flow", pk)
    made: list[str] = []

    def change(graph: Graph) -> Graph:
        graph, node = flow_edit.added(graph, form.cleaned_data["kind"], form.cleaned_data["name"])
        made.append(node)
        return graph

    operations.edit_draft(actor=actor_of(request), flow=row, what="add_step", change=change, step_kind=form.cleaned_data["kind"])
    return _opened(pk, made[0])


@require_POST
@needs(MANAGE)
def node(request: HttpRequest, pk: int, node: str) -> HttpResponse:
    row = flow_of(request, pk)
    graph = flow_edit.read(row.draft)
    found = flow_edit.node_of(graph, node)
    if found is None:
        messages.error(request, "这一步已被他人删除")
        return redirect("calls:flow", pk)
    form = NodeForm(request.POST, node=found, nodes=graph["nodes"], known=known_of(row.centre))
    if not form.is_valid():
        return editor(request, row, bound=form)
    said = form.said()
    operations.edit_draft(
        actor=actor_of(request), flow=row, what="edit_step", change=lambda draft: flow_edit.changed(draft, node, **said), step=node,
        options=said["options"], exits=said["exits"],
    )
    return _opened(pk, node)


DONE: dict[str, Callable[[Graph, str], Graph]] = {
    "remove": flow_edit.removed, "start": flow_edit.started,
    "up": lambda graph, node: flow_edit.moved(graph, node, -1), "down": lambda graph, node: flow_edit.moved(graph, node, 1),
}


@require_POST
@needs(MANAGE)
def node_do(request: HttpRequest, pk: int, node: str, word: str) -> HttpResponse:
    """remove, start, up, down."""
    row = flow_of(request, pk)
    if word in DONE:
        operations.edit_draft(
            actor=actor_of(request), flow=row, what=f"{word}_step", change=lambda draft: DONE[word](draft, node), step=node
        )
    return redirect("calls:flow", pk) if word == "remove" else _opened(pk, node)


@require_POST
@needs(MANAGE)
def flow_publish(request: HttpRequest, pk: int) -> HttpResponse:
    row, form = flow_of(request, pk), PublishForm(request.POST, auto_id="publish-%s")
    if form.is_valid():
        try:
            version = operations.publish(actor=actor_of(request), flow=row, note=form.cleaned_data["note"])
        except Refusal as refusal:
            refuse(form, refusal)
        else:
            messages.success(request, f"第 {version.number} 版已发布，下一个来电起生效")
            return redirect("calls:flow", pk)
    return editor(request, row, publishing=form)


@require_safe
@needs(MANAGE)
def flow_versions(request: HttpRequest, pk: int) -> HttpResponse:
    """All versions; `?a=1&b=3` compares two, `b` absent means the draft."""
    row = flow_of(request, pk)
    rows = list(row.versions.select_related("published_by"))
    graphs = {version.number: flow_edit.read(version.graph) for version in rows}
    a, b = number(request.GET, "a"), number(request.GET, "b")
    about: dict[str, Any] = {"flow": row, "rows": rows, "a": a, "b": b}
    if a in graphs and (b in graphs or b is None):
        known = known_of(row.centre)
        new = graphs[b] if b is not None else flow_edit.read(row.draft)
        about |= {"changes": flow_edit.differences(graphs[a], new, known), "compared": True, "picture": draw(new, set(), known)}
    return render(request, "calls/settings/flow_versions.html", about)


@require_POST
@needs(MANAGE)
def flow_restore(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    row = flow_of(request, pk)
    version = found_or_404(request, FlowVersion.objects.filter(flow=row).select_related("flow"), stream="flow", number=number)
    operations.restore(actor=actor_of(request), version=version)
    messages.success(request, f"编辑稿已恢复为第 {number} 版，发布后生效")
    return redirect("calls:flow", pk)


def _opened(pk: int, node: str) -> HttpResponse:
    return redirect(f"{reverse('calls:flow', args=[pk])}?{urlencode({'open': node})}#step-{node}")
