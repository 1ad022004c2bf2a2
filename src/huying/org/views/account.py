"""One's own account, and everybody's sessions for who may end them."""

from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from huying.org.models import ApiToken, SignIn
from huying.org.operations import second_factor
from huying.org.operations.sessions import end_session
from huying.org.operations.tokens import revoke_token
from huying.org.policies import actor_of, found_or_404, needs
from huying.org.queries.paging import page_of
from huying.org.queries.sessions import idle_since, open_sessions, sessions_of
from huying.org.rules.asked import text


@needs()
def account(request: HttpRequest) -> HttpResponse:
    """Who am I, where am I signed in, which tokens speak for me."""
    staff = actor_of(request).staff
    assert staff is not None
    context = {
        "staff": staff, "sign_ins": sessions_of(staff), "idle_since": idle_since(),
        "current": request.session.session_key, "device": second_factor.device_of(staff),
        "tokens": ApiToken.objects.filter(staff=staff).order_by("-id")[:50],
    }
    return render(request, "org/account.html", context)


@require_POST
@needs()
def end_own_session(request: HttpRequest, pk: int) -> HttpResponse:
    actor = actor_of(request)
    row = found_or_404(request, SignIn.objects.filter(staff=actor.staff), stream="sign_in", pk=pk)
    end_session(row, actor)
    messages.success(request, "已退出该设备")
    return redirect("org:account")


@require_POST
@needs()
def revoke(request: HttpRequest, pk: int) -> HttpResponse:
    row = found_or_404(request, ApiToken.objects.filter(staff=actor_of(request).staff), stream="token", pk=pk)
    revoke_token(row)
    messages.success(request, "令牌已吊销，立即失效")
    return redirect("org:account")


@needs("org.end_sessions")
def all_sessions(request: HttpRequest) -> HttpResponse:
    """Everybody who is signed in now, last seen first."""
    rows, q = open_sessions(actor_of(request)), text(request.GET, "q")
    if q:
        rows = rows.filter(Q(staff__name__icontains=q) | Q(staff__username__icontains=q) | Q(staff__unit__name__icontains=q))
    context = {"page": page_of(rows, request.GET), "q": q, "current": request.session.session_key}
    return render(request, "org/sessions.html", context)


@require_POST
@needs("org.end_sessions")
def end_any_session(request: HttpRequest, pk: int) -> HttpResponse:
    actor = actor_of(request)
    row = found_or_404(request, open_sessions(actor), stream="sign_in", pk=pk)
    end_session(row, actor)
    messages.success(request, f"已结束 {row.staff.name} 在这台设备上的登录，对方下一次操作时须重新登录")
    return redirect("org:sessions")
