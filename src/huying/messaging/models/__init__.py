from huying.messaging.models.gateway import Gateway
from huying.messaging.models.message import Message
from huying.messaging.models.template import SendingRule, Template

__all__ = ["Gateway", "Message", "SendingRule", "Template"]
