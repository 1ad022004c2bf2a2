from django.apps import AppConfig


class DeskConfig(AppConfig):
    name = "huying.desk"
    label = "desk"
    verbose_name = "工作台"

    def ready(self) -> None:
        import huying.desk.receivers  # noqa: F401
        from huying.calls.queries.bar import register_card, register_pop
        from huying.desk.queries.callers import card_of_call
        from huying.desk.queries.calls import form_address
        from huying.desk.queries.today import returned_count
        from huying.org.catalog import register_nav

        register_pop(form_address)
        register_card(card_of_call)
        register_nav("受理", "desk:start", "workorders.intake", order=10, side="centre")
        register_nav("今日", "desk:today", "workorders.intake", order=11, side="centre", count=returned_count)
