"""Roles and the permissions they are made of."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from huying.kernel.errors import Refusal
from huying.org.forms import RoleForm
from huying.org.models import Role
from huying.org.operations.roles import delete_role, save_role
from huying.org.policies import Actor, actor_of, found_or_404, needs
from huying.org.policies.manage import managed_centres, managed_roles
from huying.org.queries.paging import page_of
from huying.org.queries.people import role_list
from huying.org.views.chosen import chosen_centre
from huying.ui.fields import refuse


@needs("org.manage_roles")
def roles(request: HttpRequest) -> HttpResponse:
    actor = actor_of(request)
    page = page_of(role_list(actor, request.GET), request.GET)
    context = {"page": page, "asked": request.GET, "centres": managed_centres(actor)}
    return render(request, "org/roles.html", context)


@needs("org.manage_roles")
def role_new(request: HttpRequest) -> HttpResponse:
    """`?centre=ID` says where; the own centre otherwise."""
    actor = actor_of(request)
    return _role_page(request, actor, Role(centre=chosen_centre(request, actor)))


@needs("org.manage_roles")
def role(request: HttpRequest, pk: int) -> HttpResponse:
    actor = actor_of(request)
    return _role_page(request, actor, found_or_404(request, managed_roles(actor), stream="role", pk=pk))


@require_POST
@needs("org.manage_roles")
def role_delete(request: HttpRequest, pk: int) -> HttpResponse:
    actor = actor_of(request)
    row = found_or_404(request, managed_roles(actor), stream="role", pk=pk)
    try:
        delete_role(actor, row)
    except Refusal as refusal:
        messages.error(request, refusal.message)
        return redirect("org:role", pk)
    messages.success(request, f"角色“{row.name}”已删除")
    return redirect("org:roles")


def _role_page(request: HttpRequest, actor: Actor, row: Role) -> HttpResponse:
    form = RoleForm(request.POST or None, instance=row, actor=actor)
    if request.method == "POST" and form.is_valid():
        try:
            save_role(actor, form.save(commit=False), form.cleaned_data["permissions"])
        except Refusal as refusal:
            refuse(form, refusal)
        else:
            messages.success(request, f"角色“{row.name}”已保存，持有者下一次操作时生效")
            return redirect("org:roles")
    holders = row.staff.filter(is_active=True).select_related("unit")[:50] if row.pk else []
    return render(request, "org/role.html", {"form": form, "row": row if row.pk else None, "centre_of": row.centre, "holders": holders})
