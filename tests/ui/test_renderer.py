"""Controls drawn without templates look exactly like Django's own."""

from datetime import date

import pytest
from django import forms
from django.forms.renderers import DjangoTemplates
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy

from huying.ui.templatetags.renderer import DRAWN, Renderer

ODD = '<b>"&\'港'
CHOICES = [("", "全部"), ("a", ODD), (ODD, "乙"), (3, mark_safe("<i>三</i>")), ("组", [("x", "甲"), ("y", gettext_lazy("Monday"))])]
ATTRS = {"id": "id_x", "class": ODD, "required": True, "disabled": False, "data-n": 5}
WIDGETS = [
    *(one for kind in (
        forms.TextInput, forms.NumberInput, forms.EmailInput, forms.URLInput, forms.PasswordInput, forms.HiddenInput,
        forms.DateInput, forms.DateTimeInput, forms.TimeInput, forms.CheckboxInput,
    ) for one in (kind(), kind(ATTRS))),
    *(kind(ATTRS, CHOICES) for kind in (forms.Select, forms.SelectMultiple)),
    forms.Select(choices=[]), forms.RadioSelect(ATTRS, CHOICES), forms.Textarea(ATTRS),
    forms.SelectDateWidget(), forms.ClearableFileInput(),
]
VALUES = [None, "", ODD, "a", 3, mark_safe("<i>"), True, date(2026, 11, 20), ["a", "x"]]


@pytest.mark.parametrize("widget", WIDGETS, ids=lambda widget: type(widget).__name__)
@pytest.mark.parametrize("value", VALUES, ids=repr)
def test_the_same_letters(widget, value):
    own, djangos = (widget.render("n", value, {"id": "id_n"}, renderer) for renderer in (Renderer(), DjangoTemplates()))
    assert own == djangos


def test_each_drawn_one_is_tried():
    tried = {widget.template_name for widget in WIDGETS}
    assert set(DRAWN) - tried == {"django/forms/widgets/input.html"}  # the one the others are made of
