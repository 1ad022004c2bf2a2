from django.apps import AppConfig


class UiConfig(AppConfig):
    name = "huying.ui"
    label = "ui"
    verbose_name = "界面"
