"""How the switch joins an installation: ports, its account's place, and what happens where it cannot be had."""

import os
import shutil
import socket
import subprocess
import tempfile
import threading
from pathlib import Path

import pytest

from huying.config import environment, telephony
from huying.config.launch import account, place, switch, up
from huying.kernel.errors import Refusal
from huying.switch import package, state
from huying.switch.plan import Plan


@pytest.fixture(autouse=True)
def _no_settings(monkeypatch):
    for name in [name for name in os.environ if name.startswith(("HUYING_SIP", "HUYING_PHONE", "HUYING_AMI", "HUYING_RTP"))]:
        monkeypatch.delenv(name)


def test_ports_follow_that_of_the_pages_unless_set(monkeypatch):
    assert telephony.ports(8012) == telephony.Ports(sip=8014, phone=8015, ami=8016, rtp_low=20_000, rtp_high=21_999)
    monkeypatch.setenv("HUYING_SIP_PORT", "5060")
    monkeypatch.setenv("HUYING_RTP_LOW", "10000")
    assert telephony.ports(8012) == telephony.Ports(sip=5060, phone=8015, ami=8016, rtp_low=10_000, rtp_high=11_999)


@pytest.mark.parametrize(("name", "value"), [
    ("HUYING_SIP_PORT", "70000"), ("HUYING_PHONE_PORT", "x"), ("HUYING_AMI_PORT", "-1"), ("HUYING_RTP_LOW", "80"),
    ("HUYING_RTP_HIGH", "20005"),
])
def test_nonsense_is_refused_by_name(monkeypatch, name, value):
    monkeypatch.setenv(name, value)
    with pytest.raises(environment.BadSetting, match=name):
        telephony.ports(8012)


@pytest.mark.parametrize(("listens", "asked"), [
    ("127.0.0.1", "http://127.0.0.1:8012"), ("0.0.0.0", "http://127.0.0.1:8012"), ("10.1.2.3", "http://10.1.2.3:8012"),
    ("::1", "http://[::1]:8012"),
])
def test_the_switch_asks_the_pages_where_they_listen(monkeypatch, tmp_path, listens, asked):
    monkeypatch.setenv("HUYING_HOST", listens)
    plan = Plan(**telephony.basis(tmp_path, 8012))
    assert (plan.web_url, plan.host, plan.folder) == (asked, "127.0.0.1", tmp_path / "switch")
    assert len(plan.ami_secret) == len(plan.web_key) == 64 and plan.ami_secret != plan.web_key


def test_own_addresses_are_told_only_while_media_stay_on_loopback(monkeypatch, tmp_path):
    assert not any(address.startswith("127.") for address in telephony.own_addresses())
    assert telephony.basis(tmp_path, 8012)["machine"] == telephony.own_addresses()
    monkeypatch.setenv("HUYING_SIP_HOST", "10.1.2.3")
    assert telephony.basis(tmp_path, 8012)["machine"] == ()


@pytest.mark.parametrize(("name", "kind"), [
    ("HUYING_SIP_PORT", socket.SOCK_DGRAM), ("HUYING_PHONE_PORT", socket.SOCK_STREAM), ("HUYING_AMI_PORT", socket.SOCK_STREAM),
])
def test_a_taken_port_is_named_with_what_chooses_another(monkeypatch, name, kind):
    with socket.socket(socket.AF_INET, kind) as taken, socket.socket() as one, socket.socket() as other:
        for probe in (taken, one, other):
            probe.bind(("127.0.0.1", 0))
        if kind == socket.SOCK_STREAM:
            taken.listen()
        pages = [probe.getsockname()[1] for probe in (one, other)]
        one.close()
        other.close()
        for number, other_name in enumerate(("HUYING_SIP_PORT", "HUYING_PHONE_PORT", "HUYING_AMI_PORT")):
            monkeypatch.setenv(other_name, str(pages[0] + 7 + number))
        monkeypatch.setenv(name, str(taken.getsockname()[1]))
        words = ["--port", str(pages[0]), "--live-port", str(pages[1])]
        with pytest.raises(Refusal, match=f"端口 {taken.getsockname()[1]} 已被占用，请用 环境变量 {name} 另选端口"):
            up.check_ports(up.parse(words))
        up.check_ports(up.parse([*words, "--no-phone"]))
        monkeypatch.setenv("HUYING_PHONE", "0")
        up.check_ports(up.parse(words))


def test_ports_that_meet_are_refused(monkeypatch):
    monkeypatch.setenv("HUYING_PHONE_PORT", "8012")
    with pytest.raises(environment.BadSetting, match="HUYING_PHONE_PORT"):
        up.check_ports(up.parse(["--port", "8012", "--live-port", "8013"]))


def test_a_state_is_noted_and_read(tmp_path):
    path = tmp_path / "switch.json"
    assert state.read(path) == state.State("unknown")
    state.write(path, state.State("missing", "没有网络"))
    assert state.read(path) == state.State("missing", "没有网络")
    for broken in ("", "{}", "[1]", "null"):
        path.write_text(broken)
        assert state.read(path) == state.State("unknown")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root lends an account")
def test_draining_lets_calls_end_and_says_when_the_switch_has(tmp_path, monkeypatch, capsys):
    running = subprocess.Popen(["sleep", "600"])
    reaper = threading.Thread(target=running.wait, daemon=True)
    reaper.start()
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "asterisk.pid").write_text(f"{running.pid}\n")
    line = ["/bin/sh", "-c", f'[ "$2" = "core stop gracefully" ] && kill {running.pid}', "switch"]
    monkeypatch.setattr(switch, "ready_command", lambda data, who: (line, tmp_path))
    monkeypatch.setattr(account, "choose", lambda: account.Account(os.geteuid(), os.getegid(), switch=False))
    assert switch.command(["drain"]) == 0
    reaper.join(30)
    assert not reaper.is_alive(), "it has ended"
    assert "已停下" in capsys.readouterr().out
    with pytest.raises(package.NoSwitch, match="没有运行"):
        switch.command(["drain"])


class TestAsRoot:
    @pytest.fixture
    def shared(self, tmp_path_factory, monkeypatch):
        """A stand-in for /var/lib/huying that the account can enter, which pytest's own folders are not."""
        folder = Path(tempfile.mkdtemp(prefix="huying-test-"))
        folder.chmod(0o711)
        monkeypatch.setattr(place, "SHARED", folder / "shared")
        yield folder / "shared"
        shutil.rmtree(folder)

    def test_the_switch_lies_where_its_account_can_go(self, tmp_path, shared):
        data, who = tmp_path / "data", account.choose()
        folder = place.own_folder(data, who, "switch")
        assert folder.parent.parent == shared and telephony.folder(data) == folder
        assert (folder.stat().st_uid, folder.stat().st_mode & 0o777) == (who.uid, 0o700)
        assert place.own_folder(data, who, "switch") == folder
        assert place.find(data, who).cluster.parent == folder.parent  # beside the database, not in a folder of its own
        folder.rmdir()

    def test_a_program_that_the_account_cannot_reach_is_copied_once(self, tmp_path, shared, monkeypatch):
        who = account.choose()
        tree = tmp_path / "cache" / "asterisk-22.10.1"
        libraries = tree / "usr/lib/x86_64-linux-gnu"
        (libraries / "asterisk/modules").mkdir(parents=True)
        for name in package.NEEDED:
            (libraries / f"asterisk/modules/{name}.so").touch()
        loader = libraries / "ld-linux-x86-64.so.2"
        loader.write_text("#!/bin/sh\necho Asterisk 22.10.1\n")
        loader.chmod(0o755)
        (tree / "usr/sbin").mkdir()
        (tree / "usr/sbin/asterisk").touch()
        found = package.unpacked(tree)
        before = os.umask(0o077)  # as the command line has it
        try:
            moved = switch.reachable(found, who)
        finally:
            os.umask(before)
        assert moved.tree.parent == shared and who.run([*moved.command, "-V"]) == 0
        assert switch.reachable(found, who) == moved and len(list(shared.iterdir())) == 1
        assert switch.reachable(moved, who) is moved
