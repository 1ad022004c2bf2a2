"""Django's password validators call this one (AUTH_PASSWORD_VALIDATORS)."""

from typing import Any

from django.core.exceptions import ValidationError

from huying.org.rules.passwords import LEAST_KINDS, kinds

WORDS = "密码须包含大写字母、小写字母、数字、符号中的至少三类"


class Mixed:
    """At least three kinds of signs (GB/T 22239, identification)."""

    def validate(self, password: str, user: Any = None) -> None:
        if kinds(password) < LEAST_KINDS:
            raise ValidationError(WORDS, code="not_mixed")

    def get_help_text(self) -> str:
        return WORDS
