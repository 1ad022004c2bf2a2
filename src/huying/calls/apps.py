from django.apps import AppConfig


class CallsConfig(AppConfig):
    name = "huying.calls"
    label = "calls"
    verbose_name = "话务"

    def ready(self) -> None:
        from huying.calls.queries.bar import bar_of
        from huying.org.catalog import register_bar, register_nav

        register_nav("坐席墙", "calls:wall", "calls.monitor", order=335, side="centre")
        register_nav("通话", "calls:calls", "calls.view", "calls.view_own", order=340, side="centre")
        register_bar("calls/bar.html", bar_of, "calls.answer")
