"""Settings of the telephone: what the centre decided, lists of callers, and what does not work."""

from pathlib import Path
from typing import Any

from django.conf import settings as site
from django.contrib import messages
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from huying.calls.forms.settings import ListForm, SettingForm
from huying.calls.models import CallerList, ListedCaller, PhoneSetting
from huying.calls.operations import settings as operations
from huying.calls.policies import lists_of
from huying.calls.queries.plan import plan_and_faults
from huying.org.models import Centre
from huying.org.policies import actor_of, found_or_404, needs
from huying.org.queries.paging import page_of

MANAGE = operations.MANAGE


@require_safe
@needs(MANAGE)
def settings(request: HttpRequest) -> HttpResponse:
    """The address that all pages of the settings begin with, so that the menu shows where one is."""
    return redirect("calls:setting")


@needs(MANAGE)
def setting(request: HttpRequest) -> HttpResponse:
    """The centre's own decisions; below, whatever the switch could not be told."""
    actor, centre = actor_of(request), _centre(request)
    row = PhoneSetting.objects.filter(centre=centre).first() or PhoneSetting(centre=centre)
    form = SettingForm(request.POST or None, instance=row)
    if request.method == "POST" and form.is_valid():
        operations.save_setting(actor=actor, centre=centre, values=form.cleaned_data)
        messages.success(request, "话务参数已保存，立即生效")
        return redirect("calls:setting")
    faults = plan_and_faults(Path(site.DATA))[1] if request.method == "GET" else []
    return _shown(request, "setting", form, faults=faults)


@require_safe
@needs(MANAGE)
def caller_lists(request: HttpRequest) -> HttpResponse:
    rows = lists_of(actor_of(request)).select_related("centre").annotate(count=Count("callers")).order_by("centre_id", "code")
    return render(request, "calls/settings/lists.html", {"rows": rows})


@needs(MANAGE)
def list_new(request: HttpRequest) -> HttpResponse:
    return _list_page(request, CallerList(centre=_centre(request)))


@needs(MANAGE)
@never_cache
def caller_list(request: HttpRequest, pk: int) -> HttpResponse:
    return _list_page(request, found_or_404(request, lists_of(actor_of(request)), stream="caller_list", pk=pk))


def _list_page(request: HttpRequest, row: CallerList) -> HttpResponse:
    form = ListForm(request.POST or None, instance=row)
    if request.method == "POST" and form.is_valid():
        saved = operations.save_list(actor=actor_of(request), row=form.save(commit=False), numbers=form.cleaned_data["numbers"])
        messages.success(request, f"名单“{saved.name}”已保存")
        return redirect("calls:caller-list", saved.pk)
    listed = page_of(row.callers.order_by("id"), request.GET) if row.pk else None
    return _shown(request, "list", form, row=row if row.pk else None, page=listed)


@require_POST
@needs(MANAGE)
def list_delete(request: HttpRequest, pk: int) -> HttpResponse:
    row = found_or_404(request, lists_of(actor_of(request)), stream="caller_list", pk=pk)
    operations.delete_list(actor=actor_of(request), row=row)
    messages.success(request, f"名单“{row.name}”及引用它的路由规则已删除")
    return redirect("calls:caller-lists")


@require_POST
@needs(MANAGE)
def listed_off(request: HttpRequest, pk: int) -> HttpResponse:
    actor = actor_of(request)
    rows = ListedCaller.objects.filter(list__in=lists_of(actor)).select_related("list")
    row = found_or_404(request, rows, stream="caller_list", pk=pk)
    operations.take_off(actor=actor, row=row)
    messages.success(request, "已从名单中移出")
    return redirect("calls:caller-list", row.list_id)


def _centre(request: HttpRequest) -> Centre:
    staff = actor_of(request).staff
    assert staff is not None
    return staff.centre


def _shown(request: HttpRequest, name: str, form: Any, **context: Any) -> HttpResponse:
    status = 422 if form.is_bound and form.errors else 200
    return render(request, f"calls/settings/{name}.html", {"form": form, **context}, status=status)
