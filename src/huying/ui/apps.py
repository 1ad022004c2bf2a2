"""The room that every page is built from."""

from django.apps import AppConfig
from django.forms import Field


class UiConfig(AppConfig):
    name = "huying.ui"
    label = "ui"
    verbose_name = "界面"

    def ready(self) -> None:
        # Django's own words name the rule; ours say what to do. Fields that bring their own text keep it.
        Field.default_error_messages = {**Field.default_error_messages, "required": "请填写这一项"}
