"""queues.conf: where callers wait. Members are added while it runs, and kept by Asterisk over a restart."""

from huying.switch.plan import Plan, Queue
from huying.switch.render.checks import fit, whole

# a personal queue is left at once when its one member is not free: the last agent is asked first, nobody waits for them
AWAY = "paused,penalty,inuse,ringing,unavailable,invalid,unknown,wrapup"


# While it says a position Asterisk is deaf to keys; not so in what it says after it. So the offer of the key follows the position.
# The expected wait is said once: later Asterisk would tell how much longer than usual they have waited already as if it were to come.
OFFER = "periodic-announce = callback-offer"
OFFERED = "queue-thankyou = callback-offer"


def queues(plan: Plan) -> str:
    general = ["[general]", "persistentmembers = yes", "autofill = yes", "log_membername_as_agent = yes", ""]
    return "\n".join([*general, *(_queue(queue) for queue in plan.queues)])


def _queue(queue: Queue) -> str:
    personal = queue.kind == "personal"
    every = whole("播报间隔", queue.announce_every, 5, 600)
    says = queue.announce_position and not personal
    lines = [
        f"[{fit('队列名称', queue.name)}]", "musicclass = default", f"strategy = {fit('振铃方式', queue.strategy)}",
        f"timeout = {whole('振铃秒数', queue.ring_seconds, 1, 120)}", "retry = 1", "timeoutpriority = conf", "ringinuse = no",
        "wrapuptime = 0", "autopause = no", f"weight = {whole('队列权重', queue.weight, 0, 1000)}",
        f"maxlen = {whole('最多等待人数', queue.most_waiting, 0, 10000)}", "setinterfacevar = yes", "setqueuevar = no",
        "reportholdtime = no", "memberdelay = 0", f"joinempty = {AWAY if personal else 'yes'}",
        f"leavewhenempty = {AWAY.replace('ringing,', '').replace('inuse,', '') if personal else 'no'}",
        f"announce-position = {'yes' if says else 'no'}", f"announce-holdtime = {'once' if says else 'no'}",
        f"announce-frequency = {every if says else 0}", "min-announce-frequency = 10", "announce-to-first-user = no",
    ]
    if queue.callback and not personal:
        lines += ["context = waiting", *([OFFERED] if says else [OFFER, f"periodic-announce-frequency = {every}"])]
    return "\n".join([*lines, ""])
