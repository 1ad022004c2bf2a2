from django.apps import AppConfig

from huying.org.catalog import PERMISSIONS, register_nav


class OrgConfig(AppConfig):
    name = "huying.org"
    label = "org"
    verbose_name = "组织与权限"

    def ready(self) -> None:
        register_nav("组织", "org:manage", *PERMISSIONS, "audit.read", order=900, home="else")
