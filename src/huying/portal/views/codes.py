"""Small answers for pages that are already open: a code to a phone, the next level of places."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render as django_render
from django.views.decorators.http import require_POST, require_safe

from huying.kernel.errors import Refusal
from huying.kernel.masking import mask_phone
from huying.org.models import Centre
from huying.portal.forms import PhoneLookForm
from huying.portal.operations import check_code, just_sent, send_code
from huying.portal.policies import prove_phone
from huying.portal.queries import children_of
from huying.portal.views.doors import address_of, browser_of, fresh_session, of_centre

KEY, DEMO_CODE = "portal_code", "portal_demo_code"


@require_POST
@of_centre
def ask_code(request: HttpRequest, centre: Centre) -> HttpResponse:
    """The fragment under the button, for a browser with JavaScript; without it the form's own view does the same."""
    form = PhoneLookForm(request.POST)
    words, wrong = "", ""
    if "phone" in form.errors:
        wrong = str(form.errors["phone"][0])
    else:
        try:
            words = send_to(request, centre, form.cleaned_data["phone"])
        except Refusal as refusal:
            wrong = refusal.message
    said = {"code_words": words, "code_wrong": wrong, "demo_code": demo_code(request) if words else ""}
    return django_render(request, "portal/parts/code_said.html", said)


@require_safe
@of_centre
def regions(request: HttpRequest, centre: Centre) -> HttpResponse:
    """Options of the next level."""
    found = children_of(centre)(request.GET.get("parent", "")[:12])
    return django_render(request, "ui/components/region_options.html", {"children": found})


def send_to(request: HttpRequest, centre: Centre, phone: str) -> str:
    """Send a code and remember its key in the session; what to tell the person. Raises Refusal."""
    if just_sent(centre, phone, str(request.session.get(KEY, ""))):
        return f"验证码刚才已发到 {mask_phone(phone)}，还有效，请填短信里的 6 位数字。"
    sent = send_code(centre, phone, address=address_of(request), browser=browser_of(request))
    request.session[KEY] = sent.key
    request.session.pop(DEMO_CODE, None)
    if settings.DEMO:
        request.session[DEMO_CODE] = sent.code
    return f"验证码已发到 {mask_phone(phone)}，5 分钟内有效。没收到，1 分钟后可以再点一次。"


def demo_code(request: HttpRequest) -> str:
    """The code itself, in a demonstration only: no message really goes out there."""
    return str(request.session.get(DEMO_CODE, "")) if settings.DEMO else ""


def prove(request: HttpRequest, centre: Centre, phone: str, code: str) -> None:
    """The code came back: the phone is this browser's for half an hour. Raises WrongCode, TooMuch."""
    check_code(centre, phone, code, str(request.session.get(KEY, "")), address=address_of(request))
    for name in (KEY, DEMO_CODE):
        request.session.pop(name, None)
    fresh_session(request)
    prove_phone(request.session, phone)
