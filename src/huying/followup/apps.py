from django.apps import AppConfig


class FollowupConfig(AppConfig):
    name = "huying.followup"
    label = "followup"
    verbose_name = "回访"
