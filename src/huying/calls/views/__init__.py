from huying.calls.views.citizen_phone import demo_phone
from huying.calls.views.seat import bar, do, phone_window, seat
from huying.calls.views.switch import route, service

__all__ = ["bar", "demo_phone", "do", "phone_window", "route", "seat", "service"]
