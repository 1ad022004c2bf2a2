from huying.calls.operations.commands import SwitchAway, SwitchRefused, ask_switch
from huying.calls.operations.moves import move_seat, move_seat_at
from huying.calls.operations.seats import force_state, set_state, sign_in_seat, sign_out_seat
from huying.calls.operations.take_in import keep, refold, take_in
from huying.calls.operations.tell import config_changed, tell, tell_gateway

__all__ = [
    "SwitchAway", "SwitchRefused", "ask_switch", "config_changed", "force_state", "keep", "move_seat", "move_seat_at", "refold",
    "set_state", "sign_in_seat", "sign_out_seat", "take_in", "tell", "tell_gateway",
]
