from django.apps import AppConfig


class WorkordersConfig(AppConfig):
    name = "huying.workorders"
    label = "workorders"
    verbose_name = "工单"

    def ready(self) -> None:
        import huying.workorders.receivers  # noqa: F401
        from huying.calls.queries.call_list import register_calls_of_order
        from huying.calls.queries.call_page import register_orders
        from huying.calls.rules.above import register_urgent
        from huying.org.catalog import register_nav, register_permissions
        from huying.org.operations import Obligation, register_obligation
        from huying.workorders.catalog import PERMISSIONS
        from huying.workorders.operations.hand_over import duties_of, hand_over
        from huying.workorders.queries.calls import calls_of_number, orders_of_call
        from huying.workorders.queries.urgent import has_open_urgent_order

        register_permissions("工单", PERMISSIONS)
        register_orders(orders_of_call)
        register_calls_of_order(calls_of_number)
        register_obligation(Obligation("orders", "在手工单", duties_of, hand_over))
        register_urgent(has_open_urgent_order)
        enter_menu()
        register_nav("规则", "workorders:rule-settings", "workorders.manage_templates", order=930)


def enter_menu() -> None:
    """The working lists with how full they are, then all the other lists, then searching."""
    from huying.org.catalog import register_nav
    from huying.workorders.queries.fullness import counted, waiting_exports
    from huying.workorders.rules.desks import DESKS

    menu = [desk for desk in DESKS.values() if desk.menu]
    both = {desk.code for desk in menu if desk.side == "unit"} & {desk.code for desk in menu if desk.side == "centre"}
    for desk in menu:
        register_nav(
            desk.short or desk.label, f"workorders:desk-{desk.code}", *desk.permissions, order=desk.menu,
            side="" if desk.code in both else desk.side, count=counted(desk.code), home="first" if desk.code == "to_review" else "",
        )
    register_nav("工单", "workorders:lists", order=310)
    register_nav("查询", "workorders:search", order=320)
    register_nav("统计", "workorders:tracks", "workorders.view_centre", order=325)
    register_nav("导出", "workorders:exports", "workorders.approve_export", order=330, count=waiting_exports)
