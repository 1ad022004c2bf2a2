"""Tell the hotline something: all on one page, or one question at a time in the large-type version."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.decorators import method_decorator
from django.views import View

from huying.kernel.errors import Refusal
from huying.org.models import Centre
from huying.portal.forms import AppealForm
from huying.portal.operations import add_files, check_limit, count_use, remove_file, send_in, throw_away
from huying.portal.policies import citizen, prove_order
from huying.portal.queries import order_ids_of, template_open
from huying.portal.queries.send_in import appeal_of, same_matter
from huying.portal.rules.questions import SEND, Question
from huying.portal.views.asking import (
    TRAP,
    answered,
    asked,
    code_checked,
    here,
    next_question,
    send_again,
    show,
    where_wrong,
)
from huying.portal.views.doors import address_of, browser_of, of_centre, status_of
from huying.portal.views.sheet import Sheet, begin, come_back, finished, take_typed, uploads
from huying.ui.fields import refuse
from huying.workorders.queries.packs import NoTemplate


@method_decorator(of_centre, name="dispatch")
class Send(View):
    """GET shows what has been kept, POST keeps what was sent and does what the pressed button says."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        centre, template = args[0], kwargs.get("template", "general")
        try:
            opened = template_open(centre, template)
        except NoTemplate as closed:
            raise Http404 from closed
        return super().dispatch(request, centre, opened)

    def get(self, request: HttpRequest, centre: Centre, opened: Any) -> HttpResponse:
        sheet = begin(request, centre, opened)
        form = sheet.form(bound=False)
        return show(sheet, form, asked(sheet, form, request.GET.get("step", "")))

    def post(self, request: HttpRequest, centre: Centre, opened: Any) -> HttpResponse:
        try:
            sheet = come_back(request, centre, opened)
        except Refusal as refusal:
            return blocked(request, centre, opened, refusal)
        assert sheet.draft is not None
        if sheet.draft.order_id:
            return to_done(sheet)
        if "_clear" in request.POST:
            throw_away(sheet.draft)
            messages.info(request, "已清空，可以重新填写。")
            return redirect(here(sheet))
        form = sheet.form(bound=False)
        question = asked(sheet, form, request.POST.get("step", "")) if sheet.elder else None
        take_typed(sheet, form, question.fields if question else form.fields)
        return pressed(sheet, question, take_files(sheet))


def blocked(request: HttpRequest, centre: Centre, opened: Any, refusal: Refusal) -> HttpResponse:
    """Too many new drafts from one address: the page comes back as typed."""
    sheet = begin(request, centre, opened)
    sheet.typed = {**sheet.typed, **{name: str(value) for name, value in request.POST.items() if name != "draft"}}
    form = sheet.form(bound=True)
    form.errors.clear()
    form.add_error(None, refusal.message)
    return show(sheet, form, asked(sheet, form, request.POST.get("step", "")), status=status_of(refusal))


def take_files(sheet: Sheet) -> list[Refusal]:
    """Keep what was uploaded; what was refused and why."""
    arrived = uploads(sheet.request)
    if not arrived:
        return []
    assert sheet.draft is not None
    address = address_of(sheet.request)
    try:
        check_limit("file_address", address, sheet.centre)
    except Refusal as refusal:
        return [refusal]
    count_use("file_address", address, sheet.centre, len(arrived))
    return add_files(sheet.draft, citizen(sheet.request), arrived)


def pressed(sheet: Sheet, question: Question | None, refused: list[Refusal]) -> HttpResponse:
    """What the button asks for."""
    said = sheet.request.POST
    assert sheet.draft is not None
    if "_remove" in said:
        remove_file(sheet.draft, int(said["_remove"]) if said["_remove"].isdecimal() else 0)
    if {"_remove", "_refresh", "_keep"} & set(said) or (refused and question):
        return show(sheet, with_files(quiet(sheet), refused), question)
    if "_code" in said:
        return send_again(sheet, question)
    if "_back" in said and question:
        return redirect(here(sheet, next_question(sheet, sheet.form(bound=False), question, -1).code))
    form = with_files(sheet.form(bound=True), refused)
    if question and question != SEND:
        return answered(sheet, form, question)
    return try_to_send(sheet, form, question)


def quiet(sheet: Sheet) -> AppealForm:
    """The form as typed, without a word about what is still missing."""
    form = sheet.form(bound=True)
    form.errors.clear()
    return form


def with_files(form: AppealForm, refused: list[Refusal]) -> AppealForm:
    form.is_valid()
    for refusal in refused:
        form.add_error("papers", refusal.message)
    return form


def try_to_send(sheet: Sheet, form: AppealForm, question: Question | None) -> HttpResponse:
    """Everything is checked, then it becomes an order; or the page comes back and says at once what is missing."""
    request = sheet.request
    if request.POST.get(TRAP):
        form.add_error(None, "没有提交：页面里有一格应当留空，却被自动填写了。已为您清空，请再点一次“提交”。")
    if not form.errors and "phone" in form.cleaned_data:
        code_checked(sheet, form)
    if form.errors:
        return show(sheet, form, where_wrong(sheet, form, question))
    own = order_ids_of(request.session, sheet.centre)
    alike = [] if "_again" in request.POST else same_matter(citizen(request, own), form)
    if alike:
        return show(sheet, form, question, alike=alike)
    try:
        return make_order(sheet, form)
    except Refusal as refusal:
        refuse(form, refusal)
        return show(sheet, form, question, status=status_of(refusal))


def make_order(sheet: Sheet, form: AppealForm) -> HttpResponse:
    """Raises TooMuch, BadInput. Counted only once it is done, so that a correction costs nothing."""
    request, centre = sheet.request, sheet.centre
    anonymous = bool(form.cleaned_data.get("anonymous"))
    uses = {"submit_browser": browser_of(request), "submit_address": address_of(request)}
    uses |= {"anonymous_address": address_of(request)} if anonymous else {"submit_phone": form.cleaned_data["phone"]}
    for what, value in uses.items():
        check_limit(what, value, centre)
    assert sheet.draft is not None
    actor = citizen(request, name="匿名举报人" if anonymous else "诉求人")
    order = send_in(actor=actor, draft=sheet.draft, new=appeal_of(form))
    for what, value in uses.items():
        count_use(what, value, centre)
    if anonymous:
        prove_order(request.session, order.pk)
    return to_done(sheet)


def to_done(sheet: Sheet) -> HttpResponse:
    finished(sheet.request, sheet.key)
    return redirect("portal:done", sheet.centre.code, sheet.key)
