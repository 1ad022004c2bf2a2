from huying.audit.queries.quick import quick
from huying.audit.queries.scope import ALL, Scope, set_scope, tenant_scope
from huying.audit.queries.verify import Fault, verify

__all__ = ["ALL", "Fault", "Scope", "quick", "set_scope", "tenant_scope", "verify"]
