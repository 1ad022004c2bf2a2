from huying.calls.queries.plan import plan_and_faults, plan_of_node

__all__ = ["plan_and_faults", "plan_of_node"]
