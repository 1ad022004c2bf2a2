from importlib import import_module

from django.apps import AppConfig, apps
from django.db.models.signals import post_migrate
from django.utils.module_loading import module_has_submodule

from huying.org.catalog import register_permissions


class ConfigConfig(AppConfig):
    name = "huying.config"
    label = "config"
    verbose_name = "配置"

    def ready(self) -> None:
        from huying.config import walls

        post_migrate.connect(walls.build, dispatch_uid="walls")
        for app in apps.get_app_configs():
            if app.name.startswith("huying.") and app.module and module_has_submodule(app.module, "catalog"):
                catalog = import_module(f"{app.name}.catalog")
                register_permissions(str(app.verbose_name), getattr(catalog, "PERMISSIONS", {}))
