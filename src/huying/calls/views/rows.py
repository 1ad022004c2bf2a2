"""One list and one form for every simple kind of row (kinds.py)."""

from collections.abc import Iterator
from typing import Any

from django.conf import settings as site
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from huying.calls.models import Phone
from huying.calls.operations import rows as operations
from huying.calls.operations.phones import new_password
from huying.calls.policies import own_centres, settings_rows
from huying.calls.views.home import home_of
from huying.calls.views.kinds import KINDS, PHONES, Kind
from huying.kernel.errors import Refusal
from huying.org.policies import actor_of, found_or_404, needs
from huying.org.queries.paging import page_of
from huying.ui.fields import refuse

MANAGE = operations.MANAGE


def rows_of(request: HttpRequest, kind: Kind) -> QuerySet[Any]:
    rows = settings_rows(actor_of(request), kind.model).select_related("centre", *kind.related)
    return rows.exclude(**dict(kind.without)) if kind.without else rows


@require_safe
@needs(MANAGE)
def rows(request: HttpRequest, kind: Kind) -> HttpResponse:
    page = page_of(rows_of(request, kind).order_by(*kind.order), request.GET, size=100)
    several = own_centres(actor_of(request)).count() > 1
    headings = [(label, css) for label, _, css in kind.columns]
    drawn = [{"row": row, "name": _name(row), "cells": [(label, tell(row), css) for label, tell, css in kind.columns]} for row in page.rows]
    about = {"kind": kind, "page": page, "drawn": drawn, "headings": headings, "several": several, "routes": _routes(kind)}
    return render(request, "calls/settings/rows.html", about)


@needs(MANAGE)
@never_cache
def row_new(request: HttpRequest, kind: Kind) -> HttpResponse:
    return _form_page(request, kind, kind.new(home_of(request)))


@needs(MANAGE)
@never_cache
def row(request: HttpRequest, kind: Kind, pk: int) -> HttpResponse:
    return _form_page(request, kind, found_or_404(request, rows_of(request, kind), stream=_stream(kind), pk=pk))


@require_POST
@needs(MANAGE)
def row_off(request: HttpRequest, kind: Kind, pk: int) -> HttpResponse:
    """Out of use, or in use again."""
    found = found_or_404(request, rows_of(request, kind), stream=_stream(kind), pk=pk)
    on = not found.is_active
    try:
        operations.switch_row(actor=actor_of(request), row=found, on=on)
    except Refusal as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, f"“{_name(found)}”已{'启用' if on else '停用'}")
    return redirect(f"calls:{kind.name}", pk)


@require_POST
@needs(MANAGE)
def row_delete(request: HttpRequest, kind: Kind, pk: int) -> HttpResponse:
    found = found_or_404(request, rows_of(request, kind), stream=_stream(kind), pk=pk)
    operations.delete_row(actor=actor_of(request), row=found)
    messages.success(request, f"“{_name(found)}”已删除")
    return redirect(f"calls:{kind.slug}")


@require_POST
@needs(MANAGE)
@never_cache
def phone_password(request: HttpRequest, pk: int) -> HttpResponse:
    """A new password, shown this once; the old one stops at once."""
    phone = found_or_404(request, rows_of(request, PHONES), stream="phone", pk=pk)
    return shown_once(request, new_password(actor=actor_of(request), row=phone), f"分机 {phone.extension} 的口令已更换")


def shown_once(request: HttpRequest, phone: Phone, done: str) -> HttpResponse:
    sip = phone.kind == Phone.Kind.SIP
    port = site.SWITCH_SIP_PORT if sip else site.SWITCH_HTTP_PORT
    account = {"phone": phone, "done": done, "host": site.SWITCH_HOST, "port": port, "sip": sip}
    return render(request, "calls/settings/phone_once.html", account)


def _form_page(request: HttpRequest, kind: Kind, found: Any) -> HttpResponse:
    actor, made = actor_of(request), found.pk is None
    form = kind.form(request.POST or None, instance=found, actor=actor)
    if request.method == "POST" and form.is_valid():
        try:
            saved: Any = operations.save_row(actor=actor, row=form.save(commit=False))
        except Refusal as refusal:
            if made:
                found.pk = None
            refuse(form, refusal)
        else:
            if made and isinstance(saved, Phone):
                return shown_once(request, saved, f"分机 {saved.extension} 已建立")
            messages.success(request, f"“{_name(saved)}”已保存，立即生效")
            return redirect(f"calls:{kind.slug}")
    panels = [(title, [form[name] for name in names if name in form.fields]) for title, names in kind.panels]
    about = {
        "kind": kind, "form": form, "row": None if made else found, "panels": panels, "routes": _routes(kind),
        "home": found.centre, "homes": list(own_centres(actor)) if made else [],
    }
    return render(request, "calls/settings/row.html", about, status=422 if form.is_bound and form.errors else 200)


def _name(row: Any) -> str:
    return str(next(filter(None, (getattr(row, name, None) for name in ("number", "extension", "name"))), row))


def _stream(kind: Kind) -> str:
    return str(operations.KINDS.get(kind.model, kind.model._meta.model_name))


def _routes(kind: Kind) -> dict[str, str]:
    return {"list": f"calls:{kind.slug}", "one": f"calls:{kind.name}", "new": f"calls:{kind.name}-new",
            "off": f"calls:{kind.name}-off", "delete": f"calls:{kind.name}-delete"}


def addresses() -> Iterator[tuple[str, Any, dict[str, Any], str]]:
    """(path, view, its fixed arguments, name) of every page of every kind."""
    for kind in KINDS:
        fixed, at = {"kind": kind}, f"calls/settings/{kind.slug}/"
        yield at, rows, fixed, kind.slug
        yield f"{at}new", row_new, fixed, f"{kind.name}-new"
        yield f"{at}<int:pk>", row, fixed, kind.name
        if kind.can_be_off:
            yield f"{at}<int:pk>/off", row_off, fixed, f"{kind.name}-off"
        if kind.deletes:
            yield f"{at}<int:pk>/delete", row_delete, fixed, f"{kind.name}-delete"
