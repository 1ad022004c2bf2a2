from django.apps import AppConfig


class CallsConfig(AppConfig):
    name = "huying.calls"
    label = "calls"
    verbose_name = "话务"

    def ready(self) -> None:
        import huying.calls.receivers  # noqa: F401
        from huying.calls.queries.bar import bar_of
        from huying.calls.queries.fullness import blocks_to_decide, waiting_call_backs
        from huying.calls.queries.history import FIELDS, KINDS
        from huying.org.catalog import register_bar, register_nav
        from huying.org.queries.history import name_kinds

        register_nav("坐席墙", "calls:wall", "calls.monitor", order=335, side="centre")
        register_nav("通话", "calls:calls", "calls.view", "calls.view_own", order=340, side="centre")
        register_nav("话务", "calls:reports", "calls.report", order=320, side="centre")
        name_kinds(KINDS, FIELDS)
        register_bar("calls/bar.html", bar_of, "calls.answer")
        register_nav("回拨", "calls:pool", "calls.answer", order=205, side="centre", count=waiting_call_backs)
        register_nav(
            "拦截", "calls:blocks", "calls.nominate_block", "calls.approve_block", order=440, side="centre", count=blocks_to_decide
        )
        register_nav("话务设置", "calls:settings", "calls.manage", order=935, side="centre")
