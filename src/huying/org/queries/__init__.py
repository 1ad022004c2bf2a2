from huying.org.queries.calendars import calendar_of, work_calendar
from huying.org.queries.page import page_context
from huying.org.queries.tenant_scope import ALL, centres_of, set_scope, tenant_scope

__all__ = ["ALL", "calendar_of", "centres_of", "page_context", "set_scope", "tenant_scope", "work_calendar"]
