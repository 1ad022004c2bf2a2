"""The Content-Security-Policy forbids inline script and style; no template of any room may want one."""

import re
from pathlib import Path

import pytest

import huying

ROOMS = Path(huying.__file__).parent
TEMPLATES = sorted(ROOMS.glob("*/templates/**/*.html"))
FORBIDDEN = {
    "inline script": r"<script(?![^>]*\bsrc=)[^>]*>",
    "script from elsewhere": r"""<script[^>]*\bsrc=["']?(?:https?:)?//""",
    "inline style": r"<style\b|\sstyle\s*=",
    "event attribute": r"<[a-z][^>]*\son[a-z]+\s*=",
    "script address": r"""(?:href|src|action)\s*=\s*["']?\s*javascript:""",
    "htmx eval": r"hx-on|hx-vals\s*=\s*[\"']js:|hx-headers\s*=\s*[\"']js:",
    "unescaped value": r"\|\s*safe\b|{%\s*autoescape\s+off",
}


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(ROOMS)))
def test_a_template_has_nothing_inline(path):
    text = path.read_text()
    found = [f"{name}: {match[0]}" for name, rule in FORBIDDEN.items() for match in re.finditer(rule, text, re.I)]
    assert not found


def test_the_scan_sees_what_it_should():
    bad = {
        "inline script": "<script>x</script>",
        "script from elsewhere": '<script src="//cdn.example/x.js">',
        "inline style": '<p style="color:red">',
        "event attribute": "<a href='#' onclick='x'>",
        "script address": '<a href="javascript:x">',
        "htmx eval": '<a hx-on:click="x">',
        "unescaped value": "{{ text|safe }}",
    }
    assert all(re.search(FORBIDDEN[name], text, re.I) for name, text in bad.items())
    assert len(TEMPLATES) > 20
