"""The files that do not depend on what is called: folders, modules, logs, records, manager, web socket, media."""

from huying.switch.plan import Plan
from huying.switch.records import FIELDS
from huying.switch.render.checks import address, fit, whole

MODULES = """
    bridge_builtin_features bridge_builtin_interval_features bridge_holding bridge_native_rtp bridge_simple
    bridge_softmix codec_alaw codec_ulaw codec_g722 codec_resample codec_opus_open_source format_pcm format_wav
    res_timing_timerfd res_musiconhold res_format_attr_opus
    res_pjproject res_sorcery_config res_sorcery_memory res_sorcery_astdb res_http_websocket res_crypto res_srtp
    res_rtp_asterisk res_pjsip res_pjsip_session chan_pjsip res_pjsip_authenticator_digest res_pjsip_caller_id
    res_pjsip_dtmf_info res_pjsip_empty_info res_pjsip_endpoint_identifier_ip res_pjsip_endpoint_identifier_user
    res_pjsip_nat res_pjsip_outbound_authenticator_digest res_pjsip_pubsub res_pjsip_refer res_pjsip_registrar
    res_pjsip_rfc3326 res_pjsip_sdp_rtp res_pjsip_transport_websocket res_pjsip_dlg_options res_pjsip_acl
    res_pjsip_diversion res_pjsip_header_funcs res_pjsip_notify
    pbx_config app_exec app_celgenuserevent app_chanspy app_confbridge app_dial app_mixmonitor app_playback app_queue app_read
    app_record app_senddtmf app_stack app_verbose func_base64 func_callerid func_channel func_curl func_db func_devstate
    func_dialplan func_env func_global func_groupcount func_json func_lock func_logic func_math func_strings func_timeout
    func_uri res_curl func_hangupcause func_pjsip_contact func_pjsip_endpoint func_pjsip_aor func_sprintf
    res_cdrel_custom cel_custom cel_manager res_security_log
""".split()  # noqa: SIM905
EVENTS = (
    "CHAN_START,CHAN_END,ANSWER,HANGUP,BRIDGE_ENTER,BRIDGE_EXIT,APP_START,APP_END,BLINDTRANSFER,ATTENDEDTRANSFER,PICKUP,"
    "FORWARD,LINKEDID_END,LOCAL_OPTIMIZE,STREAM_BEGIN,STREAM_END,USER_DEFINED"
)
HOLD, HOLD_KEYS = "hyhold", "*#6"
RETRIEVE_KEY = "*"
"""A telephone's channel sent HOLD_KEYS waits in the context `held` until RETRIEVE_KEY, while the others in its bridge hear
music: hold as a telephone's own key makes it, without the telephone having one."""

LOCAL = "127.0.0.1"  # the manager and the web socket are never opened to a network


def asterisk(plan: Plan) -> str:
    folder = fit("存放位置", plan.folder)
    places = {
        "astetcdir": "etc", "astmoddir": "lib/modules", "astvarlibdir": "lib", "astdbdir": "lib", "astkeydir": "lib",
        "astdatadir": "", "astagidir": "lib/agi-bin", "astspooldir": "spool", "astrundir": "run", "astlogdir": "log",
        "astcachedir": "spool/tmp", "astsbindir": "lib",
    }
    lines = [f"{name} => {folder}/{place}".rstrip("/") for name, place in places.items()]
    return "\n".join([
        "[directories]", *lines, "[options]", "verbose = 1", "defaultlanguage = zh", "documentation_language = en_US",
        f"systemname = {fit('节点名称', plan.node)}", "hideconnect = yes", "live_dangerously = no", "maxfiles = 20000", "",
    ])


def modules(plan: Plan) -> str:
    """Only what is used: a module that is not there cannot be attacked. Missing ones are passed over at the start."""
    return "\n".join(["[modules]", "autoload = no", *(f"load = {name}.so" for name in MODULES), ""])


def logger(plan: Plan) -> str:
    return "\n".join([
        "[general]", "dateformat = %F %T.%3q", "appendhostname = no", "queue_log = yes", "queue_log_to_file = yes",
        "queue_log_name = queue_log", "logger_queue_limit = 10000", "[logfiles]",
        "full = notice,warning,error,verbose(1),security", "console = warning,error", "",
    ])


def cel(plan: Plan) -> str:
    """Not DTMF: keys pressed may be a secret; what is wanted of them is told as KEY and RATE."""
    return "\n".join([
        "[general]", "enable = yes", "apps = queue,confbridge,dial,chanspy,record", f"events = {EVENTS}",
        "[manager]", "enabled = yes", "show_user_defined = yes", "",
    ])


def cel_custom(plan: Plan) -> str:
    """The order of the columns is `records.FIELDS`. In the form that every release reads."""
    return "\n".join(["[mappings]", f"cel.csv => {','.join(f'${{CSV_QUOTE({value})}}' for value in FIELDS.values())}", ""])


def manager(plan: Plan) -> str:
    """Of the three hundred events of a call two hundred and sixty are steps of the dialplan; nobody here listens to them."""
    return "\n".join([
        "[general]", "enabled = yes", "webenabled = no", f"bindaddr = {LOCAL}",
        f"port = {whole('管理端口', plan.ami_port, 1, 65535)}", "timestampevents = yes", "authtimeout = 10",
        "authlimit = 20", "allowmultiplelogin = yes", "displayconnects = no", "broken_events_action = no",
        "disabledevents = VarSet,Newexten,HangupHandlerPush,HangupHandlerRun,RTCPSent,RTCPReceived,DTMFBegin,DTMFEnd",
        "[huying]", f"secret = {fit('接口口令', plan.ami_secret)}", "deny = 0.0.0.0/0.0.0.0",
        f"permit = {LOCAL}/255.255.255.255", "read = system,call,agent",
        "write = system,call,agent,command,originate,reporting", "writetimeout = 5000", "",
    ])


def cdr(plan: Plan) -> str:
    """The facts are made of the event log; a second bookkeeping of every channel would only cost."""
    return "\n".join(["[general]", "enable = no", ""])


def http(plan: Plan) -> str:
    return "\n".join([
        "[general]", "servername = huying", "enabled = yes", f"bindaddr = {LOCAL}",
        f"bindport = {whole('网页电话端口', plan.http_port, 1, 65535)}", "enable_static = no", "enable_status = no",
        "sessionlimit = 500", "session_inactivity = 30000", "session_keep_alive = 15000", "",
    ])


def rtp(plan: Plan) -> str:
    """A browser on this machine would be offered the addresses of its cards, where media bound to `host` is not heard."""
    low = whole("媒体端口", plan.rtp_low, 1024, 65000)
    high = whole("媒体端口", plan.rtp_high, low + 9, 65535)
    traps = [f"{address(own)} => {address(plan.host)}" for own in plan.machine]
    return "\n".join([
        "[general]", f"rtpstart = {low}", f"rtpend = {high}", "strictrtp = yes", "icesupport = yes", "rtpchecksums = no",
        *(["[ice_host_candidates]", *traps] if traps else []), "",
    ])


def musiconhold(plan: Plan) -> str:
    return "\n".join([
        "[general]", "[default]", "mode = files", f"directory = {fit('存放位置', plan.folder)}/sounds/moh", "sort = alpha", "",
    ])


def confbridge(plan: Plan) -> str:
    return "\n".join([
        "[general]", "[hy_room]", "type = bridge", "max_members = 12", "record_conference = no", "language = zh",
        "[hy_party]", "type = user", "quiet = yes", "announce_join_leave = no", "music_on_hold_when_empty = yes",
        "dtmf_passthrough = no", "",
    ])


def features(plan: Plan) -> str:
    """Key sequences that nobody dials by chance: a transfer is asked for on the manager, which presses them all at once."""
    return "\n".join([
        "[general]", "transferdigittimeout = 1", "featuredigittimeout = 1000", "atxfernoanswertimeout = 30",
        "atxferdropcall = no", "atxferloopdelay = 2", "atxfercallbackretries = 0", "atxferabort = *#1",
        "atxfercomplete = *#2", "atxferthreeway = *#3", "atxferswap = *#4", "[featuremap]", "atxfer = *#9", "blindxfer =",
        "disconnect =", "automixmon =", "parkcall =", "[applicationmap]",
        f"{HOLD} = {HOLD_KEYS},self,Gosub(held,s,1),default", "",
    ])


def indications(plan: Plan) -> str:
    """The tones of China's network (GB/T 3384): 450 Hz; dial, busy and ring-back of one second in five."""
    return "\n".join([
        "[general]", "country = cn", "[cn]", "description = China", "ringcadence = 1000,4000", "dial = 450",
        "busy = 450/350,0/350", "ring = 450/1000,0/4000", "congestion = 450/700,0/700", "callwaiting = 450/400,0/4000",
        "dialrecall = 450", "record = 950/400,0/10000", "info = 450/100,0/100,450/100,0/100,450/100,0/100,450/400,0/400",
        "stutter = 450", "",
    ])


FILES = {
    "asterisk.conf": asterisk, "modules.conf": modules, "logger.conf": logger, "cel.conf": cel,
    "cel_custom.conf": cel_custom, "manager.conf": manager, "http.conf": http, "rtp.conf": rtp,
    "musiconhold.conf": musiconhold, "confbridge.conf": confbridge, "features.conf": features, "indications.conf": indications,
    "cdr.conf": cdr,
}
EMPTY = ("acl.conf", "ccss.conf", "udptl.conf", "pjproject.conf", "codecs.conf", "queuerules.conf",
         "pjsip_notify.conf")
