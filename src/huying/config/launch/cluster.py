"""The embedded PostgreSQL server: make it once, start it, stop it. Nobody but the launcher is its superuser."""

import contextlib
import fcntl
import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from huying.config import environment
from huying.config.launch import account, place, roles
from huying.kernel.errors import Refusal

START_SECONDS = 60.0  # recovery after a crash reads up to max_wal_size
STOP_SECONDS = 60.0
LEFTOVER_SECONDS = 15.0


class DatabaseFailed(Refusal):
    code = "database_failed"


def settings(socket_folder: Path) -> dict[str, str]:
    """Server settings: safe against power loss, sized for 2 cores, and keeping citizens' words out of its log."""
    return {
        "listen_addresses": "",
        "unix_socket_directories": str(socket_folder),
        "unix_socket_permissions": "0700",
        "port": "5432",
        "max_connections": str(environment.whole("HUYING_PG_CONNECTIONS", 200, low=20, high=2000)),
        "shared_buffers": f"{environment.whole('HUYING_PG_BUFFERS_MB', 256, low=16)}MB",
        "effective_cache_size": "4GB",
        "work_mem": "16MB",
        "maintenance_work_mem": "256MB",
        "random_page_cost": "1.1",
        "jit": "off",
        "max_wal_size": "4GB",
        "checkpoint_timeout": "15min",
        "timezone": "UTC",
        "log_timezone": "UTC",
        "log_line_prefix": "%m [%p] ",
        "log_checkpoints": "off",
        "log_min_error_statement": "panic",
        "log_parameter_max_length_on_error": "0",
        "log_error_verbosity": "terse",
        **dict(_pair(option) for option in environment.text("HUYING_PG_OPTIONS").split()),
    }


def _pair(option: str) -> tuple[str, str]:
    name, equals, value = option.partition("=")
    if not equals:
        raise environment.BadSetting(f"HUYING_PG_OPTIONS 中的 {option!r} 应形如 名称=值，多项以空格分开")
    return name, value


def start(data: Path) -> bool:
    """Leave a running server behind that outlives us; False when it ran already. Raises DatabaseFailed."""
    with _alone(data):
        server = ensure(data, start_new_session=True)
    if server is None:
        return False
    server.returncode = 0  # no longer our child to wait for; otherwise Python complains when it is let go
    return True


def ensure(data: Path, **options: Any) -> "subprocess.Popen[bytes] | None":
    """Return when a server answers and has its roles: our new child, or None when one ran already.

    A server that was killed leaves sessions that hold its shared memory for a moment, and one that is stopping still
    answers the door; both are tried again. Raises DatabaseFailed.
    """
    patience = LEFTOVER_SECONDS if (place.peek(data)[0] / "postmaster.pid").exists() else 0.0
    until = time.monotonic() + patience
    while True:
        server = None if running(data) else spawn(data, **options)
        try:
            wait_ready(data, server)
            return server
        except DatabaseFailed:
            if (server is not None and server.poll() is None) or time.monotonic() > until:
                raise
            time.sleep(0.2)


def spawn(data: Path, **options: Any) -> "subprocess.Popen[bytes]":
    """Start the server as our child without waiting; the cluster is made first if there is none."""
    who = account.choose()
    where = place.find(data, who)
    if not where.cluster.is_dir():
        _make(where, who)
    logs = data / "logs"
    logs.mkdir(exist_ok=True, mode=0o700)
    command: list[str | Path] = [where.programs / "postgres", "-D", where.cluster]
    for name, value in settings(where.socket).items():
        command += ["-c", f"{name}={value}"]
    with (logs / "postgres.log").open("ab") as log:
        return who.start(
            command, cwd=where.cluster, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT, **options
        )


def wait_ready(data: Path, server: "subprocess.Popen[bytes] | None" = None) -> None:
    """Return when the server answers and the roles and the database exist. Raises DatabaseFailed."""
    folder = place.peek(data)[1]
    until = time.monotonic() + START_SECONDS
    while not roles.answers(folder):
        if server is None and not running(data):
            raise DatabaseFailed("数据库刚刚停下，请再试一次")
        if server is not None and server.poll() is not None:
            raise DatabaseFailed(f"数据库没有启动成功（退出码 {server.returncode}），原因见 {data}/logs/postgres.log")
        if time.monotonic() > until:
            raise DatabaseFailed(f"数据库在 {START_SECONDS:.0f} 秒内没有就绪，原因见 {data}/logs/postgres.log")
        time.sleep(0.02)
    roles.ensure_embedded(folder)


def running(data: Path) -> bool:
    """Whether a server listens on the private socket of `data`."""
    path = place.peek(data)[1] / ".s.PGSQL.5432"
    with socket.socket(socket.AF_UNIX) as probe:
        try:
            probe.connect(str(path))
        except OSError:
            return False
    return True


def stop(data: Path) -> bool:
    """Fast shutdown: sessions are cut, everything committed is kept. False when nothing ran."""
    pid = server_pid(data)
    if pid is None:
        return False
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGINT)
    _wait(lambda: server_pid(data) is None, f"数据库在 {STOP_SECONDS:.0f} 秒内没有停下（进程 {pid}）")
    return True


def server_pid(data: Path) -> int | None:
    """The pid of the living server by its own pid file; None when it is not there or the file is stale."""
    cluster = place.peek(data)[0]
    try:
        pid = int((cluster / "postmaster.pid").read_text().split("\n", 1)[0])
        working = Path(f"/proc/{pid}/cwd")
        return pid if Path(os.path.realpath(working)) == cluster else None
    except (OSError, ValueError):
        return None


def _make(where: place.Place, who: account.Account) -> None:
    """initdb in a draft folder, renamed when complete: a kill in between leaves nothing that looks like a cluster."""
    if where.draft.exists():
        shutil.rmtree(where.draft)
    who.own(where.draft)
    password = where.draft.parent / "pg.password"
    password.unlink(missing_ok=True)
    password.touch(mode=0o600)
    password.write_text(environment.secret("db_super").hex())
    if who.switch:
        os.chown(password, who.uid, who.gid)
    locale = ["--encoding=UTF8", "--no-locale", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    command: list[str | Path] = [where.programs / "initdb", "-D", where.draft, "-A", "scram-sha-256", *locale]
    command += ["-U", roles.SUPERUSER, f"--pwfile={password}"]
    made = who.start(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    said, _ = made.communicate()
    password.unlink()
    if made.returncode:
        lines = said.decode(errors="replace").strip().splitlines()
        raise DatabaseFailed(f"数据库初始化失败：{lines[-1] if lines else made.returncode}")
    where.draft.rename(where.cluster)


def _wait(done: Callable[[], bool], message: str) -> None:
    until = time.monotonic() + STOP_SECONDS
    while not done():
        if time.monotonic() > until:
            raise DatabaseFailed(message)
        time.sleep(0.02)


@contextlib.contextmanager
def _alone(data: Path) -> Iterator[None]:
    """Two commands that start the database together must not both run initdb."""
    place.make_passable(data)
    with (data / "pg.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
