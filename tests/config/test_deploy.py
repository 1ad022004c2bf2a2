"""What stands in deploy/ is true of the code: settings, commands, ports, and what was tried with the programs themselves."""

import re
import shutil
import subprocess

import pytest

from huying.config import telephony
from huying.config.cli import OWN
from huying.config.environment import ROOT

DEPLOY = ROOT / "deploy"
FILES = sorted(path for path in DEPLOY.rglob("*") if path.is_file())
SETTING = re.compile(r"HUYING_[A-Z]+(?:_[A-Z]+)*")


def read() -> str:
    return "\n".join(path.read_text() for path in FILES)


def settings_read() -> set[str]:
    """Names that the code or its shell asks the environment for; those of the switch's ports are put together from parts."""
    places = [*(ROOT / "src").rglob("*.py"), *(ROOT / "bin").rglob("*.bash"), ROOT / "bin" / "up"]
    found = set(SETTING.findall("\n".join(path.read_text() for path in places)))
    return found | {"HUYING_SIP_PORT", "HUYING_PHONE_PORT", "HUYING_AMI_PORT"}


def test_every_setting_named_to_operators_is_one():
    told = set(SETTING.findall(read() + (ROOT / "docs/architecture.md").read_text()))
    assert told - settings_read() == set()


def test_every_command_named_to_operators_is_one():
    from django.core.management import get_commands

    found = set(re.findall(r"(?:bin/huying|`huying|#\s+huying) ([a-z_-]+)", read())) | set(re.findall(r"huying@([a-z]+)", read()))
    known = set(OWN) | {name.replace("_", "-") for name in get_commands()}
    assert {"gateway", "worker", "switch", "trunk", "calls", "upgrade"} <= found
    assert found - known - {"service"} == set()


def test_every_file_named_beside_is_there():
    for readme in (DEPLOY / "README.md", DEPLOY / "telephony" / "README.md"):
        names = re.findall(r"`((?:systemd/|telephony/|nginx/)?[\w@.-]+\.(?:service|conf|cfg|md))`", readme.read_text())
        for name in names:
            assert (readme.parent / name).exists() or (DEPLOY / name).exists() or (DEPLOY / "systemd" / name).exists(), name
        assert names


def test_ports_of_the_samples_are_the_defaults():
    ports = telephony.ports(8012)
    firewall, phone = (DEPLOY / "telephony" / "nftables.conf").read_text(), (DEPLOY / "telephony" / "nginx-phone.conf").read_text()
    assert f"{{ {ports.phone}, {ports.ami} }}" in firewall and f"{ports.rtp_low}-{ports.rtp_high}" in firewall
    assert f"127.0.0.1:{ports.phone}/ws" in phone


def test_the_stream_behind_nginx_is_where_live_serves_it():
    told = (DEPLOY / "nginx" / "huying.conf").read_text()
    asked = re.search(r"HUYING_LIVE_URL=https://[^/]+(/\S+)", told)[1]
    assert f'scope["path"] != "{asked}"' in (ROOT / "src/huying/config/live_asgi.py").read_text()
    assert re.search(r"location /live \{\s+proxy_pass http://127.0.0.1:8013;", told), "the path goes through as it is"


def test_a_call_may_go_to_the_second_node():
    """Tried with Kamailio 5.6.3 and a node that says nothing: without the flag the carrier was told 408."""
    told = (DEPLOY / "telephony" / "kamailio.cfg").read_text()
    assert re.search(r'modparam\("dispatcher", "flags", 2\)', told) and "ds_next_dst()" in told


def test_failures_are_dated_by_the_switchs_own_clock():
    from huying.config.launch.account import SAFE_ENVIRONMENT

    assert SAFE_ENVIRONMENT["TZ"] == "UTC" and "logtimezone = UTC" in (DEPLOY / "telephony" / "fail2ban-huying.conf").read_text()


ATTACK = (
    '[2026-11-26 18:42:41.606] SECURITY[1] res_security_log.c: SecurityEvent="{}",EventTV="x",Service="PJSIP",'
    'LocalAddress="IPV4/UDP/10.20.1.11/5060",RemoteAddress="IPV4/UDP/198.51.100.7/55549",Challenge=""'
)


@pytest.mark.parametrize(("event", "counts"), [
    ("InvalidAccountID", True), ("ChallengeResponseFailed", True), ("ChallengeSent", False), ("SuccessfulAuth", False),
])
def test_the_filter_counts_failures_and_only_those(event, counts):
    line = re.search(r"^failregex = (.*)$", (DEPLOY / "telephony" / "fail2ban-huying.conf").read_text(), re.M)[1]
    found = re.search(line.replace("<HOST>", r"(?P<host>[\d.]+)"), ATTACK.format(event))
    assert (found["host"] if found else None) == ("198.51.100.7" if counts else None)


@pytest.mark.parametrize("unit", ["huying.service", "huying-switch.service", "huying@gateway.service"])
def test_units_are_well_formed(unit, tmp_path):
    program = shutil.which("systemd-analyze")
    if program is None:
        pytest.skip("no systemd-analyze on this machine")
    source = DEPLOY / "systemd" / re.sub(r"@\w+", "@", unit)
    (tmp_path / unit).write_text(source.read_text().replace("/opt/huying", str(ROOT)))
    done = subprocess.run([program, "verify", str(tmp_path / unit)], capture_output=True, text=True, timeout=60, check=False)
    assert unit not in done.stderr, done.stderr
