from django.apps import AppConfig


class CitizensConfig(AppConfig):
    name = "huying.citizens"
    label = "citizens"
    verbose_name = "诉求人"
