from huying.messaging.operations.send import send

__all__ = ["send"]
