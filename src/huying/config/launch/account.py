"""PostgreSQL refuses to run as root and the telephone switch should not: root lends them an account without home,
shell or password."""

import os
import pwd
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from huying.kernel.errors import Refusal

NAME = "huying"
SAFE_ENVIRONMENT = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C", "TZ": "UTC"}


class NoAccount(Refusal):
    code = "no_account"
    message = "数据库不能以 root 身份运行，也未能建立系统账号 huying；请先执行：useradd --system --no-create-home huying"


@dataclass(frozen=True)
class Account:
    """Whom the server runs as; `switch` is false when that is who we are already."""

    uid: int
    gid: int
    switch: bool

    def start(
        self, command: Sequence[str | Path], *, cwd: Path | None = None, **options: Any
    ) -> "subprocess.Popen[bytes]":
        """Start `command` as this account, with an environment that holds none of our secrets."""
        if self.switch:
            options |= {"user": self.uid, "group": self.gid, "extra_groups": []}
        environ: Mapping[str, str] = SAFE_ENVIRONMENT
        return subprocess.Popen([str(part) for part in command], cwd=cwd or "/", env=environ, **options)

    def run(self, command: Sequence[str | Path], *, output: int | IO[bytes] | None = subprocess.DEVNULL) -> int:
        return self.start(command, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT).wait()

    def may_enter(self, folder: Path) -> bool:
        """Whether the account can reach `folder`; asked of the kernel, which knows of ACLs and mounts."""
        return not self.switch or self.run(["/usr/bin/test", "-x", folder]) == 0

    def own(self, folder: Path) -> Path:
        """Make `folder` (its parent must exist) the account's own private folder; a stranger's folder is refused."""
        folder.mkdir(mode=0o700, exist_ok=True)
        owner = folder.lstat()
        if owner.st_uid not in {os.geteuid(), self.uid} or folder.is_symlink():
            raise Refusal(f"文件夹 {folder} 属于别的账号（uid {owner.st_uid}），不能存放本系统的数据")
        if self.switch:
            os.chown(folder, self.uid, self.gid)
        folder.chmod(0o700)
        return folder


def choose() -> Account:
    """The account of the server: ourselves, or `huying` when we are root (created once). Raises NoAccount."""
    if os.geteuid() != 0:
        return Account(os.geteuid(), os.getegid(), switch=False)
    entry = _look_up() or _create()
    if entry is None or entry.pw_uid == 0:
        raise NoAccount
    return Account(entry.pw_uid, entry.pw_gid, switch=True)


def _look_up() -> pwd.struct_passwd | None:
    try:
        return pwd.getpwnam(NAME)
    except KeyError:
        return None


def _create() -> pwd.struct_passwd | None:
    tool = shutil.which("useradd", path=SAFE_ENVIRONMENT["PATH"])
    if tool is None:
        return None
    flags = ["--system", "--user-group", "--no-create-home", "--home-dir", "/nonexistent"]
    subprocess.run([tool, *flags, "--shell", "/usr/sbin/nologin", NAME], capture_output=True, check=False)
    return _look_up()  # another installation may have created it just before us
