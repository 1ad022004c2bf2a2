"""pjsip.conf: who may speak SIP with us. Whoever is neither a trunk's address nor a phone with its password is refused."""

from ipaddress import ip_address, ip_network

from huying.switch.plan import Phone, Plan, Trunk
from huying.switch.render.base import HOLD
from huying.switch.render.checks import address, fit, network, peer, whole

CONTEXTS = {"webrtc": "phones", "sip": "phones", "citizen": "from-trunk"}


def pjsip(plan: Plan) -> str:
    blocks = [_general(plan), *(_trunk(plan, trunk) for trunk in plan.trunks)]
    blocks += [_phone(plan, phone) for phone in plan.phones]
    return "\n".join(blocks)


def _general(plan: Plan) -> str:
    host = address(plan.host)
    return "\n".join([
        "[global]", "type = global", f"endpoint_identifier_order = {_order(plan)}", "user_agent = huying",
        "default_realm = huying", "keep_alive_interval = 30", "max_initial_qualify_time = 2", "max_forwards = 20",
        "unidentified_request_count = 5", "unidentified_request_period = 5", "unidentified_request_prune_interval = 30",
        "mwi_disable_initial_unsolicited = yes", "allow_sending_180_after_183 = yes", "",
        "[system]", "type = system", "timer_t1 = 500", "timer_b = 32000", "threadpool_initial_size = 5",
        "threadpool_auto_increment = 5", "threadpool_max_size = 50", "",
        "[udp]", "type = transport", "protocol = udp", f"bind = {host}:{whole('信令端口', plan.sip_port, 1, 65535)}",
        "allow_reload = no", "", "[ws]", "type = transport", "protocol = ws", "bind = 127.0.0.1", "",
    ])


def _order(plan: Plan) -> str:
    """A trunk by its address before anything a message says of itself: a carrier's caller may look like a phone's.

    Not so where a trunk's addresses include our own, as when a carrier is played on this machine: phones may have the
    same address then and must be known by name.
    """
    here = ip_address(plan.host)
    shared = any(here in ip_network(network(match)) for trunk in plan.trunks for match in trunk.match)
    return "auth_username,username,ip" if shared else "ip,auth_username,username"


def _media(host: str) -> list[str]:
    return [
        "direct_media = no", "rtp_symmetric = yes", "force_rport = yes", f"media_address = {host}",
        "bind_rtp_to_media_address = yes", "dtmf_mode = auto", "language = zh", "allow_subscribe = no",
        "send_rpid = no", "send_pai = no", "t38_udptl = no", "inband_progress = no", "timers = yes",
    ]


def _trunk(plan: Plan, trunk: Trunk) -> str:
    name = f"trunk-{fit('线路名称', trunk.name)}"
    codecs = ",".join(fit("编码格式", codec) for codec in trunk.codecs)
    return "\n".join([
        f"[{name}]", "type = endpoint", "transport = udp", "context = from-trunk", "disallow = all", f"allow = {codecs}",
        f"aors = {name}", *_media(address(plan.host)), *_refer(plan, trunk), "trust_id_inbound = yes", "rtp_timeout = 300",
        "identify_by = ip", f"set_var = HY_TRUNK={trunk.name}", f"set_var = HY_LINES={whole('线路数', trunk.lines, 1, 5000)}",
        "", f"[{name}]", "type = aor", f"contact = sip:{peer(trunk.contact)}", "",
        f"[{name}]", "type = identify", f"endpoint = {name}", *(f"match = {network(match)}" for match in trunk.match), "",
    ])


def _refer(plan: Plan, trunk: Trunk) -> list[str]:
    """Only a line with a robot of a flow behind it may hand calls on, and only out of a talk with the robot (context tell)."""
    named = {node.options.get("desk") for flow in plan.flows for node in flow.nodes if node.kind == "robot"}
    if not any(desk.trunk == trunk.name and desk.code in named for desk in plan.desks):
        return ["allow_transfer = no"]
    return ["allow_transfer = yes", "set_var = TRANSFER_CONTEXT=nowhere"]


def _phone(plan: Plan, phone: Phone) -> str:
    name = fit("分机号", phone.extension)
    shown = fit("主叫显示号码", phone.caller_id or plan.callers.get(phone.centre, ""))
    browser = phone.kind != "sip"
    # G.711 as the carrier has it: a codec between would be deaf to the next agent after a transfer, as the recorder is
    kind = ["webrtc = yes", "dtls_auto_generate_cert = yes", "allow = alaw,ulaw", "rtp_timeout = 60"]
    own = [f"set_var = __HY_CENTRE={fit('机构编码', phone.centre)}", f"set_var = HY_SHOW={shown}"]
    if phone.kind != "citizen":
        own += ["set_var = __TRANSFER_CONTEXT=move", f"set_var = HY_PHONE={name}", f"set_var = DYNAMIC_FEATURES={HOLD}"]
        own += ["set_var = HY_AUTO=1"] if phone.auto_answer else []
    else:
        own += ["set_var = HY_CITIZEN=1"]  # in a demonstration the page says whose number it calls from
    return "\n".join([
        f"[{name}]", "type = endpoint", f"context = {CONTEXTS[phone.kind]}", "disallow = all",
        *(kind if browser else ["transport = udp", "allow = alaw,ulaw", "rewrite_contact = yes"]),
        f"aors = {name}", f"auth = {name}", *_media(address(plan.host)), "device_state_busy_at = 1",
        f"allow_transfer = {'no' if phone.kind == 'citizen' else 'yes'}", "identify_by = username,auth_username",
        f"callerid = <{name if phone.kind != 'citizen' else shown}>", *own, "",
        f"[{name}]", "type = aor", "max_contacts = 1", "remove_existing = yes", "qualify_frequency = 30",
        "minimum_expiration = 30", "maximum_expiration = 3600", "default_expiration = 300", "",
        f"[{name}]", "type = auth", "auth_type = userpass", f"username = {name}", f"password = {fit('话机口令', phone.password)}", "",
    ])
