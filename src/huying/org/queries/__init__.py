from huying.org.queries.tenant_scope import ALL, centres_of, tenant_scope

__all__ = ["ALL", "centres_of", "tenant_scope"]
