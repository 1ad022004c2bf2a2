"""The room that every page is built from."""

from django.apps import AppConfig


class UiConfig(AppConfig):
    name = "huying.ui"
    label = "ui"
    verbose_name = "界面"
