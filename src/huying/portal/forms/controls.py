"""Controls that several of the citizens' forms share."""

from typing import Any

from django import forms
from django.conf import settings

from huying.kernel.phones import is_mobile, normalise_phone
from huying.portal.rules.wording import digits


class FilesInput(forms.FileInput):
    allow_multiple_selected = True


def upload(label: str, *, accept: str, sort: str, many: bool, help: str = "", **attrs: str) -> forms.FileField:
    """A file control. Its files never pass through the form: they are kept in the draft as soon as they arrive."""
    shown = {"accept": accept, "data-max-mb": str(settings.ATTACHMENT_MB[sort]), "data-preview": "", **attrs}
    widget = FilesInput(attrs={**shown, "multiple": True}) if many else forms.FileInput(attrs=shown)
    return forms.FileField(label=label, required=False, widget=widget, help_text=help)


class PhoneField(forms.CharField):
    """A mobile number as people write it; cleaned to eleven digits."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("label", "手机号")
        attrs = {"inputmode": "tel", "autocomplete": "tel-national", "type": "tel"}
        super().__init__(max_length=30, widget=forms.TextInput(attrs=attrs), **options)

    def clean(self, value: Any) -> str:
        text = super().clean(value)
        number = normalise_phone(text)
        if text and not is_mobile(number):
            raise forms.ValidationError("请填 11 位手机号。没有手机，请拨打 12345，由人工为您登记")
        return number


class DigitsField(forms.CharField):
    """Six digits, in whatever width and with whatever blanks."""

    def __init__(self, **options: Any) -> None:
        attrs = {"inputmode": "numeric", "autocomplete": "one-time-code", "size": "8", "class": "portal-code"}
        super().__init__(max_length=20, widget=forms.TextInput(attrs=attrs), **options)

    def clean(self, value: Any) -> str:
        return digits(super().clean(value))
