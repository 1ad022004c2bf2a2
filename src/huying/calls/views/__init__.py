from huying.calls.views.calls import call, calls, download, sound
from huying.calls.views.citizen_phone import demo_phone
from huying.calls.views.floor import board, day, hand, help_answer, log, wall
from huying.calls.views.seat import bar, do, phone_window, seat
from huying.calls.views.switch import route, service
from huying.calls.views.talk import call_for_help, talk

__all__ = [
    "bar", "board", "call", "call_for_help", "calls", "day", "demo_phone", "do", "download", "hand", "help_answer",
    "log", "phone_window", "route", "seat", "service", "sound", "talk", "wall",
]
