from django.apps import AppConfig


class PortalConfig(AppConfig):
    name = "huying.portal"
    label = "portal"
    verbose_name = "市民网站"

    def ready(self) -> None:
        from huying.calls.rules.above import register_progress
        from huying.portal.operations.spoken import progress_by_phone

        register_progress(progress_by_phone)
