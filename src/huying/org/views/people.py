"""Accounts: found, opened, changed, handed over and closed."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from huying.kernel.errors import Refusal
from huying.org.forms import DisableForm, StaffForm
from huying.org.models import Employer, Staff
from huying.org.operations import obligations, second_factor, sign_in
from huying.org.operations import staff as people
from huying.org.operations.passwords import reset_password
from huying.org.policies import Actor, actor_of, found_or_404, needs
from huying.org.policies.manage import check_over, managed_centres, managed_roles, managed_staff
from huying.org.queries.paging import page_of
from huying.org.queries.people import locked_among, staff_list
from huying.org.queries.sessions import sessions_of
from huying.org.views.chosen import chosen_centre
from huying.ui.fields import refuse


@needs("org.manage_staff")
def people_list(request: HttpRequest) -> HttpResponse:
    actor = actor_of(request)
    page = page_of(staff_list(actor, request.GET), request.GET)
    roles = dict(managed_roles(actor).order_by("code").values_list("code", "name"))
    context = {
        "page": page, "asked": request.GET, "locked": locked_among(page.rows), "centres": managed_centres(actor),
        "roles": roles.items(), "employers": Employer.choices,
    }
    return render(request, "org/people.html", context)


@needs("org.manage_staff")
def person_new(request: HttpRequest) -> HttpResponse:
    """`?centre=ID` says where; the own centre otherwise."""
    actor = actor_of(request)
    centre = chosen_centre(request, actor)
    form = StaffForm(request.POST or None, actor=actor, centre=centre)
    if request.method == "POST" and form.is_valid():
        try:
            staff, password = people.create_staff(actor, centre, form.cleaned_data["username"], form.person())
        except Refusal as refusal:
            refuse(form, refusal)
        else:
            return _password_once(request, staff, password, "账号已建立")
    context = {"form": form, "centre_of": centre, "centres": managed_centres(actor)}
    return render(request, "org/person.html", context)


@needs("org.manage_staff")
def person(request: HttpRequest, pk: int) -> HttpResponse:
    actor = actor_of(request)
    staff = found_or_404(request, managed_staff(actor), stream="staff", pk=pk)
    form = StaffForm(request.POST or None, actor=actor, centre=staff.centre, staff=staff)
    if request.method == "POST" and form.is_valid():
        try:
            people.edit_staff(actor, staff, form.person())
        except Refusal as refusal:
            refuse(form, refusal)
        else:
            messages.success(request, f"{staff.name} 的账号已保存，立即生效")
            return redirect("org:people")
    context = {
        "form": form, "staff": staff, "centre_of": staff.centre, "own": staff.pk == actor.staff_id,
        "locked": bool(locked_among([staff])), "device": second_factor.device_of(staff),
        "sign_ins": sessions_of(staff)[:5], "above": _above(actor, staff),
    }
    return render(request, "org/person.html", context)


@needs("org.manage_staff")
def person_disable(request: HttpRequest, pk: int) -> HttpResponse:
    """Open work is listed and goes to the successor chosen here, in the same step (R164)."""
    actor = actor_of(request)
    staff = found_or_404(request, managed_staff(actor).filter(is_active=True), stream="staff", pk=pk)
    owed = obligations.owed_by(staff)
    form = DisableForm(request.POST or None, successors=_successors(staff), owing=bool(owed))
    if request.method == "POST" and form.is_valid():
        cells = form.cleaned_data
        try:
            moved = people.disable_staff(actor, staff, reason=cells["reason"], successor=cells.get("successor"))
        except Refusal as refusal:
            refuse(form, refusal)
        else:
            messages.success(request, f"{staff.name} 的账号已停用" + (f"，{moved} 件工作已移交" if moved else ""))
            return redirect("org:people")
    return render(request, "org/person_disable.html", {"form": form, "staff": staff, "owed": owed})


@require_POST
@needs("org.manage_staff")
def person_enable(request: HttpRequest, pk: int) -> HttpResponse:
    return _do(request, pk, lambda actor, staff: people.enable_staff(actor, staff), "账号已启用，下次登录须修改密码")


@require_POST
@needs("org.manage_staff")
def person_unlock(request: HttpRequest, pk: int) -> HttpResponse:
    return _do(request, pk, lambda actor, staff: sign_in.unlock(staff, actor), "已解除锁定")


@require_POST
@needs("org.manage_staff")
def person_second_factor(request: HttpRequest, pk: int) -> HttpResponse:
    return _do(request, pk, lambda actor, staff: second_factor.reset_second_factor(staff, actor), "二次验证已重置")


@require_POST
@needs("org.manage_staff")
def person_password(request: HttpRequest, pk: int) -> HttpResponse:
    """A random password, shown on this answer and nowhere else."""
    actor = actor_of(request)
    staff = found_or_404(request, managed_staff(actor), stream="staff", pk=pk)
    try:
        check_over(actor, staff)
    except Refusal as refusal:
        return _refused(request, staff, refusal)
    return _password_once(request, staff, reset_password(staff, actor), "密码已重置，对方的登录已全部退出")


def _do(request: HttpRequest, pk: int, act: Callable[[Actor, Staff], object], done: str) -> HttpResponse:
    actor = actor_of(request)
    staff = found_or_404(request, managed_staff(actor), stream="staff", pk=pk)
    try:
        check_over(actor, staff)
        act(actor, staff)
    except Refusal as refusal:
        return _refused(request, staff, refusal)
    messages.success(request, f"{staff.name}：{done}")
    return redirect("org:person", staff.pk)


def _refused(request: HttpRequest, staff: Staff, refusal: Refusal) -> HttpResponse:
    messages.error(request, refusal.message)
    return redirect("org:person", staff.pk)


def _password_once(request: HttpRequest, staff: Staff, password: str, done: str) -> HttpResponse:
    return render(request, "org/password_once.html", {"staff": staff, "password": password, "done": done})


def _above(actor: Actor, staff: Staff) -> str:
    """Why this account cannot be changed by `actor`, "" when it can."""
    try:
        check_over(actor, staff)
    except Refusal as refusal:
        return refusal.message
    return ""


def _successors(staff: Staff) -> object:
    """Active people of the same unit; of the centre itself for its own people."""
    rows = Staff.objects.filter(centre=staff.centre, unit=staff.unit_id, is_active=True).exclude(pk=staff.pk)
    return rows.order_by("name")
