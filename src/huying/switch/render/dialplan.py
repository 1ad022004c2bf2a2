"""extensions.conf: the part that is the same everywhere (common.conf) and the contexts made from the plan.

User events in the channel event log, NAME and data:
ENTER called · ROUTE `fallback` or `flow= queue= priority= last= blocked=` · REFUSE lines|flood|abroad|what web says ·
BLOCKED pass|refused · NODE flow:node · KEY flow:node:digits|timeout|invalid (flow may be `waiting` or `nobody`, then the
queue stands for the node) · SAID flow:node:exit|silent|unclear|failed · HUMAN · QUEUE queue · QUEUEEND
queue:ANSWERED|ABANDON|KEY|QUEUESTATUS:member · MAIL file · CALLBACK number · ASK queue ·
INVAIN queue · RECORD file · INVITE key · RATE 1-5|none · OUT number · ROOM room · DESK code ·
SPY mode:extension · PART linkedid

Who is called into a room has a linkedid of its own for good; PART says which call it belongs to, also when nobody answers.
"""

from importlib import resources

from huying.switch.plan import Desk, Number, Phone, Plan, Queue, Trunk
from huying.switch.render.checks import fit, web, whole
from huying.switch.render.flows import flow, hours

WHY = (
    '${IF($[0${HANGUPCAUSE} = 3]?20:'  # no route: not registered
    '${IF($["${DIALSTATUS}"="NOANSWER" | 0${HANGUPCAUSE} = 0]?19:${HANGUPCAUSE})})}'
)
"""What whoever dialled in vain is told: busy, rejected, not there. "Normal" would come out as 603, decline, whatever it was."""

ASKED = "*0"
"""What is dialled to consult what has no number: the manager can only press keys, so the place stands in HY_ASK."""


def extensions(plan: Plan) -> str:
    common = resources.files(__package__).joinpath("common.conf").read_text(encoding="utf-8")
    parts = ["[general]", "static = yes", "writeprotect = yes", "clearglobalvars = yes", "", *_globals(plan), "", common]
    parts += ["[number]", *(_number(plan, number) for number in plan.numbers), ""]
    parts += ["[ask-agent]", *map(_queue, plan.queues), "", "[trunks]", *_trunks(plan.trunks), ""]
    parts += ["[hours]", *map(hours, plan.hours), "", *(flow(plan, each) for each in plan.flows)]
    parts += _phones(plan) + _move(plan)
    return "\n".join(parts)


def extension(name: str, *steps: str) -> str:
    """One extension; a step may begin with "(label)"."""
    lines = [f"exten => {name},1,{steps[0]}"]
    for step in steps[1:]:
        label, _, rest = step.partition(")") if step.startswith("(") else ("", "", step)
        lines.append(f" same => n{label + ')' if label else ''},{rest}")
    return "\n".join(lines)


def _globals(plan: Plan) -> list[str]:
    return [
        "[globals]", "HY_BRACE={", f"HY_WEB={web(plan.web_url)}", f"HY_KEY={fit('接口口令', plan.web_key)}",
        f"HY_SPOOL={fit('存放位置', plan.folder)}/spool", f"HY_EMERGENCY={fit('按键', plan.emergency_words)}",
        f"HY_PER_CALLER={whole('同一号码同时呼入', plan.per_caller, 1, 1000)}",
    ]


def _number(plan: Plan, number: Number) -> str:
    shown = plan.callers.get(number.centre, number.called)
    greeting = fit("语音名称", number.greeting) if number.greeting else ""
    return extension(
        fit("被叫号码", number.called), f"Set(__HY_CALLED={number.called})",
        f"Set(__HY_CENTRE={fit('机构编码', number.centre)})", f"Set(__HY_SHOW={fit('主叫显示号码', shown)})",
        f"Set(HY_FLOW={fit('流程名称', number.flow) if number.flow else ''})", f"Set(HY_QUEUE={fit('队列名称', number.queue)})",
        f"Set(HY_GREETING={greeting})", f"Set(HY_SURVEY={'1' if number.survey else ''})",
        f"Set(HY_CENTRE_LINES={whole('机构线路数', plan.lines.get(number.centre, 0), 0, 10000)})", "Goto(enter,s,1)",
    )


def _queue(queue: Queue) -> str:
    name, over = fit("队列名称", queue.name), fit("队列名称", queue.overflow) if queue.overflow else ""
    wait = whole("最长等待秒数", queue.longest_wait, 5, 7200)
    steps = extension(f"q-{name}", f"Gosub(s,1({name},{wait},{over}))", "Return(${GOSUB_RETVAL})")
    if queue.kind == "group":
        return steps
    rings = whole("振铃秒数", queue.ring_seconds, 1, 120)
    return steps + "\n" + extension(f"last-{name}", f"Gosub(ring,s,1({name},{rings}))", "Return(${GOSUB_RETVAL})")


def _trunks(trunks: tuple[Trunk, ...]) -> list[str]:
    """only-<trunk>(number,keys) dials over that one; all(number,keys) over the first that has a line and takes the call."""
    lines = []
    for trunk in trunks:
        name, count = fit("线路名称", trunk.name), whole("线路数", trunk.lines, 1, 5000)
        lines.append(extension(
            f"only-{name}", "Set(DIALSTATUS=CONGESTION)", f"GotoIf($[${{GROUP_COUNT({name}@trunk)}} >= {count}]?end)",
            f"Set(OUTBOUND_GROUP={name}@trunk)", 'Set(LOCAL(TELL)=${IF($["${HY_TELL}"!=""]?b(tell^s^1))})',
            f'Dial(PJSIP/${{ARG1}}@trunk-{name},${{IF($["${{HY_RING}}"=""]?60:${{HY_RING}})}},g${{TELL}}${{ARG2}})', "(end)Return()",
        ))
    steps = ["Set(DIALSTATUS=CHANUNAVAIL)"]
    for trunk in trunks:
        steps += [f"Gosub(only-{trunk.name},1(${{ARG1}},${{ARG2}}))",
                  'GotoIf($["${DIALSTATUS}"!="CHANUNAVAIL" & "${DIALSTATUS}"!="CONGESTION"]?end)']
    return [*lines, extension("all", *steps, "(end)Return()")]


def _desk(desk: Desk) -> str:
    return extension(
        f"desk-{fit('专席代码', desk.code)}", "Gosub(settle,s,1)", f"CELGenUserEvent(DESK,{desk.code})",
        'Set(__HY_TELL=${IF($["${HY_CALL}"=""]?${CHANNEL(linkedid)}:${HY_CALL})})',
        f"Gosub(out,s,1({fit('电话号码', desk.number)},{fit('线路名称', desk.trunk)}))",
        'GotoIf($["${GOSUB_RETVAL}"!="ANSWER"]?in-vain,s,1)', "Hangup(${HANGUPCAUSE})",
    )


def _phones(plan: Plan) -> list[str]:
    """What a seat's phone may dial: another seat, a desk, one of our numbers, a number outside."""
    seats = [fit("分机号", phone.extension) for phone in plan.phones if phone.kind != "citizen"]
    lines = [extension(seat, f"Dial(PJSIP/{seat},30,tTb(answer-now^s^1))", f"Hangup({WHY})") for seat in seats]
    return ["[phones]", *lines, *map(_desk, plan.desks), "include => outbound", ""]


def _move(plan: Plan) -> list[str]:
    """Where a call can be sent: a seat, a queue, a room, a desk, a number outside."""
    lines = [_moved(phone) for phone in plan.phones if phone.kind != "citizen"]
    lines += [extension(f"q-{queue.name}", "Gosub(settle,s,1)", f"Set(HY_QUEUE={queue.name})", "Gosub(record-on,s,1)",
                        'ExecIf($["${QUEUE_PRIO}"=""]?Set(QUEUE_PRIO=5))', "Goto(person,s,1)") for queue in plan.queues]
    lines += [extension(f"ask-{queue.name}", f"Gosub(ask,s,1({queue.name}))", "Hangup(16)")
              for queue in plan.queues if queue.kind == "group"]
    lines.append(extension(ASKED, "Goto(${HY_ASK},1)"))
    lines.append(extension("_room-.", "Set(HY_ROOM=${FILTER(A-Za-z0-9.\\-,${EXTEN:5})})", "Goto(room,s,1)"))
    lines.append(extension("_XX.", "Goto(outbound,${EXTEN},1)"))
    return ["[move]", *lines, *map(_desk, plan.desks), ""]


def _moved(phone: Phone) -> str:
    seat = phone.extension
    return extension(
        seat, "Gosub(settle,s,1)", "Gosub(record-on,s,1)",
        f'Dial(PJSIP/{seat},25,tgb(answer-now^s^1)${{IF($["${{CHANNEL(channeltype)}}"="Local"]?U(record-leg))}})',
        'GotoIf($["${DIALSTATUS}"!="ANSWER"]?in-vain,s,1)',
        'GotoIf($["${HY_ENTERED}"="1"]?after-call,s,1)', "Hangup(16)",
    )
