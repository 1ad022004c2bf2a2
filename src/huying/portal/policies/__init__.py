from huying.portal.policies.proof import (
    citizen,
    forget,
    is_elder,
    keep_going,
    prove_order,
    prove_phone,
    proven_orders,
    proven_phone,
)

__all__ = [
    "citizen", "forget", "is_elder", "keep_going", "prove_order", "prove_phone", "proven_orders", "proven_phone",
]
