from huying.calls.views.calls import call, calls, download, sound
from huying.calls.views.citizen_phone import demo_phone
from huying.calls.views.seat import bar, do, phone_window, seat
from huying.calls.views.switch import route, service

__all__ = ["bar", "call", "calls", "demo_phone", "do", "download", "phone_window", "route", "seat", "service", "sound"]
