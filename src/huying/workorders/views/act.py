"""Any action of `workflow.ACTIONS` on an order: its form, and the doing of it."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.utils.encoding import iri_to_uri
from django.views.decorators.http import require_http_methods

from huying.kernel import clock
from huying.kernel.errors import Refusal
from huying.org.models import Unit
from huying.org.policies import NotAllowed, needs, note_refusal
from huying.ui.fields import refuse
from huying.workorders.catalog import DECLINE_CODES
from huying.workorders.forms import ActionForm
from huying.workorders.models import Application, Assignment, Attachment, WorkOrder
from huying.workorders.operations.act import act, repeated
from huying.workorders.operations.attach import attach
from huying.workorders.policies import find_target
from huying.workorders.queries.order_page import order_page
from huying.workorders.queries.refusals import AlreadyDone, NoSuchOrder
from huying.workorders.rules import INPUTS
from huying.workorders.views.order import facts
from huying.workorders.views.subject import actor_of, is_partial, note_look, order_or_404, order_url, way_back
from huying.workorders.workflow import ACTIONS, Action

PURPOSES = {
    "verify": Attachment.Purpose.PROOF, "reply": Attachment.Purpose.REPLY, "assist_reply": Attachment.Purpose.REPLY,
    "supplement": Attachment.Purpose.SUPPLEMENT,
}
OPINION = "请依法依规核实处理，及时联系诉求人，并在期限内答复。"


@needs()
@require_http_methods(["GET", "HEAD", "POST"])
def do(request: HttpRequest, number: str, code: str) -> HttpResponse:
    """GET: the form (a panel for htmx, a page otherwise). POST: do it, then back to where the person came from."""
    order = order_or_404(request, number)
    action = ACTIONS.get(code)
    if action is None or action.side == "system":
        raise Http404
    if not actor_of(request).may(action.permission):
        note_refusal(actor_of(request), stream="order", stream_id=order.pk, path=request.path, reason=f"缺少权限 {action.permission}")
        raise Http404
    task, plea = subject(request, order, action)
    if request.method == "POST" and "_refresh" not in request.POST:
        return carry_out(request, order, action, task)
    said = request.POST if request.method == "POST" else request.GET
    form = ActionForm(
        actor=actor_of(request), order=order, action=action, task=task,
        initial={**defaults(request, order, action, task, plea), **typed(said, action), "next": said.get("next", "")},
        likely=likely_units(order, action, plea),
    )
    note_look(request, order)
    return page(request, order, action, form)


def subject(request: HttpRequest, order: WorkOrder, action: Action) -> tuple[Assignment | None, Application | None]:
    """The task or application the form is about."""
    text = request.POST.get("target") or request.GET.get("target") or ""
    target = int(text) if text.isdecimal() and len(text) < 18 else None
    with transaction.atomic():
        return find_target(actor_of(request), order, action, target)


def typed(said: QueryDict, action: Action) -> dict[str, Any]:
    """Values given in the address (a script of a refusal code, a suggested unit) or before the form was drawn anew."""
    names = (*action.needs, *action.takes)
    found: dict[str, Any] = {
        name: said.getlist(name) if INPUTS[name].kind in {"units", "points"} else said[name] for name in names if said.get(name)
    }
    if target := said.get("target"):
        found["target"] = target
    if action.code == "decline" and found.get("code") in DECLINE_CODES:
        scripts = {row[1] for row in DECLINE_CODES.values()}
        if found.get("script", "") in {"", *scripts}:
            found["script"] = DECLINE_CODES[found["code"]][1]
    return found


def defaults(
    request: HttpRequest, order: WorkOrder, action: Action, task: Assignment | None, plea: Application | None
) -> dict[str, Any]:
    """What most people would type."""
    here: dict[str, dict[str, Any]] = {
        "dispatch": {"opinion": OPINION}, "add_assistant": {"opinion": OPINION},
        "verify": {"when": f"{clock.now().astimezone(clock.SHANGHAI):%Y-%m-%dT%H:%M}", "who": actor_of(request).name},
        "edit": {"title": order.title, "content": order.content, "kind": order.kind, "urgency": order.urgency},
        "set_urgency": {"urgency": order.urgency},
    }
    found = dict(here.get(action.code, {}))
    if action.code == "delegate" and task and task.due_at:
        found["due"] = f"{task.due_at.astimezone(clock.SHANGHAI):%Y-%m-%dT%H:%M}"
    if plea and action.code == "approve_extension":
        found["workdays"] = plea.workdays
    if plea and plea.until and action.code == "approve_suspension":
        found["until"] = f"{plea.until.astimezone(clock.SHANGHAI):%Y-%m-%dT%H:%M}"
    return found


def likely_units(order: WorkOrder, action: Action, plea: Application | None) -> list[Unit]:
    """Whom a return proposes, and in an arbitration also the unit that has it now."""
    if action.code == "arbitrate" and plea is not None:
        return [unit for unit in (plea.unit, plea.proposed_unit) if unit is not None]
    if action.code in {"dispatch", "redispatch"}:
        asked = order.applications.filter(kind=Application.Kind.RETURN, proposed_unit__is_active=True)
        rows = asked.select_related("proposed_unit").order_by("-id")[:3]
        return list(dict.fromkeys(row.proposed_unit for row in rows if row.proposed_unit))
    return []


def carry_out(request: HttpRequest, order: WorkOrder, action: Action, task: Assignment | None) -> HttpResponse:
    """Take the files in, do it, go back; or draw the form again with what was wrong beside what was typed."""
    actor = actor_of(request)
    form = ActionForm(request.POST, request.FILES, actor=actor, order=order, action=action, task=task)
    if not form.is_valid():
        return page(request, order, action, form, status=422)
    actor = replace(actor, request_id=form.given_request_id)
    if repeated(order, action, actor):  # the same form again: no second set of files either
        return leave(request, way_back(request, form.cleaned_data["next"], order))
    data, wrong = take_files(request, order, action, form)
    if wrong:
        return page(request, order, action, form, status=422)
    try:
        after = act(
            actor=actor, number=order.number, code=action.code, data=data,
            target=form.cleaned_data["target"], version=form.cleaned_data["version"],
        )
    except NoSuchOrder as gone:
        raise Http404 from gone
    except (AlreadyDone, NotAllowed) as late:
        return refused(request, order, action, late)
    except Refusal as refusal:
        refuse(form, refusal)
        return page(request, order, action, form, status=422)
    messages.success(request, f"{order.number} 已{action.label}，当前状态：{after.state_label}")
    return leave(request, way_back(request, form.cleaned_data["next"], order))


def take_files(
    request: HttpRequest, order: WorkOrder, action: Action, form: ActionForm
) -> tuple[Mapping[str, Any], bool]:
    """Attach what was uploaded and put ids in its place. Files stay taken in when another field is wrong."""
    data, wrong = form.values(), False
    for name in form.asked:
        if INPUTS[name].kind != "files":
            continue
        kept = list(form.fields[name].kept)  # type: ignore[attr-defined]
        purpose = PURPOSES.get(action.code, Attachment.Purpose.EVIDENCE)
        for upload in data[name] or []:
            try:
                kept.append(attach(
                    actor=actor_of(request), centre_id=order.centre_id, upload=upload, purpose=purpose, order=order
                ))
            except Refusal as refusal:
                form.add_error(name, f"{upload.name}：{refusal.message}")
                wrong = True
        form.fields[name].widget.kept = kept
        data[name] = [file.pk for file in kept]
    return data, wrong


def page(request: HttpRequest, order: WorkOrder, action: Action, form: ActionForm, status: int = 200) -> HttpResponse:
    context = {"order": order, "action": action, "form": form, "back": way_back(request, str(form["next"].value() or ""), order)}
    if is_partial(request):
        return render(request, "workorders/parts/act_form.html", context)
    shown = order_page(actor_of(request), order)
    context |= {"page": shown, "facts": facts(shown), "me": actor_of(request)}
    return render(request, "workorders/act.html", context, status=status)


def refused(request: HttpRequest, order: WorkOrder, action: Action, refusal: Refusal) -> HttpResponse:
    """Somebody was faster, or it is not this person's to do: said plainly, with a way on."""
    status = 409 if isinstance(refusal, AlreadyDone) else 403
    context = {
        "refusal": refusal, "heading": f"没有{action.label}", "back_url": order_url(order.number), "back_label": "查看这张工单",
    }
    return render(request, "ui/refused.html", context, status=status)


def leave(request: HttpRequest, url: str) -> HttpResponse:
    if is_partial(request):
        return HttpResponse(headers={"HX-Redirect": iri_to_uri(url)})
    return HttpResponseRedirect(url)
