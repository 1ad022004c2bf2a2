"""The page of an appeal being typed, and the way from question to question in the large-type version."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from huying.kernel.errors import Refusal
from huying.portal.forms import AppealForm
from huying.portal.operations.phone_codes import WrongCode
from huying.portal.policies import proven_phone
from huying.portal.queries import chosen_names
from huying.portal.rules.questions import CODE, SEND, Question, beside
from huying.portal.views import codes
from huying.portal.views.doors import render
from huying.portal.views.sheet import ASKED_CODE, Sheet

TRAP = "leave_empty"
"""A field nobody sees; what fills it in is no person."""


def asked(sheet: Sheet, form: AppealForm, step: str) -> Question | None:
    """The question of that name; the first one when it is not asked here. None where all stand on one page."""
    if not sheet.elder:
        return None
    row = sheet.questions(form)
    return next((each for each in row if each.code == step), row[0])


def send_again(sheet: Sheet, question: Question | None) -> HttpResponse:
    """The button beside the phone."""
    form = sheet.form(bound=True)
    wrong = list(form.errors.get("phone", []))
    words = ""
    form.errors.clear()
    if wrong:
        form.add_error("phone", wrong[0])
    else:
        words = text_code(sheet, form, question)
    return show(sheet, form, question, code_words=words)


def text_code(sheet: Sheet, form: AppealForm, question: Question | None) -> str:
    """Send it; the refusal goes to where it can be seen."""
    place = "code" if question == CODE else "phone"
    sheet.keep({ASKED_CODE: "1"})
    try:
        return codes.send_to(sheet.request, sheet.centre, form.cleaned_data["phone"])
    except Refusal as refusal:
        form.add_error(place, refusal.message)
        return ""


def answered(sheet: Sheet, form: AppealForm, question: Question) -> HttpResponse:
    """One question of the large-type version: on to the next, or once more with what is wrong."""
    for name in list(form.errors):
        if name not in question.fields:
            del form.errors[name]
    following = next_question(sheet, form, question)
    if not form.errors and question == CODE:
        code_checked(sheet, form)
    elif not form.errors and following == CODE and (words := text_code(sheet, form, question)):
        messages.success(sheet.request, words)
    if form.errors:
        return show(sheet, form, question)
    return redirect(here(sheet, next_question(sheet, form, question).code))


def next_question(sheet: Sheet, form: AppealForm, question: Question, step: int = 1) -> Question:
    return beside(sheet.questions(form), question.code, step, skip_code=sheet.phone_proven)


def code_checked(sheet: Sheet, form: AppealForm) -> bool:
    """Whether the phone is proven, now or before; what is wrong stands beside the code."""
    phone = form.cleaned_data.get("phone", "")
    if form.cleaned_data.get("anonymous") or (phone and phone == proven_phone(sheet.request.session)):
        return True
    try:
        if not form.cleaned_data.get("code"):
            raise WrongCode("请先点“获取验证码”，再填短信里的 6 位数字")
        codes.prove(sheet.request, sheet.centre, phone, form.cleaned_data["code"])
    except Refusal as refusal:
        form.add_error("code", refusal.message)
        return False
    return True


def where_wrong(sheet: Sheet, form: AppealForm, question: Question | None) -> Question | None:
    """In the large-type version the question at fault is asked again."""
    if question is None:
        return None
    row = sheet.questions(form)
    return next((each for each in row if set(each.fields) & set(form.errors)), question)


def here(sheet: Sheet, step: str = "") -> str:
    code = sheet.opened.code
    base = reverse("portal:send", args=[sheet.centre.code]) if code == "general" else reverse(
        "portal:send-special", args=[sheet.centre.code, code])
    return f"{base}?step={step}" if step else base


def show(sheet: Sheet, form: AppealForm, question: Question | None, *, status: int = 200, **more: Any) -> HttpResponse:
    """One page with everything, or one question of it."""
    request = sheet.request
    row = sheet.questions(form)
    last = question == SEND
    context = {
        "form": form, "sheet": sheet, "question": question, "questions": row, "trap": TRAP, "here": here(sheet),
        "special": sheet.opened.code != "general", "place_of": row.index(question) + 1 if question in row else 0,
        "phone_proven": sheet.phone_proven, "demo_code": codes.demo_code(request),
        "code_url": reverse("portal:code", args=[sheet.centre.code]), "extra": [form[name] for name in form.extra],
        "summary": summary(sheet, form) if last else [], **more,
    }
    return render(request, sheet.centre, "ask" if question else "send", context, status=status)


def summary(sheet: Sheet, form: AppealForm) -> list[tuple[str, str, str]]:
    """What will be sent in, for a last look: label, words, the question that changes it."""
    typed = sheet.typed
    place = " ".join(filter(None, [chosen_names(typed.get("region", "")), typed.get("place", "")]))
    more = [(str(form.fields[name].label), str(dict(getattr(form.fields[name], "choices", ())).get(typed.get(name), typed.get(name, ""))),
             "more") for name in form.extra]
    who = "匿名" if typed.get("anonymous") else " ".join(filter(None, [typed.get("name", ""), typed.get("phone", "")]))
    return [("发生了什么", typed.get("content", "") or "（录音）", "what"), *more, ("在哪里", place, "where"), ("联系方式", who, "phone")]
