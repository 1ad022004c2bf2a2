"""A published flow as a context: one extension for each node, "n" and its id, so that no id can be a special name."""

from collections.abc import Callable
from datetime import datetime
from zoneinfo import ZoneInfo

from huying.switch.plan import Flow, Hours, Node, Plan
from huying.switch.render.checks import BadPlan, fit, whole

CHINA = ZoneInfo("Asia/Shanghai")
KEYS = "0123456789*#"
PERSON = "person,s,1"
Steps = list[str]


def flow(plan: Plan, each: Flow) -> str:
    name = fit("流程名称", each.name)
    lines = [f"[{name}]", f"exten => s,1,Goto({_at(each.start)})"]
    for node in each.nodes:
        lines.append(f"exten => n{fit('流程节点编号', node.id)},1,Gosub(step,s,1({name}:{node.id}))")
        lines += [f" same => n{step}" for step in _labelled(STEPS[node.kind](plan, f"{name}:{node.id}", node))]
    return "\n".join([*lines, ""])


def hours(each: Hours) -> str:
    """Set HY_OPEN; the epoch is compared, so neither the machine's time zone nor the year matters."""
    lines = [f"exten => {fit('时间表名称', each.name)},1,Set(HY_OPEN=0)", f" same => n,GotoIf($[${{EPOCH}} >= {_epoch(each.until)}]?open)"]
    for start, end in each.spans:
        if start >= end:
            raise BadPlan(f"时间表“{each.name}”有一段的结束不晚于开始")
        lines.append(f" same => n,GotoIf($[${{EPOCH}} >= {_epoch(start)} & ${{EPOCH}} < {_epoch(end)}]?open)")
    return "\n".join([*lines, " same => n,Return()", " same => n(open),Set(HY_OPEN=1)", " same => n,Return()"])


def _prompt(plan: Plan, at: str, node: Node) -> Steps:
    return [f"Playback({_sound(node)})", _leave(node, "next")]


def _menu(plan: Plan, at: str, node: Node) -> Steps:
    tries, seconds = _count(node, "tries", 2, 1, 9), _count(node, "timeout", 5, 1, 60)
    steps = ["Set(HY_TRY=0)", "(ask)Set(HY_TRY=$[${HY_TRY} + 1])", f"Read(HY_PRESSED,{_sound(node)},1,,1,{seconds})"]
    steps += [  # "#" ends what is read, and is not part of it
        'ExecIf($["x${HY_PRESSED}"="x" & "${READSTATUS}"="OK"]?Set(HY_PRESSED=#))',
        'GotoIf($["x${HY_PRESSED}"="x"]?late)',
    ]
    for key, target in node.exits.items():
        if key in {"timeout", "invalid"}:
            continue
        if len(key) != 1 or key not in KEYS:
            raise BadPlan(f"流程节点“{node.id}”的按键“{key[:10]!a}”应为 0-9、* 或 #")
        steps += [f'GotoIf($["x${{HY_PRESSED}}"!="x{key}"]?not{KEYS.index(key)})',
                  f"CELGenUserEvent(KEY,{at}:{key})", f"Set(HY_DIGITS=${{HY_DIGITS}}{node.id}:{key}.)", f"Goto({_at(target)})",
                  f"(not{KEYS.index(key)})NoOp()"]
    lost = node.exits.get("invalid", node.exits.get("timeout", ""))
    return [
        *steps, f"CELGenUserEvent(KEY,{at}:invalid)", f"GotoIf($[${{HY_TRY}} >= {tries}]?{_to(lost)})", "Playback(invalid)",
        "Goto(ask)", f"(late)CELGenUserEvent(KEY,{at}:timeout)", f"GotoIf($[${{HY_TRY}} < {tries}]?ask)", _leave(node, "timeout"),
    ]


def _speech(plan: Plan, at: str, node: Node) -> Steps:
    """`silent`, `unclear`, `failed`, and whatever else comes back that is no exit, each have their way on."""
    keys = [key for key in node.exits if key not in {"silent", "unclear", "failed"}]
    if not set("".join(keys)) <= set("0123456789") or any(len(key) != 1 for key in keys):
        raise BadPlan(f"流程节点“{node.id}”的出口应为 0-9 的按键")
    tries, silence, seconds = _count(node, "tries", 2, 1, 5), _count(node, "silence", 2, 1, 10), _count(node, "seconds", 10, 3, 60)
    wait = whole("语音识别秒数", plan.speech_seconds, 0, 60)
    steps = [f"Gosub(speech,s,1({at},{_sound(node)},{tries},{silence},{seconds},{''.join(keys)},{wait + 1 if wait else 0}))"]
    steps += [f'GotoIf($["x${{GOSUB_RETVAL}}"="x{key}"]?{_to(node.exits[key])})' for key in keys]
    steps += [f'GotoIf($["x${{GOSUB_RETVAL}}"="x{way}"]?{_to(node.exits.get(way, ""))})' for way in ("silent", "failed", "0")]
    return [*steps, _leave(node, "unclear")]


def _collect(plan: Plan, at: str, node: Node) -> Steps:
    digits, seconds = _count(node, "digits", 12, 1, 32), _count(node, "timeout", 8, 1, 60)
    told = "${IF($[\"x${HY_PRESSED}\"=\"x\"]?timeout:" + ("secret" if node.options.get("secret") == "1" else "${HY_PRESSED}") + ")}"
    return [
        f"Read(HY_PRESSED,{_sound(node)},{digits},,1,{seconds})", "Set(HY_PRESSED=${FILTER(0-9*,${HY_PRESSED})})",
        f"CELGenUserEvent(KEY,{at}:{told})", f'GotoIf($["x${{HY_PRESSED}}"="x"]?{_to(node.exits.get("timeout", ""))})',
        f"Set(HY_DIGITS=${{HY_DIGITS}}{node.id}:${{HY_PRESSED}}.)", _leave(node, "next"),
    ]


def _hours(plan: Plan, at: str, node: Node) -> Steps:
    name = fit("时间表名称", node.options.get("name", ""))
    return [f"Gosub(hours,{name},1)", f'GotoIf($["${{HY_OPEN}}"="1"]?{_to(node.exits.get("open", ""))})', _leave(node, "closed")]


def _queue(plan: Plan, at: str, node: Node) -> Steps:
    """Without options of its own the node takes the queue as it is; without a queue, the called number's."""
    name, wait, over = (node.options.get(option, "") for option in ("queue", "wait", "overflow"))
    if not name:
        call = "Gosub(ask-agent,q-${HY_QUEUE},1)"
    else:
        own = next(queue for queue in plan.queues if queue.name == name)
        seconds = whole("最长等待秒数", wait or own.longest_wait, 5, 7200)
        help_out = over or own.overflow
        call = f"Gosub(ask-agent,s,1({fit('队列名称', name)},{seconds},{fit('队列名称', help_out) if help_out else ''}))"
    failed = node.exits.get("timeout", "")
    return [*([f"Set(HY_QUEUE={name})"] if name else []), call, 'GotoIf($["${GOSUB_RETVAL}"="ANSWERED"]?after-call,s,1)',
            f"Goto({_at(failed) if failed else 'person,nobody,1'})"]


def _voicemail(plan: Plan, at: str, node: Node) -> Steps:
    sound = _sound(node) if node.options.get("sound") else ""
    return [f"Set(HY_MAIL_SOUND={sound})", f"Set(HY_MAIL_SECONDS={_count(node, 'seconds', 180, 5, 600)})", "Goto(voicemail,s,1)"]


def _transfer(plan: Plan, at: str, node: Node) -> Steps:
    if code := node.options.get("desk"):
        desk = next(desk for desk in plan.desks if desk.code == code)
        number, trunk = fit("电话号码", desk.number), fit("线路名称", desk.trunk)
        steps = [f"CELGenUserEvent(DESK,{fit('专席代码', code)})", f"Gosub(out,s,1({number},{trunk}))"]
    else:
        number = fit("电话号码", node.options.get("number", ""))
        if number.startswith("00"):
            raise BadPlan(f"流程节点“{node.id}”不能转接境外号码")
        steps = [f"CELGenUserEvent(OUT,{number})", f"Gosub(out,s,1({number}))"]
    return [*steps, 'GotoIf($["${DIALSTATUS}"="ANSWER"]?done)', "Playback(failed)", _leave(node, "failed"), "(done)Hangup(16)"]


def _robot(plan: Plan, at: str, node: Node) -> Steps:
    """Who hangs up is the robot: the caller goes on, or takes the exit whose digit the robot named (context robot-back)."""
    code = node.options.get("desk", "")
    desk = next((desk for desk in plan.desks if desk.code == code), None)
    if desk is None:
        raise BadPlan(f"流程节点“{node.id}”没有写明交给哪个语音机器人")
    keys = [key for key in node.exits if key not in {"next", "failed"}]
    if any(len(key) != 1 or key not in KEYS[:10] for key in keys):
        raise BadPlan(f"流程节点“{node.id}”的出口应为 0-9")
    place = f"{at.partition(':')[0]},n{node.id}"
    return [
        f"CELGenUserEvent(DESK,{fit('专席代码', code)})", "Set(HY_PRESSED=)",
        f"Gosub(robot,s,1({fit('电话号码', desk.number)},{fit('线路名称', desk.trunk)},{place}))",
        f'GotoIf($["${{DIALSTATUS}}"!="ANSWER"]?{_to(node.exits.get("failed", ""))})', "Goto(on)",
        f"(back)CELGenUserEvent(KEY,{at}:${{HY_PRESSED}})", "(on)Gosub(record-on,s,1)",
        *(f'GotoIf($["x${{HY_PRESSED}}"="x{key}"]?{_to(node.exits[key])})' for key in keys), _leave(node, "next"),
    ]


def _self_service(plan: Plan, at: str, node: Node) -> Steps:
    """The web answers {"sounds": "a&b", "exit": "next"}; it has a second, as for the route."""
    service = fit("自助服务名称", node.options.get("service", ""))
    ask = (
        "${CURL(${HY_WEB}/switch/service,"
        f"service={service}&node={at}&called=${{HY_CALLED}}&caller=${{HY_CALLER}}&call=${{CHANNEL(linkedid)}}"
        "&digits=${HY_DIGITS}&key=${HY_KEY})}"
    )
    return [
        "Set(HY_ANSWER=)", 'GotoIf($["${HY_WEB}"=""]?no)', "Set(CURLOPT(conntimeout)=1)", "Set(CURLOPT(httptimeout)=1)",
        "Set(CURLOPT(maxredirs)=0)", "Set(CURLOPT(failurecodes)=301,302,303,307,308,400,401,403,404,405,413,429,500,502,503,504)",
        f"Set(HY_ANSWER={ask})", 'GotoIf($["x${FILTER(${HY_BRACE},${HY_ANSWER:0:1})}"="x"]?no)',
        "Set(HY_SOUNDS=${FILTER(A-Za-z0-9_/&\\-,${JSON_DECODE(HY_ANSWER,sounds)})})", 'GotoIf($["${HY_SOUNDS}"=""]?no)',
        "Playback(${HY_SOUNDS})", "Set(HY_EXIT=${FILTER(a-z,${JSON_DECODE(HY_ANSWER,exit)})})", "Set(HY_DIGITS=)",
        f'GotoIf($["${{HY_EXIT}}"="failed"]?{_to(node.exits.get("failed", ""))})', _leave(node, "next"),
        "(no)Playback(unavailable)", "Set(HY_DIGITS=)", _leave(node, "failed"),
    ]


def _callback(plan: Plan, at: str, node: Node) -> Steps:
    return [f"Set(HY_CALLBACK_SOUND={_sound(node) if node.options.get('sound') else ''})", "Goto(callback,s,1)"]


def _hangup(plan: Plan, at: str, node: Node) -> Steps:
    return [f"Playback({_sound(node) if node.options.get('sound') else 'goodbye'})", "Hangup(16)"]


STEPS: dict[str, Callable[[Plan, str, Node], Steps]] = {
    "prompt": _prompt, "menu": _menu, "speech": _speech, "collect": _collect, "hours": _hours, "queue": _queue, "voicemail": _voicemail,
    "transfer": _transfer, "robot": _robot, "self_service": _self_service, "callback": _callback, "hangup": _hangup,
}


def _sound(node: Node) -> str:
    return fit("语音名称", node.options.get("sound", ""))


def _count(node: Node, option: str, usual: int, low: int, high: int) -> int:
    return whole(f"流程节点“{fit('流程节点编号', node.id)}”的设置", node.options.get(option) or usual, low, high)


def _at(node: str) -> str:
    return f"n{fit('流程节点编号', node)},1"


def _to(node: str) -> str:
    """Where an exit leads: without one, to a person."""
    return _at(node) if node else PERSON


def _leave(node: Node, way: str) -> str:
    return f"Goto({_to(node.exits.get(way, ''))})"


def _labelled(steps: Steps) -> list[str]:
    return [f"({step[1:].partition(')')[0]}),{step.partition(')')[2]}" if step.startswith("(") else f",{step}" for step in steps]


def _epoch(moment: datetime) -> int:
    return int((moment if moment.tzinfo else moment.replace(tzinfo=CHINA)).timestamp())
