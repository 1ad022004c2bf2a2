from django.apps import AppConfig


class FollowupConfig(AppConfig):
    name = "huying.followup"
    label = "followup"
    verbose_name = "回访"

    def ready(self) -> None:
        from huying.followup import operations, receivers  # noqa: F401  (performers and subscribers register themselves)
        from huying.followup.queries import waiting_count
        from huying.org.catalog import register_nav

        register_nav("回访", "followup:desk", "followup.call", order=200, side="centre", count=waiting_count)
        register_nav("评价", "followup:ratings", "followup.view", order=210, side="centre")
