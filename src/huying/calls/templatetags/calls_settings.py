"""Tabs of the telephone's settings."""

from collections.abc import Mapping
from typing import Any

from django import template
from django.urls import reverse

register = template.Library()

SECTIONS = [
    ("话务参数", "calls:setting"), ("语音流程", "calls:flows"), ("语音", "calls:prompts"), ("被叫号码", "calls:numbers"),
    ("路由规则", "calls:rules"), ("来电名单", "calls:caller-lists"), ("技能组", "calls:groups"), ("坐席技能", "calls:skills"),
    ("话机", "calls:handsets"), ("最少席数", "calls:periods"), ("其他热线", "calls:desks"), ("中继", "calls:trunks"),
]


@register.simple_tag(takes_context=True)
def settings_tabs(context: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Each is open on its own page and on those below it."""
    path = context["request"].path
    rows = [{"label": label, "url": reverse(name)} for label, name in SECTIONS]
    return [{**row, "active": path.startswith(row["url"])} for row in rows]
