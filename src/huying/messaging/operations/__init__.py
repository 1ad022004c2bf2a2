from huying.messaging.operations.channels import channel
from huying.messaging.operations.deliver import TryAgain, deliver
from huying.messaging.operations.opt_out import set_no_messages
from huying.messaging.operations.receipts import poll_receipts, take_receipts
from huying.messaging.operations.send import ENQUEUE, NoMobile, Outgoing, TooOften, compose, enqueue, send, send_all
from huying.messaging.operations.templates import save_rule, save_template, try_out

__all__ = [
    "ENQUEUE", "NoMobile", "Outgoing", "TooOften", "TryAgain", "channel", "compose", "deliver", "enqueue", "poll_receipts", "save_rule",
    "save_template", "send", "send_all", "set_no_messages", "take_receipts", "try_out",
]
