"""`bin/up`: from an empty data folder to a running installation; a second start finds its way in seconds."""

import argparse
import contextlib
import fcntl
import hashlib
import json
import os
import shutil
import socket
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from huying.config import environment, telephony
from huying.config.launch import roles
from huying.config.launch.place import make_passable
from huying.config.launch.screen import flush, tell
from huying.config.launch.supervisor import Stopped, Supervisor, end_leftovers, listen_to_signals
from huying.config.launch.switch import Telephones
from huying.kernel.errors import Refusal

READY_SECONDS = 90.0
USERS_FILE = "demo-users.txt"
SCHEMA_FILE = "schema.json"


def main(arguments: list[str]) -> int:
    """Runs until Ctrl-C or SIGTERM; 0 when it was stopped so, 1 when it could not start. Raises Refusal."""
    options = parse(arguments)
    data = environment.data_folder()
    make_passable(data)
    with alone(data):
        end_leftovers(data)
        check_ports(options)
        environ = surroundings(options)
        supervisor = Supervisor(data, environ, tell)
        listen_to_signals()
        try:
            (data / environment.PORT_FILE).write_text(str(options.port))
            bring_up(supervisor, options, data)
            supervisor.run()
        except Stopped:
            tell("正在停止……")
        finally:
            supervisor.stop()
            (data / environment.PORT_FILE).unlink(missing_ok=True)
            flush()
    tell("已停止")
    flush()
    return 0


def parse(arguments: list[str]) -> argparse.Namespace:
    """The options; each falls back on the environment variable of the same name."""
    port = environment.whole("HUYING_PORT", environment.PORT, low=1, high=65535)
    parser = argparse.ArgumentParser(prog="bin/up", description="启动呼应：数据库、网页、实时推送、后台任务与电话", add_help=False)
    parser.add_argument("-h", "--help", action="help", help="显示本说明")
    parser.add_argument("--host", default=environment.text("HUYING_HOST", "127.0.0.1"), help="监听地址，默认 127.0.0.1")
    parser.add_argument("--port", type=int, default=port, help="网页端口，默认 8012")
    live = environment.whole("HUYING_LIVE_PORT", 0, high=65535)
    parser.add_argument("--live-port", type=int, default=live, help="实时推送端口，默认为网页端口加一")
    parser.add_argument("--no-demo", action="store_true", help="不建立演示城市")
    parser.add_argument("--no-phone", action="store_true", help="不启动电话（Asterisk）")
    options = parser.parse_args(arguments)
    options.live_port = options.live_port or options.port + 1
    for name in ("port", "live_port"):
        if not 0 < getattr(options, name) < 65536:
            raise environment.BadSetting(f"--{name.replace('_', '-')} 应为 1 到 65535 之间的整数")
    if options.port == options.live_port:
        raise environment.BadSetting("--port 与 --live-port 不能相同")
    options.no_phone = options.no_phone or not environment.yes("HUYING_PHONE", True)
    return options


def surroundings(options: argparse.Namespace) -> dict[str, str]:
    """The environment of the processes."""
    return {
        **os.environ,
        "HUYING_DATA": str(environment.data_folder()),
        "HUYING_HOST": options.host,
        "HUYING_PORT": str(options.port),
        "HUYING_LIVE_PORT": str(options.live_port),
        "HUYING_DEMO": "0" if options.no_demo else "1",
        "PYTHONUNBUFFERED": "1",
    }


def check_ports(options: argparse.Namespace) -> None:
    """Raises Refusal naming the port and what chooses another."""
    check_port(options.host, options.port, "--port")
    check_port(options.host, options.live_port, "--live-port")
    if options.no_phone:
        return
    ports, host = telephony.ports(options.port), environment.text("HUYING_SIP_HOST", "127.0.0.1")
    if len({options.port, options.live_port, ports.phone, ports.ami}) < 4:
        raise environment.BadSetting("网页、实时推送、网页电话（HUYING_PHONE_PORT）与电话管理（HUYING_AMI_PORT）的端口不能相同")
    check_port("127.0.0.1", ports.phone, "环境变量 HUYING_PHONE_PORT")
    check_port("127.0.0.1", ports.ami, "环境变量 HUYING_AMI_PORT")
    check_port(host, ports.sip, "环境变量 HUYING_SIP_PORT", socket.SOCK_DGRAM)


def check_port(host: str, port: int, option: str, kind: int = socket.SOCK_STREAM) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, kind) as probe:
        if kind == socket.SOCK_STREAM:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
            if kind == socket.SOCK_STREAM:
                probe.listen()
        except PermissionError as error:
            raise Refusal(f"没有使用端口 {port} 的权限，请用 {option} 另选 1024 以上的端口") from error
        except OSError as error:
            raise Refusal(f"端口 {port} 已被占用，请用 {option} 另选端口，或先停止占用它的程序") from error


def bring_up(supervisor: Supervisor, options: argparse.Namespace, data: Path) -> None:
    """Database, schema, demonstration city, processes; then say where everything is. The telephones may come later."""
    telephones = Telephones(supervisor, options.port, wanted=not options.no_phone)
    if environment.text("DATABASE_URL"):
        roles.ensure_app_on_own_server()
    else:
        tell("正在启动数据库……")
        supervisor.database()
    fresh = not (data / SCHEMA_FILE).exists()
    migrate(supervisor, data)
    users = data / USERS_FILE
    if not options.no_demo:
        demonstrate(supervisor, data)
    metrics = data / "metrics"
    shutil.rmtree(metrics, ignore_errors=True)  # counts of processes that are gone
    metrics.mkdir(mode=0o700)
    tell("正在启动网页、实时推送与后台任务……")
    for name in ("web", "live", "worker"):
        supervisor.add(name)
    address = f"http://{'127.0.0.1' if options.host in {'0.0.0.0', '::'} else options.host}:{options.port}"  # noqa: S104
    wait_ready(supervisor, address)
    tell(f"\n呼应已启动：{address}/\n")
    if options.host not in {"127.0.0.1", "localhost", "::1"} and not environment.text("HUYING_HOSTS"):
        tell("从其他电脑访问前，请设置环境变量 HUYING_HOSTS=本机的域名或地址（逗号分隔），再重新启动\n")
    if not options.no_demo and users.exists():
        tell(users.read_text().rstrip() + f"\n\n以上演示账号保存在 {users}；按 Ctrl-C 停止。")
    if options.no_demo and fresh:
        tell("这里还没有运营中心和账号：请用 bin/huying regions import 导入区划，再用 bin/huying centre 建立（docs/manual/operator.md）")
    telephones.bring_up()


def migrate(supervisor: Supervisor, data: Path) -> None:
    """Bring tables and static files up to date, unless the code and the database are those of the last time."""
    stamp = data / SCHEMA_FILE
    now = {"code": code_fingerprint(), "database": database_identity(data)}
    with contextlib.suppress(OSError, ValueError):
        if json.loads(stamp.read_text()) == now:
            return
    tell("正在更新数据库结构与静态文件……")
    step(supervisor, "upgrade")
    stamp.write_text(json.dumps({**now, "database": database_identity(data)}))


def demonstrate(supervisor: Supervisor, data: Path) -> None:
    """Make the demonstration city, once in each database; one cut off half-way is gone on with."""
    done, here = data / "demo.json", json.dumps(database_identity(data)[:2])
    if not done.exists() or done.read_text() != here:
        tell("正在建立演示城市……")
        step(supervisor, "demo")
        done.write_text(here)


def code_fingerprint() -> str:
    """Of everything that may shape a table, a right or a page: all our files, which are read in a few milliseconds."""
    root = environment.ROOT
    folders = (Path(__file__).resolve().parents[2], root / "build" / "static")
    files = [path for folder in folders for path in sorted(folder.rglob("*")) if path.suffix != ".pyc"]
    files.append(root / "requirements" / "run.txt")
    return hashlib.sha256(b"\0".join(path.read_bytes() for path in files if path.is_file())).hexdigest()


def database_identity(data: Path) -> list[Any]:
    """The server, the database in it and how many migrations it has had: a restored or replaced one differs."""
    with contextlib.closing(roles.owner_session(data)) as owner:
        cluster = owner.execute(
            "SELECT system_identifier::text, d.oid::text FROM pg_control_system(), pg_database d"
            " WHERE datname = current_database()"
        ).fetchone()
        if owner.execute("SELECT to_regclass('django_migrations')").fetchone() == (None,):
            return [*(cluster or ()), 0]
        count = owner.execute("SELECT count(*) FROM django_migrations").fetchone()
    return [*(cluster or ()), *(count or ())]


def step(supervisor: Supervisor, name: str) -> None:
    """Run one command to its end. Raises Refusal when it fails."""
    if supervisor.command(name, (name,)).wait() != 0:
        raise Refusal(f"huying {name} 失败：{last_words(supervisor.data / 'logs' / f'{name}.log')}")


def last_words(log: Path) -> str:
    time.sleep(0.1)  # they are on their way into the log
    said = log.read_text(errors="replace").strip().splitlines()
    return f"{said[-1] if said else '没有说明原因'}（详见 {log}）"


def wait_ready(supervisor: Supervisor, address: str) -> None:
    until = time.monotonic() + READY_SECONDS
    reason = "没有应答"
    while time.monotonic() < until:
        supervisor.look()
        if fallen := supervisor.keeps_falling():
            raise Refusal(f"{fallen} 无法启动：{last_words(supervisor.data / 'logs' / f'{fallen}.log')}")
        try:
            with urllib.request.urlopen(f"{address}/readyz", timeout=5):  # noqa: S310
                return
        except urllib.error.HTTPError as error:
            said = error.read().decode(errors="replace")
            reason = said[:300] if error.code == 503 else f"网页进程答以状态码 {error.code}"
        except OSError:
            pass
        time.sleep(0.1)
    raise Refusal(f"{READY_SECONDS:.0f} 秒内没有就绪：{reason}（日志在 {supervisor.data}/logs）")


@contextlib.contextmanager
def alone(data: Path) -> Iterator[None]:
    """One `bin/up` per data folder; the lock goes with the process, however that ends."""
    with (data / "up.lock").open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            raise Refusal(f"数据文件夹 {data} 已有一个 bin/up 在运行（进程 {lock.read().strip()}）") from None
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        yield
