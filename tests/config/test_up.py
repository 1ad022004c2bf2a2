"""`bin/up` as a whole: one installation, hurt in every way that matters."""

import json
import os
import re
import signal
import socket
import time
from pathlib import Path

import pytest

from config.installation import Installation, children, command, eventually, installed, lives, up_fails
from huying.config import environment

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def installation(tmp_path_factory):
    with installed(tmp_path_factory.mktemp("installation") / "data") as there:
        yield there


def ready(there: Installation) -> bool:
    return there.ask("/readyz")[0] == 200


def test_up_and_ready(installation):
    status, text = installation.ask("/readyz")
    assert (status, json.loads(text)) == (
        200, {"status": "ok", "checks": {"database": "ok", "migrations": "ok", "worker": "ok"},
              "switch": {"word": "off", "reason": ""}, "phone": "未启用"})
    assert json.loads(installation.ask("/healthz")[1])["status"] == "ok"
    assert "huying_requests_total{" in installation.ask("/metrics")[1]
    assert set(installation.pids()) == {"db", "web", "live", "worker"}


def test_pages_come_with_style_sheets_that_browsers_may_keep(installation):
    _, page = installation.ask("/sign-in")
    links = re.findall(r'(?:href|src)="(/static/[^"]+)"', page)
    assert links and all(re.search(r"\.[0-9a-f]{12}\.\w+$", link) for link in links), links
    assert [installation.ask(link)[0] for link in links] == [200] * len(links)


def test_other_accounts_of_the_machine_see_nothing(installation):
    for path in installation.data.rglob("*"):
        if not path.is_symlink() and path.parent == installation.data and path.is_dir():
            assert path.stat().st_mode & 0o077 == 0, path
    assert installation.data.stat().st_mode & 0o066 == 0


def test_commands_beside_it_name_the_ports_in_use(installation, monkeypatch):
    monkeypatch.setenv("HUYING_DATA", str(installation.data))
    monkeypatch.delenv("HUYING_PORT", raising=False)
    assert environment.pages_port() == installation.port
    monkeypatch.setenv("HUYING_PORT", "9000")
    assert environment.pages_port() == 9000


def test_commands_use_the_same_database_while_it_runs(installation):
    assert command(installation.data, "db", "status").returncode == 0
    done = command(installation.data, "upgrade")
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("name", ["web", "live", "worker", "db"])
def test_what_is_killed_comes_back(installation, name):
    before = installation.pids()[name]
    os.kill(before, signal.SIGKILL)
    eventually(lambda: installation.pids().get(name) not in {None, before})
    eventually(lambda: ready(installation))
    assert not lives(before)


def test_a_killed_worker_of_the_web_comes_back(installation):
    web = installation.pids()["web"]
    workers = children(web)
    assert len(workers) == 2
    os.kill(workers[0], signal.SIGKILL)
    eventually(lambda: len(set(children(web)) - {workers[0]}) == 2)
    eventually(lambda: ready(installation))


def test_taken_port_is_named_before_anything_starts(installation, tmp_path):
    done = up_fails(tmp_path / "other", "--port", str(installation.port))
    assert done.stderr.strip() == (
        f"端口 {installation.port} 已被占用，请用 --port 另选端口，或先停止占用它的程序")
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = up_fails(tmp_path / "other", "--port", str(installation.port + 1000), "--live-port", str(port))
    assert done.stderr.strip().startswith(f"端口 {port} 已被占用，请用 --live-port")
    assert not (tmp_path / "other" / "pg").exists()


def test_one_up_per_data_folder(installation):
    done = up_fails(installation.data, "--port", str(installation.port + 1))
    assert f"已有一个 bin/up 在运行（进程 {installation.up.pid}）" in done.stderr


def test_nonsense_in_the_environment_is_refused(tmp_path):
    done = up_fails(tmp_path / "other", environ={"HUYING_PORT": "eighty"})
    assert done.stderr.strip() == "HUYING_PORT='eighty'：应为 1 到 65535 之间的整数"
    done = up_fails(tmp_path / "other", environ={"DATABASE_URL": "mysql://x/y"})
    assert "DATABASE_URL 应形如 postgresql://" in done.stderr


def test_a_killed_supervisor_takes_its_processes_along(installation):
    pids = [*installation.pids().values(), *children(installation.pids()["web"])]
    installation.stop(signal.SIGKILL)
    for pid in pids:
        eventually(lambda pid=pid: not lives(pid))
    installation.start()
    assert ready(installation)


def test_stops_cleanly(installation):
    pids = [*installation.pids().values(), *children(installation.pids()["web"])]
    assert installation.stop(signal.SIGTERM) == 0
    assert installation.lines[-1] == "已停止"
    assert not [pid for pid in pids if lives(pid)]
    assert "database system is shut down" in last_start(installation.data)
    done = command(installation.data, "upgrade")
    assert (done.returncode, done.stderr) == (3, "数据库没有运行，请先执行 bin/up\n")


def test_starts_again_in_seconds(installation):
    schema, busy = (installation.data / "schema.json").read_text(), os.getloadavg()[0] / (os.cpu_count() or 1)
    seconds = installation.start()
    assert "was not properly shut down" not in last_start(installation.data)
    assert installation.stop(signal.SIGINT) == 0
    if (installation.data / "schema.json").read_text() == schema:  # nobody edits the code while it is tested
        assert "正在更新数据库结构与静态文件……" not in installation.lines[-8:]
        assert seconds < 5 * max(1.0, busy + 1)  # alone on the machine it takes about three


def test_a_screen_that_nobody_reads_does_not_stop_it(installation):
    installation.start(read=False)
    eventually(lambda: ready(installation))
    before = installation.pids()["live"]
    os.kill(before, signal.SIGKILL)  # something to tell, and nobody there
    eventually(lambda: installation.pids()["live"] != before)
    assert ready(installation)
    assert installation.stop(signal.SIGTERM) == 0


def test_logs_name_routes_and_requests_but_nobody(installation):
    lines = [line for line in (installation.data / "logs" / "web.log").read_text().splitlines() if line[0] == "{"]
    requests = [entry for entry in map(json.loads, lines) if entry["event"] == "request"]
    assert {"readyz", "healthz", "metrics"} <= {entry["route"] for entry in requests}
    assert all(entry["request_id"] and "?" not in json.dumps(entry) for entry in requests)
    assert (installation.data / "logs" / "web.log").stat().st_mode & 0o077 == 0


def last_start(data: Path) -> str:
    time.sleep(0.1)
    return (data / "logs" / "postgres.log").read_text().rpartition("starting PostgreSQL")[2]
