from huying.calls.views.blocks import block, block_do, block_export, block_new, blocks
from huying.calls.views.calls import call, call_appeal, calls, download, sound
from huying.calls.views.citizen_phone import demo_phone
from huying.calls.views.floor import board, day, hand, help_answer, log, wall
from huying.calls.views.flows import (
    flow,
    flow_name,
    flow_new,
    flow_off,
    flow_publish,
    flow_restore,
    flow_versions,
    flows,
    node,
    node_do,
    node_new,
)
from huying.calls.views.hold import hold
from huying.calls.views.pool import call_back, pool, pool_done
from huying.calls.views.prompts import prompt, prompt_delete, prompt_new, prompt_sound, prompt_try, prompts
from huying.calls.views.reports import report_calls, reports
from huying.calls.views.rows import phone_password
from huying.calls.views.seat import bar, do, phone_window, seat
from huying.calls.views.settings import (
    caller_list,
    caller_lists,
    list_delete,
    list_new,
    listed_off,
    setting,
    settings,
)
from huying.calls.views.skills import skills
from huying.calls.views.switch import route, service, speech
from huying.calls.views.talk import call_for_help, talk
from huying.calls.views.words import words

__all__ = [
    "bar", "block", "block_do", "block_export", "block_new", "blocks", "board", "call", "call_appeal", "call_back", "call_for_help",
    "caller_list", "caller_lists", "calls", "day", "demo_phone", "do", "download", "flow", "flow_name", "flow_new",
    "flow_off", "flow_publish", "flow_restore", "flow_versions", "flows", "hand", "help_answer", "hold", "list_delete",
    "list_new", "listed_off", "log", "node", "node_do", "node_new", "phone_password", "phone_window", "pool",
    "pool_done", "prompt", "prompt_delete", "prompt_new", "prompt_sound", "prompt_try", "prompts", "report_calls",
    "reports", "route", "seat", "service", "setting", "settings", "skills", "sound", "speech", "talk", "wall",
    "words",
]
