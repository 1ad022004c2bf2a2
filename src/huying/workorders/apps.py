from django.apps import AppConfig


class WorkordersConfig(AppConfig):
    name = "huying.workorders"
    label = "workorders"
    verbose_name = "工单"

    def ready(self) -> None:
        import huying.workorders.receivers  # noqa: F401
        from huying.org.catalog import register_nav, register_permissions
        from huying.org.operations import Obligation, register_obligation
        from huying.workorders.catalog import PERMISSIONS
        from huying.workorders.operations.hand_over import duties_of, hand_over

        register_permissions("工单", PERMISSIONS)
        register_obligation(Obligation("orders", "在手工单", duties_of, hand_over))
        register_nav("规则", "workorders:rule-settings", "workorders.manage_templates", order=930)
