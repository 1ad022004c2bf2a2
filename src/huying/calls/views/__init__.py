from huying.calls.views.switch import route, service

__all__ = ["route", "service"]
