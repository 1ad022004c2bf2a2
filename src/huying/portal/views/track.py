"""Prove that an order is yours: by phone and code, or by number and query code; then see what is yours."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from huying.kernel.errors import Refusal
from huying.org.models import Centre
from huying.portal.forms import CodeLookForm, PhoneLookForm
from huying.portal.operations import find_by_code
from huying.portal.operations.phone_codes import WrongCode
from huying.portal.policies import citizen, forget, prove_order, proven_phone
from huying.portal.queries import my_orders, order_ids_of, own_order
from huying.portal.views import codes
from huying.portal.views.doors import address_of, fresh_session, of_centre, render, status_of
from huying.ui.fields import refuse
from huying.workorders.models import WorkOrder
from huying.workorders.queries import NoSuchOrder

NOT_FOUND = "这个手机号下没有这张工单，请核对单号；下面是这个手机号的全部诉求。"


@of_centre
def track(request: HttpRequest, centre: Centre) -> HttpResponse:
    """Who has proven something sees the list, everybody else the two ways to do so."""
    if request.method == "POST" and "_by_code" in request.POST:
        return by_code(request, centre)
    if request.method == "POST":
        return by_phone(request, centre)
    own = order_ids_of(request.session, centre)
    if own or proven_phone(request.session):
        return render(request, centre, "mine", {"orders": my_orders(citizen(request, own))})
    return ask(request, centre, PhoneLookForm(initial={"number": request.GET.get("number", "")[:60]}), CodeLookForm())


def ask(
    request: HttpRequest, centre: Centre, phone_form: PhoneLookForm, code_form: CodeLookForm, *, status: int = 200,
    words: str = "",
) -> HttpResponse:
    context = {
        "phone_form": phone_form, "code_form": code_form, "code_words": words, "demo_code": codes.demo_code(request),
        "code_url": reverse("portal:code", args=[centre.code]),
    }
    return render(request, centre, "track", context, status=status)


def by_phone(request: HttpRequest, centre: Centre) -> HttpResponse:
    form = PhoneLookForm(request.POST)
    status, words = 200, ""
    if form.is_valid():
        try:
            if "_code" in request.POST:
                words = codes.send_to(request, centre, form.cleaned_data["phone"])
            elif not form.cleaned_data["code"]:
                raise WrongCode(fields={"code": "请先点“获取验证码”，再填短信里的 6 位数字"})
            else:
                codes.prove(request, centre, form.cleaned_data["phone"], form.cleaned_data["code"])
                return to_order(request, centre, form.cleaned_data["number"])
        except Refusal as refusal:
            refuse(form, refusal)
            status = status_of(refusal)
    return ask(request, centre, form, CodeLookForm(), status=status, words=words)


def to_order(request: HttpRequest, centre: Centre, number: str) -> HttpResponse:
    """Straight to the order that was asked for, if it is one's own; another's is as unknown as one that never was."""
    if not number.strip():
        return redirect("portal:track", centre.code)
    try:
        found = own_order(citizen(request, order_ids_of(request.session, centre)), number)
    except NoSuchOrder:
        messages.warning(request, NOT_FOUND)
        return redirect("portal:track", centre.code)
    return redirect("portal:order", centre.code, found.number)


def by_code(request: HttpRequest, centre: Centre) -> HttpResponse:
    form = CodeLookForm(request.POST)
    status = 200
    if form.is_valid():
        try:
            found = find_by_code(centre, form.cleaned_data["order_number"], form.cleaned_data["track_code"], address=address_of(request))
        except Refusal as refusal:
            refuse(form, refusal)
            status = status_of(refusal)
        else:
            fresh_session(request)
            prove_order(request.session, found)
            return redirect("portal:order", centre.code, WorkOrder.objects.values_list("number", flat=True).get(pk=found))
    return ask(request, centre, PhoneLookForm(), form, status=status)


@require_POST
@of_centre
def leave(request: HttpRequest, centre: Centre) -> HttpResponse:
    """Somebody else may use this computer next."""
    forget(request.session)
    messages.success(request, "已退出，这台设备上看不到您的诉求了。")
    return redirect("portal:home", centre.code)
