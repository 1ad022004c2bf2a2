from django.apps import AppConfig


class MessagingConfig(AppConfig):
    name = "huying.messaging"
    label = "messaging"
    verbose_name = "消息"
