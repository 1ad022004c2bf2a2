from huying.messaging.views.messages import messages, statistics
from huying.messaging.views.receipts import receipts
from huying.messaging.views.templates import rule, switch, template, templates, trial

__all__ = ["messages", "receipts", "rule", "statistics", "switch", "template", "templates", "trial"]
