"""Where the switch comes from: the machine's own Asterisk, else Debian's packages unpacked into a cache.

The unpacked tree needs neither root nor a chroot: it runs through its own dynamic loader. It is fetched once and kept,
because the suite it comes from moves on. The mirror is the one that apt on this machine uses.
"""

import contextlib
import fcntl
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from huying.kernel.errors import Refusal

OLDEST = 20
SUITE = "forky"  # Debian 12 and 13 have no Asterisk
SECONDS = 600.0
NEEDED = ("app_queue", "app_mixmonitor", "app_chanspy", "app_confbridge", "func_curl", "chan_pjsip", "res_http_websocket")
FOLDERS = (
    "etc", "spool", "spool/recordings", "spool/voicemail", "spool/speech", "spool/outgoing", "spool/tmp", "log", "run", "lib",
    "lib/keys", "sounds", "sounds/zh", "sounds/moh",
)
UNREAD = ("/usr/share/doc/*", "/usr/share/man/*", "/usr/share/locale/*", "/usr/share/perl*", "/usr/lib/*/perl/*")
SAFE = {"PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C"}
PROXIES = ("http_proxy", "https_proxy", "no_proxy")


class NoSwitch(Refusal):
    """There is no Asterisk to be had; the product runs without telephones."""

    code = "no_switch"


@dataclass(frozen=True, slots=True)
class Package:
    version: str
    command: tuple[str, ...]  # what starts it; its own arguments follow
    modules: Path
    documentation: Path  # Asterisk reads it: without, half of its modules refuse their settings
    tree: Path | None  # None: installed on this machine


def cache_folder() -> Path:
    """HUYING_SWITCH_CACHE, else where this user's other caches are: outside of clone and data, so that they share it."""
    if named := os.environ.get("HUYING_SWITCH_CACHE", "").strip():
        return Path(named).expanduser().resolve()
    base = os.environ.get("XDG_CACHE_HOME", "").strip()
    return (Path(base) if base.startswith("/") else Path("~/.cache").expanduser()) / "huying"


def find(cache: Path) -> Package | None:
    """The machine's own Asterisk, else the newest in the cache; None when it has to be fetched."""
    trees = sorted(cache.glob("asterisk-*"), key=lambda tree: _numbers(tree.name), reverse=True)
    return installed() or next(filter(None, map(unpacked, trees)), None)


def installed() -> Package | None:
    """What the machine's administrator installed, if it is new enough and whole."""
    program = shutil.which("asterisk", path=f"{os.environ.get('PATH', '')}:{SAFE['PATH']}")
    modules = next((path for path in _module_folders(Path("/usr"))), None)
    version = _version((program,)) if program and modules else ""
    if not program or not modules or _numbers(version) < [OLDEST]:
        return None
    return Package(version, (program,), modules, Path("/usr/share/asterisk/documentation"), tree=None)


def unpacked(tree: Path) -> Package | None:
    """The Asterisk in an unpacked `tree`, if it runs here."""
    modules = next(_module_folders(tree / "usr"), None)
    if modules is None:
        return None
    libraries = modules.parents[1]
    loader = next(libraries.glob("ld-linux*.so.*"), None)
    if loader is None:
        return None
    command = (str(loader), "--library-path", str(libraries), str(tree / "usr/sbin/asterisk"))
    version = _version(command)
    documentation = tree / "usr/share/asterisk/documentation"
    return Package(version, command, modules, documentation, tree) if _numbers(version) >= [OLDEST] else None


def fetch(cache: Path) -> Package:
    """Find it, or fetch it once; whoever comes second waits for the first. Raises NoSwitch."""
    try:
        cache.mkdir(parents=True, exist_ok=True)
        with _alone(cache):
            return find(cache) or _fetch(cache)
    except OSError as error:
        raise NoSwitch(f"不能在 {cache} 存放电话交换机（{error.strerror}）；可用 HUYING_SWITCH_CACHE 另选文件夹") from error


def furnish(folder: Path, package: Package) -> None:
    """Make the folders of a node in `folder` and point it at `package`, so that its configuration names only `folder`.

    asterisk.conf: astmoddir is `folder`/lib/modules, astdatadir is `folder` (documentation and sounds/LANGUAGE in it).
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for name in FOLDERS:
        (folder / name).mkdir(mode=0o700, exist_ok=True)
        hand_over(folder / name, folder)
    for name, target in (("lib/modules", package.modules), ("documentation", package.documentation)):
        link = folder / name
        if not link.is_symlink() or link.readlink() != target:
            draft = link.with_name(f"{link.name}.new")
            draft.unlink(missing_ok=True)
            draft.symlink_to(target)
            draft.replace(link)


def hand_over(path: Path, folder: Path) -> None:
    """What root makes in a node's `folder` belongs to whoever owns the folder: the account that runs the switch."""
    if os.geteuid() == 0:
        owner = folder.stat()
        os.chown(path, owner.st_uid, owner.st_gid, follow_symlinks=False)


def _fetch(cache: Path) -> Package:
    for left in cache.glob("draft-*"):
        shutil.rmtree(left, ignore_errors=True)
    draft = Path(tempfile.mkdtemp(prefix="draft-", dir=cache))
    try:
        draft.chmod(0o755)
        tree = draft / "tree"
        _unpack(tree, mirror(), draft)
        for part in tree.iterdir():  # device files among it, which nobody must ever read or copy
            if part.name != "usr":
                shutil.rmtree(part) if part.is_dir() and not part.is_symlink() else part.unlink()
        package = unpacked(tree)
        if package is None:
            raise NoSwitch("取得的 Asterisk 不能在本机运行；请自行安装 Asterisk 20 以上版本")
        final = cache / f"asterisk-{package.version}"
        tree.rename(final)
        return unpacked(final) or package
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _unpack(tree: Path, site: str, work: Path) -> None:
    program = shutil.which("mmdebstrap", path=SAFE["PATH"])
    if program is None:
        raise NoSwitch("本机没有 Asterisk，也没有取得它所需的 mmdebstrap；请执行 apt-get install mmdebstrap 后重试")
    settings = work / "apt.conf"
    settings.touch(mode=0o600)  # a proxy's password may stand in it
    settings.write_text(_network_settings())
    command = [program, "--variant=extract", "--include=asterisk", f"--aptopt={settings}"]
    command += [f"--dpkgopt=path-exclude={path}" for path in UNREAD]
    if os.geteuid() != 0:  # by itself it would want name spaces, which neither a service account nor its unit may have
        command.append("--mode=chrootless")
    environ = SAFE | {name: os.environ[name] for name in PROXIES if name in os.environ} | {"TMPDIR": str(work)}
    running = subprocess.Popen(  # noqa: S603
        [*command, SUITE, str(tree), site], env=environ, umask=0o022, cwd="/", start_new_session=True,
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace",
    )
    try:
        said, _ = running.communicate(timeout=SECONDS)
    except subprocess.TimeoutExpired as error:
        os.killpg(running.pid, signal.SIGKILL)  # with the downloads that it started
        running.communicate()
        raise NoSwitch(f"从软件源取得 Asterisk 超过 {SECONDS:.0f} 秒没有完成，请检查网络后重试") from error
    if running.returncode:
        wrong = [line for line in said.splitlines() if line.startswith(("E:", "W:"))]
        reason = next((line for line in wrong if line.startswith("E:")), (wrong or ["没有说明原因"])[-1])
        raise NoSwitch(f"从软件源取得 Asterisk 未成功：{reason}。请检查网络后重试，或自行安装 Asterisk 20 以上版本")


def mirror() -> str:
    """The address that apt on this machine takes Debian from, or HUYING_SWITCH_MIRROR. Raises NoSwitch."""
    if named := os.environ.get("HUYING_SWITCH_MIRROR", "").strip():
        return named
    sites = re.findall(r"^'(\S+?)/dists/([^/' ]+)/(?:In)?Release'", _said("apt-get", "update", "--print-uris"), re.M)
    for site, release in sites:
        if site.endswith("/debian") or (release == _codename() and not _is_ubuntu()):
            return str(site)
    raise NoSwitch("本机没有 Asterisk，apt 的设置里也没有 Debian 软件源；请自行安装 Asterisk 20 以上版本，"
                   "或以 HUYING_SWITCH_MIRROR 指定软件源地址")


def _network_settings() -> str:
    """How apt reaches its mirrors here (proxies, time limits), and that a snapshot of a mirror may be old."""
    return _said("apt-config", "dump", "Acquire::http", "Acquire::https") + (
        'Acquire::Check-Valid-Until "false";\nAPT::Install-Recommends "false";\n'
    )


def _said(*command: str) -> str:
    try:
        done = subprocess.run(command, env=SAFE, capture_output=True, text=True, timeout=60, check=False)  # noqa: S603
    except (OSError, subprocess.TimeoutExpired) as error:
        raise NoSwitch("本机没有 Asterisk，也没有可用的 apt；请自行安装 Asterisk 20 以上版本") from error
    return done.stdout


def _codename() -> str:
    return _os_release().get("VERSION_CODENAME", "")


def _is_ubuntu() -> bool:
    return "ubuntu" in f"{_os_release().get('ID', '')} {_os_release().get('ID_LIKE', '')}"


def _os_release() -> dict[str, str]:
    try:
        lines = Path("/etc/os-release").read_text().splitlines()
    except OSError:
        return {}
    return {name: value.strip('"') for name, _, value in (line.partition("=") for line in lines)}


def _module_folders(usr: Path) -> Iterator[Path]:
    for pattern in ("lib/*-linux-gnu*/asterisk/modules", "lib/asterisk/modules", "lib64/asterisk/modules"):
        for folder in usr.glob(pattern):
            if all((folder / f"{name}.so").exists() for name in NEEDED):
                yield folder


def _version(command: tuple[str, ...]) -> str:
    """"22.10.1" of "Asterisk 22.10.1+dfsg…"; "" when it does not run."""
    try:
        done = subprocess.run([*command, "-V"], env=SAFE, capture_output=True, text=True, timeout=30, check=False)  # noqa: S603
    except (OSError, subprocess.TimeoutExpired):
        return ""
    found = re.match(r"Asterisk (?:certified/)?([\d.]+)", done.stdout)
    return found[1] if found and done.returncode == 0 else ""


def _numbers(version: str) -> list[int]:
    return [int(part) for part in re.findall(r"\d+", version)]


@contextlib.contextmanager
def _alone(cache: Path) -> Iterator[None]:
    with (cache / "fetch.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


if __name__ == "__main__":  # for bin/test, which fetches it before the tests need it
    try:
        fetch(cache_folder())
    except NoSwitch as refusal:
        sys.exit(str(refusal))
