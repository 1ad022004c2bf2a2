from django.apps import AppConfig
from django.db.models.signals import post_migrate


class ConfigConfig(AppConfig):
    name = "huying.config"
    label = "config"
    verbose_name = "配置"

    def ready(self) -> None:
        from huying.config import walls

        post_migrate.connect(walls.build, dispatch_uid="walls")
