"""Tags of the organisation's pages."""

from collections.abc import Mapping
from typing import Any

from django import template
from django.urls import reverse

from huying.org.catalog import permission_label
from huying.org.policies import Actor

register = template.Library()

SECTIONS = [
    ("运营中心", "org:centres", "org.manage_centres"),
    ("承办单位", "org:units", "org.manage_units"),
    ("人员", "org:people", "org.manage_staff"),
    ("角色", "org:roles", "org.manage_roles"),
    ("工作日历", "org:calendars", "org.manage_calendars"),
    ("在线登录", "org:sessions", "org.end_sessions"),
    ("变更记录", "org:history", "audit.read"),
]


@register.filter
def permission(code: str) -> str:
    """The Chinese words of a permission code."""
    return permission_label(code)


@register.simple_tag(takes_context=True)
def manage_tabs(context: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The sections of the management pages that this person may open."""
    path = context["request"].path
    return [{**section, "active": path.startswith(section["url"])} for section in sections(context["actor"])]


def sections(actor: Actor) -> list[dict[str, Any]]:
    return [{"label": label, "url": reverse(name)} for label, name, right in SECTIONS if actor.may(right)]
