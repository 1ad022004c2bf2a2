from django.apps import AppConfig


class MessagingConfig(AppConfig):
    name = "huying.messaging"
    label = "messaging"
    verbose_name = "消息"

    def ready(self) -> None:
        from huying.messaging.operations import channel
        from huying.org.catalog import register_nav

        channel()  # nonsense in the setting stops the start, not the first message
        register_nav("短信", "messaging:messages", "messaging.view", order=430, side="centre")
        register_nav("短信模板", "messaging:templates", "messaging.manage", order=940, side="centre")
