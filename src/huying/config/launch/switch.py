"""The telephone switch as one of the processes of `bin/up`, run by an account that is not root.

Where it cannot be had everything else runs, and the console and the pages say so.
"""

import hashlib
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from huying.config import environment, telephony
from huying.config.launch import account, place
from huying.config.launch.account import Account
from huying.config.launch.screen import tell
from huying.config.launch.supervisor import Supervisor
from huying.kernel.errors import Refusal
from huying.switch import package, render, speech, state
from huying.switch.package import NoSwitch, Package
from huying.switch.render.spoken import SPOKEN

READY_SECONDS = 30.0
PATIENCE = 1.5  # seconds until a person is told what is waited for
USAGE = "用法：huying switch prepare|render|run|drain"
FOREGROUND = ("-f", "-n")


def command(arguments: list[str]) -> int:
    """`huying switch prepare`: program, folders and voices; `render`: its configuration from the database; `run`: become
    the switch, for a service manager; `drain`: let it end with its last call."""
    data = environment.data_folder()
    if arguments == ["prepare"]:
        print(f"电话交换机已就绪：Asterisk {prepare(data).version}")
    elif arguments == ["render"]:
        for fault in configure(data):
            print(f"未生效：{fault}")
    elif arguments == ["run"]:
        become(data)
    elif arguments == ["drain"]:
        print("电话交换机不再接新的来电，正在等通话结束……", flush=True)
        drain(data)
        print("通话已全部结束，电话交换机已停下")
    else:
        print(USAGE, file=sys.stderr)
        return 2
    return 0


def prepare(data: Path) -> Package:
    """All that the switch needs but its configuration; quick when it is there. Needs no database. Raises Refusal."""
    who = account.choose()
    found = reachable(package.fetch(package.cache_folder()), who)
    package.furnish(place.own_folder(data, who, "switch"), found)
    folder = telephony.folder(data)
    try:
        speak(folder / "sounds")
    except speech.NoVoice as refusal:
        print(f"ERROR 电话语音提示未能生成：{refusal}", flush=True)
    return found


def reachable(found: Package, who: Account) -> Package:
    """The package, or a copy of its tree where the account can reach it (root's cache is closed to others)."""
    if found.tree is None or who.may_enter(Path(found.command[0])):
        return found
    about = (found.tree / "usr/sbin/asterisk").stat()
    stamp = hashlib.sha256(b"%d %d" % (about.st_size, about.st_mtime_ns)).hexdigest()[:12]
    copy = place.SHARED / f"asterisk-{found.version}-{stamp}"
    if not copy.is_dir():
        place.make_passable(place.SHARED)
        with tempfile.TemporaryDirectory(dir=place.SHARED) as draft:
            shutil.copytree(found.tree / "usr", Path(draft) / "new" / "usr", symlinks=True)
            (Path(draft) / "new").chmod(0o755)
            try:
                (Path(draft) / "new").rename(copy)
            except OSError:  # another installation was quicker
                if not copy.is_dir():
                    raise
    moved = package.unpacked(copy)
    if moved is None:
        raise NoSwitch(f"{copy} 中的 Asterisk 不能运行，请删除该文件夹后重试")
    return moved


def configure(data: Path) -> list[str]:
    """Write what the database says of phones, numbers, flows and prompts; what was left out and why. Raises Refusal."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "huying.config.settings")
    import django

    django.setup()
    from huying.calls.queries import plan_and_faults
    from huying.calls.queries.prompts import prompt_texts, recorded_prompts, recording_of

    plan, faults = plan_and_faults(data)
    render.write(plan)
    speech.keep(plan.folder / "sounds", recorded_prompts(), recording_of)
    try:
        speech.make_all(plan.folder / "sounds", prompt_texts(), speech.voice(environment.text("HUYING_TTS")))
    except speech.NoVoice as refusal:
        print(f"ERROR 各中心的语音提示未能生成：{refusal}", flush=True)
    return [str(fault) for fault in faults]


def speak(sounds: Path) -> None:
    """Bring prompts and music up to date; a voice may be missing, the music never is."""
    if not (sounds / "moh" / "hold.wav").exists():
        speech.write(sounds / "moh" / "hold.wav", speech.music())
    speech.make(sounds / "zh", SPOKEN | speech.MORE, speech.voice(environment.text("HUYING_TTS")))


def start(data: Path, **options: Any) -> "subprocess.Popen[bytes]":
    """Asterisk as our child, in the foreground, as the account that owns its folder. Raises Refusal."""
    who = account.choose()
    line, folder = ready_command(data, who)
    try:
        return who.start([*line, *FOREGROUND], cwd=folder, **options)
    except OSError as error:
        raise NoSwitch(f"Asterisk 不能启动：{error}") from error


def become(data: Path) -> None:
    """Turn this very process into Asterisk. Raises Refusal."""
    who = account.choose()
    line, folder = ready_command(data, who)
    os.chdir(folder)
    if who.switch:
        os.setgroups([])
        os.setgid(who.gid)
        os.setuid(who.uid)
    os.execve(line[0], [*line, *FOREGROUND], account.SAFE_ENVIRONMENT)  # noqa: S606


def drain(data: Path) -> None:
    """Let no new call in, and return when the last one is over and the switch has ended. Raises NoSwitch."""
    who = account.choose()
    line, folder = ready_command(data, who)
    try:
        pid = int((folder / "run" / "asterisk.pid").read_text())
    except (OSError, ValueError):
        raise NoSwitch("电话交换机没有运行") from None
    if who.run([*line, "-rx", "core stop gracefully"]):
        raise NoSwitch("电话交换机没有运行")
    while Path(f"/proc/{pid}").exists():
        time.sleep(0.2)


def ready_command(data: Path, who: Account) -> tuple[list[str], Path]:
    found = package.find(package.cache_folder())
    folder = telephony.folder(data)
    if found is None or not (folder / "etc" / "asterisk.conf").exists():
        raise NoSwitch("电话交换机尚未准备好，请先执行 huying switch prepare 与 huying switch render")
    line = [*reachable(found, who).command, "-C", str(folder / "etc" / "asterisk.conf")]
    return line, folder


class Telephones:
    """Brings the switch up beside the rest: it may have to be fetched first, and may not be had at all."""

    def __init__(self, supervisor: Supervisor, web: int, *, wanted: bool) -> None:
        self.supervisor, self.ports = supervisor, telephony.ports(web)
        self.noted = telephony.state_file(supervisor.data)
        state.write(self.noted, state.State("preparing" if wanted else "off"))
        self.preparing = supervisor.command("switch", ("switch", "prepare")) if wanted else None

    def bring_up(self) -> None:
        """Wait for the preparation, with an eye on everything else; start the switch, or say why there is none."""
        if self.preparing is None:
            return
        begun, told = time.monotonic(), False
        while self.preparing.poll() is None:
            self.supervisor.look()
            if not told and time.monotonic() - begun > PATIENCE:
                told = True
                tell("正在准备电话交换机（第一次需要下载并生成语音，约一分钟），其他功能已可使用……")
            time.sleep(0.1)
        try:
            if self.preparing.returncode:
                raise NoSwitch(last_words(self.supervisor.data / "logs" / "switch.log"))
            if self.supervisor.command("switch", ("switch", "render")).wait():
                self._go_on_with_the_old()
            self.supervisor.program("pbx", lambda **options: start(self.supervisor.data, **options))
            self._wait_ready()
            self.supervisor.add("gateway")
        except Refusal as refusal:
            self.supervisor.drop("pbx")
            state.write(self.noted, state.State("missing", str(refusal)))
            tell(f"电话功能没有启用：{refusal}\n工单等其他功能不受影响；不需要电话时可用 bin/up --no-phone 启动")
        else:
            state.write(self.noted, state.State("on"))
            tell(f"电话已接通：SIP 端口 {self.ports.sip}（UDP），网页电话端口 {self.ports.phone}")

    def _go_on_with_the_old(self) -> None:
        """A setting that cannot be told must not silence the telephones. Raises NoSwitch when there never was another."""
        reason = last_words(self.supervisor.data / "logs" / "switch.log")
        if not (telephony.folder(self.supervisor.data) / "etc" / "asterisk.conf").exists():
            raise NoSwitch(reason)
        tell(f"电话设置没有更新，沿用上一次的设置：{reason}")

    def _wait_ready(self) -> None:
        until = time.monotonic() + READY_SECONDS
        while time.monotonic() < until:
            self.supervisor.look()
            try:
                with socket.create_connection(("127.0.0.1", self.ports.ami), timeout=1) as probe:
                    if probe.recv(64).startswith(b"Asterisk"):
                        return
            except OSError:
                pass
            time.sleep(0.1)
        raise NoSwitch(f"Asterisk 在 {READY_SECONDS:.0f} 秒内没有就绪，原因见 {self.supervisor.data}/logs/pbx.log")


def last_words(log: Path) -> str:
    time.sleep(0.1)  # they are on their way into the log
    said = log.read_text(errors="replace").strip().splitlines()
    return said[-1] if said else "没有说明原因"
