"""`bin/up` with telephones: the real Asterisk as one of its processes, and `bin/up` where there is none to be had."""

import asyncio
import json
import os
import pwd
import signal
from pathlib import Path

import pytest

from config.installation import Installation, eventually, lives
from config.test_embedded_database import forget
from huying.kernel.errors import Refusal
from huying.switch import ami, package
from telephony.node import free_ports

pytestmark = [pytest.mark.slow, pytest.mark.phone]
PORTS = ("HUYING_SIP_PORT", "HUYING_PHONE_PORT", "HUYING_AMI_PORT")


def own_ports() -> dict[str, str]:
    return dict(zip(PORTS, map(str, free_ports(3)), strict=True))


@pytest.fixture(scope="module")
def cache():
    """The cache of whoever runs the tests: fetched once for all of them."""
    try:
        package.fetch(package.cache_folder())
    except Refusal as refusal:
        pytest.skip(str(refusal))
    return {"HUYING_SWITCH_CACHE": str(package.cache_folder())}


@pytest.fixture(scope="module")
def installation(tmp_path_factory, cache):
    there = Installation(tmp_path_factory.mktemp("with-phones") / "data")
    there.environ = own_ports() | cache
    try:
        there.start(environ=there.environ)
        there.hear("电话已接通")
        yield there
    finally:
        try:
            if there.up.poll() is None:
                there.stop()
        finally:
            forget(there.data)


async def ask(there: Installation, action: str) -> ami.Message:
    secret = (there.data / "secrets" / "switch_ami").read_text()
    async with await ami.connect("127.0.0.1", int(there.environ["HUYING_AMI_PORT"]), "huying", secret) as link:
        return await link.action(action)


def answers(there: Installation) -> bool:
    try:
        return asyncio.run(ask(there, "Ping"))["Ping"] == "Pong"
    except Refusal:
        return False


def test_it_runs_beside_the_rest_and_not_as_root(installation):
    assert "pbx" in installation.pids() and answers(installation)
    assert json.loads(installation.ask("/readyz")[1])["switch"] == {"word": "on", "reason": ""}
    owner = Path(f"/proc/{installation.pids()['pbx']}").stat().st_uid
    assert owner == (pwd.getpwnam("huying").pw_uid if os.geteuid() == 0 else os.geteuid())
    assert b"DATABASE" not in Path(f"/proc/{installation.pids()['pbx']}/environ").read_bytes()


def test_whose_telephone_rings_goes_before_pages(installation):
    """Only root may prefer; where Linux shares out by session, the session's share is what counts."""
    wanted, pids = -5 if os.geteuid() == 0 else 0, installation.pids()
    assert [os.getpriority(os.PRIO_PROCESS, pids[name]) for name in ("gateway", "web")] == [wanted, 0]
    for name, share in (("gateway", wanted), ("web", 0)):
        if (group := Path(f"/proc/{pids[name]}/autogroup")).exists():
            assert group.read_text().rpartition("nice ")[2].strip() == str(share)


def test_secrets_and_recordings_are_nobody_elses(installation):
    folder = (installation.data / "switch").resolve()
    assert folder.stat().st_mode & 0o077 == 0
    assert all(path.stat().st_mode & 0o077 == 0 for path in (folder / "etc").iterdir())


def test_it_speaks_mandarin_and_plays_music(installation):
    sounds = (installation.data / "switch" / "sounds").resolve()
    assert {"welcome.wav", "rate.wav", "beep.wav", "queue-thereare.wav"} <= {path.name for path in (sounds / "zh").iterdir()}
    assert (sounds / "moh" / "hold.wav").exists() and (sounds / "zh" / "digits" / "9.wav").exists()


def test_killed_it_comes_back(installation):
    before = installation.pids()["pbx"]
    os.kill(before, signal.SIGKILL)
    eventually(lambda: installation.pids().get("pbx") not in {None, before})
    eventually(lambda: answers(installation))


def test_it_outlives_the_others_and_ends_after_them(installation):
    """Calls go on while web, live and worker die; at the end it stops after those that work with it."""
    before = installation.pids()
    for name in ("web", "live", "worker", "db"):
        os.kill(before[name], signal.SIGKILL)
    assert answers(installation)
    eventually(lambda: installation.ask("/readyz")[0] == 200)
    assert installation.pids()["pbx"] == before["pbx"]
    pids = installation.pids()
    assert installation.stop(signal.SIGTERM) == 0
    assert not [pid for pid in pids.values() if lives(pid)]


def test_where_it_cannot_be_had_everything_else_runs_and_says_so(tmp_path):
    if package.installed():
        pytest.skip("本机装有 Asterisk，没有取不到的情形")
    there = Installation(tmp_path / "data")
    nowhere = {"HUYING_SWITCH_CACHE": str(tmp_path / "cache"), "HUYING_SWITCH_MIRROR": "http://127.0.0.1:9/debian"}
    try:
        there.start(environ=own_ports() | nowhere)
        said = there.hear("电话功能没有启用")
        assert "E: " in said and "请检查网络后重试" in said
        assert there.hear("工单等其他功能不受影响")
        status, text = there.ask("/readyz")
        assert status == 200 and json.loads(text)["switch"]["word"] == "missing"
        assert json.loads(text)["switch"]["reason"] in said
        assert "pbx" not in there.pids() and there.ask("/sign-in")[0] == 200
        assert there.stop() == 0
    finally:
        if there.up.poll() is None:
            there.stop(signal.SIGKILL)
        forget(there.data)
