from django.apps import AppConfig


class PortalConfig(AppConfig):
    name = "huying.portal"
    label = "portal"
    verbose_name = "市民网站"
