"""The one-screen intake: whatever is sent, the same page comes back with everything typed, or the order is taken in."""

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.datastructures import MultiValueDict
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from huying.desk.forms import DECISIONS, DecisionForm, IntakeForm
from huying.desk.forms.decision import Decision
from huying.desk.forms.intake import Typed
from huying.desk.operations import take_in, urge_instead
from huying.desk.operations.take_in import Earlier, TakenIn
from huying.desk.queries.callers import caller_card
from huying.desk.queries.calls import calls_taken_by
from huying.desk.queries.templates import templates_for
from huying.desk.queries.units import units_of
from huying.desk.rules import BEGINNING
from huying.desk.views.changes import change
from huying.desk.views.drafts import typed_of
from huying.desk.views.panels import beside_context, home
from huying.kernel.errors import Refusal
from huying.org.models import Centre
from huying.org.policies import Actor, needs
from huying.ui.fields import refuse
from huying.workorders.models import Attachment, Draft
from huying.workorders.operations import attach
from huying.workorders.operations.drafts import DraftSpent, own_draft, save_draft, spent_on, typed_in
from huying.workorders.policies import visible_to
from huying.workorders.queries import NoSuchOrder
from huying.workorders.queries.hints import REPEAT_CLOSED, REPEAT_OPEN, hints_for
from huying.workorders.rules.hints import Hint

AGAIN = "这份登记此前已经提交，没有重复登记"
FIELD_OF = {
    "type": "kind", "caller.phone": "phone", "caller.name": "name", "caller.kind": "caller_kind", "code": "decline_code",
}
"""Names of the domain that are called otherwise on this page; `fields.X` is `x_X`."""


@dataclass
class Page:
    """One showing of the form."""

    request: HttpRequest
    actor: Actor
    centre: Centre
    key: UUID
    typed: Any
    draft: Draft | None = None
    open: str = ""
    asked: list[Hint] = field(default_factory=list)
    again: str = ""
    file_errors: list[str] = field(default_factory=list)
    trouble: list[str] = field(default_factory=list)
    focus: str = ""

    def __post_init__(self) -> None:
        self.form = IntakeForm(self.typed, centre=self.centre, templates=templates_for(self.centre))
        self.decision = DecisionForm(self.typed)
        self.form.is_valid()
        self.decision.is_valid()

    @property
    def call(self) -> int | None:
        """The call this form was opened with, as far as it is the person's own to take appeals from."""
        found = getattr(self.form, "cleaned_data", {}).get("call")
        return found if found and calls_taken_by(self.actor).filter(pk=found).exists() else None

    def quiet(self) -> None:
        """Nothing is being decided: what is still missing is no error yet."""
        for form in (self.form, self.decision):
            form.errors.clear()

    def show(self, status: int = 200) -> HttpResponse:
        actor = self.actor
        allowed = [row for row in DECISIONS.values() if actor.may(row.permission)]
        hints = [] if not self.form.value("content") else hints_for(actor, self.form.facts(), self.form.chosen_region())[0]
        context = {
            "key": self.key, "form": self.form, "decision": self.decision, "allowed": {row.do for row in allowed},
            "main": "dispatch" if actor.may("workorders.dispatch") else "submit", "draft": self.draft, "open": self.open,
            "asked": [(hint, self.form.reasons.get(hint.code, "")) for hint in self.asked], "again": self.again,
            "hints": hints, "caller": caller_card(actor, self.form.value("phone")),
            "focus": self.focus, "fresh": not self.open and not self.focus,
            "files": list(self.draft.attachments.all()) if self.draft else [], "file_errors": self.file_errors + self.trouble,
            "units": units_of(self.centre) if actor.may("workorders.dispatch") else [],
            "other_drafts": Draft.objects.filter(staff=actor.staff).exclude(key=self.key)[:100].count(),
            **beside_context(actor, self.form),
        }
        return render(self.request, "desk/intake.html", context, status=status)


@needs("workorders.intake")
def start(request: HttpRequest) -> HttpResponse:
    """A fresh form under an address of its own, so that a reload or a crash comes back to it."""
    return redirect("desk:intake", key=uuid4())


@needs("workorders.intake")
@never_cache
@sensitive_post_parameters()
def intake(request: HttpRequest, key: UUID) -> HttpResponse:
    actor, centre = home(request)
    if number := spent_on(actor, key):
        if request.method == "POST":
            messages.warning(request, AGAIN)
        return finished(request, actor, number)
    if request.method == "POST":
        return posted(request, actor, centre, key)
    draft = own_draft(actor, key)
    if draft is None and Draft.objects.filter(key=key).exists():
        raise Http404
    typed = MultiValueDict(typed_in(draft)) if draft else MultiValueDict({name: [text] for name, text in BEGINNING.items()})
    page = Page(request, actor, centre, key, typed, draft)
    page.quiet()
    return page.show()


def posted(request: HttpRequest, actor: Actor, centre: Centre, key: UUID) -> HttpResponse:
    typed = MultiValueDict(typed_of(request))
    wish, do = request.POST.get("_refresh") or request.GET.get("refresh", ""), request.POST.get("do", "")
    file_errors = keep_files(request, actor, key)
    focus = change(actor, key, typed, wish) if wish else ""
    draft, trouble = kept(actor, key, typed)
    page = Page(request, actor, centre, key, typed, draft, file_errors=file_errors, trouble=trouble, focus=focus)
    if do == "draft" and not file_errors + trouble:
        messages.success(request, "已暂存，可在“我的今日”继续填写")
        return redirect("desk:today")
    if file_errors or wish or do in {"", "draft"}:
        page.quiet()
        page.open = "decline" if wish == "script" else ""
        return page.show(422 if file_errors + trouble else 200)
    if do.startswith("urge:"):
        return urge(page, do.removeprefix("urge:"))
    return decide(page, do)


def kept(actor: Actor, key: UUID, typed: Typed) -> tuple[Draft | None, list[str]]:
    """The draft with what is typed now, or the one there was and why it could not be brought up to date."""
    try:
        return save_draft(actor=actor, key=key, typed=dict(typed.lists())), []
    except NoSuchOrder:
        raise Http404 from None
    except DraftSpent:
        return None, []  # the same form a moment ago: taking it in once more answers with its order
    except Refusal as refusal:
        return own_draft(actor, key), [refusal.message]


def keep_files(request: HttpRequest, actor: Actor, key: UUID) -> list[str]:
    """Attach what was sent to the draft at once, so that it need not be chosen again; what was wrong with the rest."""
    wrong: list[str] = []
    uploads = request.FILES.getlist("files")
    if not uploads:
        return wrong
    for upload in uploads:
        try:
            draft = own_draft(actor, key) or save_draft(actor=actor, key=key, typed=typed_of(request))
            attach(
                actor=actor, centre_id=draft.centre_id, upload=upload, purpose=Attachment.Purpose.APPEAL, draft=draft
            )
        except Refusal as refusal:
            wrong.append(f"{upload.name}：{refusal.message}")
    return wrong


def decide(page: Page, do: str) -> HttpResponse:
    """Take the appeal in as decided, unless something is missing, or a hint still waits for its reason."""
    decision = DECISIONS.get(do)
    if decision is None or not page.actor.may(decision.permission):
        raise Http404
    page.open = do
    if not page.form.is_valid() or not page.decision.is_valid():
        return page.show(422)
    if waiting := unanswered(page, decision):
        page.asked = waiting
        return page.show(422)
    try:
        said = page.decision.said(do, page.centre)
        taken = take_in(
            actor=page.actor, key=page.key, new=page.form.new_order(page.form.reasons), code=decision.code, data=said,
            earlier=earlier(page, do), call=page.call,
        )
    except Refusal as refusal:
        put_right(page, refusal)
        return page.show(422)
    return told(page, taken, decision.done)


def unanswered(page: Page, decision: Decision) -> list[Hint]:
    """The hints in the way of this decision when one of them has no reason yet; all of them, so that each is seen."""
    found, again = hints_for(page.actor, page.form.facts(), page.form.chosen_region())
    page.again = again.order.number if again else ""
    asked = [hint for hint in found if decision.hints is None or hint.code in decision.hints]
    return asked if any(len(page.form.reasons.get(hint.code, "")) < 2 for hint in asked) else []


def earlier(page: Page, do: str) -> Earlier:
    """A repeat that was taken in all the same is tied to the order it repeats."""
    repeated = {REPEAT_OPEN, REPEAT_CLOSED} & set(page.form.reasons)
    declined = do == "decline" and page.form.value("decline_code") == "N06"
    from_earlier = {page.form.value("relation") or "copied": page.form.value("reused")}
    return Earlier(**from_earlier, repeats=page.again if repeated or declined else "")


def put_right(page: Page, refusal: Refusal) -> None:
    """Beside the field it belongs to, in whichever of the two forms that is."""
    fields = {
        FIELD_OF.get(name, name.replace("fields.", "x_")): words for name, words in refusal.fields.items()
    }
    own = {name: words for name, words in fields.items() if name in page.decision.fields}
    rest = {name: words for name, words in fields.items() if name not in own}
    if own:
        refuse(page.decision, type(refusal)(refusal.message, fields=own))
    if rest or not own:
        refuse(page.form, type(refusal)(refusal.message, fields=rest))


def urge(page: Page, number: str) -> HttpResponse:
    note = page.form.value("urge_note") or page.form.value("content") or "来电人再次来电催办"
    try:
        taken = urge_instead(
            actor=page.actor, key=page.key, number=number, phone=page.form.value("phone"), note=note[:5000], call=page.call
        )
    except Refusal as refusal:
        page.quiet()
        put_right(page, refusal)
        return page.show(422)
    return told(page, taken, "已催办，没有另立新单")


def told(page: Page, taken: TakenIn, done: str) -> HttpResponse:
    """To the address of the form again, which from now on shows what became of it."""
    if taken.again:
        messages.warning(page.request, AGAIN)
    else:
        messages.success(page.request, done)
    if taken.reward_code:
        messages.warning(page.request, f"举报奖励查询码：{taken.reward_code}。只显示这一次，请现在告诉举报人记好")
    return redirect("desk:intake", key=page.key)


def finished(request: HttpRequest, actor: Actor, number: str) -> HttpResponse:
    order = visible_to(actor).select_related("unit", "contact", "template").filter(number=number).first()
    return render(request, "desk/finished.html", {"number": number, "order": order, "next": uuid4()})
