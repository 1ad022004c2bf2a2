"""`huying db start`: a PostgreSQL of our own, under an account of its own, that survives what happens to computers."""

import os
import signal
import stat
import time
from pathlib import Path

import psycopg
import pytest

from config.installation import clean_environment, command, eventually, forget, lives, login

pytestmark = pytest.mark.slow


@pytest.fixture
def data(tmp_path):
    """As closed as pytest makes its folders: nobody but ourselves may pass."""
    folder = tmp_path / "data"
    yield folder
    command(folder, "db", "stop")
    forget(folder)


def pid_of(data) -> int:
    return int((Path(os.path.realpath(data / "pg")) / "postmaster.pid").read_text().split()[0])


def test_first_start_makes_roles_and_second_start_is_quick(data):
    assert command(data, "db", "start").stdout == "数据库已启动\n"
    assert command(data, "db", "start").stdout == "数据库已在运行\n"
    assert command(data, "db", "status").returncode == 0
    assert command(data, "db", "stop").stdout == "数据库已停止\n"
    assert command(data, "db", "status").returncode == 3
    begun = time.monotonic()
    assert command(data, "db", "start").returncode == 0
    assert time.monotonic() - begun < 15  # 0.3 s on an idle machine

    with login(data, "huying_owner", "db_owner") as owner, login(data, "huying_app", "db_app") as app:
        assert owner.execute(
            "SELECT rolsuper, rolcreatedb, rolcreaterole FROM pg_roles WHERE rolname = current_user"
        ).fetchone() == (False, True, True)
        assert app.execute("SELECT rolsuper, rolinherit FROM pg_roles WHERE rolname = current_user").fetchone() == (
            False, False)
        assert {name for (name,) in owner.execute("SELECT extname FROM pg_extension")} >= {"btree_gin", "pg_trgm"}
        owner.execute("CREATE TABLE secret (id int)")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            app.execute("SELECT FROM secret")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            app.execute("CREATE TABLE mine (id int)")


def test_nobody_else_gets_in(data):
    command(data, "db", "start")
    socket, cluster = Path(os.path.realpath(data / "pg-socket")), Path(os.path.realpath(data / "pg"))
    assert stat.S_IMODE(socket.stat().st_mode) == stat.S_IMODE(cluster.stat().st_mode) == 0o700
    secrets = data / "secrets"
    assert secrets.stat().st_uid == os.geteuid() and stat.S_IMODE(secrets.stat().st_mode) == 0o700
    with login(data, "huying_owner", "db_owner") as owner:
        assert owner.execute("SHOW listen_addresses").fetchone() == ("",)
        assert owner.execute("SHOW fsync").fetchone() == ("on",)
    for role in ("huying_owner", "huying_app", "postgres"):
        with pytest.raises(psycopg.OperationalError, match="password"):
            psycopg.connect(host=str(socket), user=role, password="guess", dbname="huying")
    server = Path(f"/proc/{pid_of(data)}")
    assert (server.stat().st_uid == 0) is False
    if os.geteuid() == 0:
        environ = (server / "environ").read_bytes()
        assert b"HUYING" not in environ and b"SECRET" not in environ


def test_killed_initdb_is_done_again(data):
    command(data, "db", "start")
    command(data, "db", "stop")
    cluster = Path(os.path.realpath(data / "pg"))
    cluster.rename(cluster.parent / "pg.draft")  # as a kill leaves it: never renamed
    (cluster.parent / "pg.draft" / "PG_VERSION").unlink()
    done = command(data, "db", "start")
    assert done.returncode == 0, done.stderr
    login(data, "huying_app", "db_app").close()


def test_killed_between_initdb_and_roles(data):
    command(data, "db", "start")
    with login(data, "huying_owner", "db_owner") as owner:
        owner.execute("ALTER ROLE huying_app NOLOGIN")  # log-in comes last; without it all is gone over again
    assert command(data, "db", "start").returncode == 0
    login(data, "huying_app", "db_app").close()


def test_killed_server_starts_again_at_once_and_keeps_what_was_committed(data):
    command(data, "db", "start")
    with login(data, "huying_owner", "db_owner") as owner:
        owner.execute("CREATE TABLE kept AS SELECT 1 AS one")
    pid = pid_of(data)
    os.kill(pid, signal.SIGKILL)
    done = command(data, "db", "start")
    assert done.returncode == 0, done.stderr
    with login(data, "huying_owner", "db_owner") as owner:
        assert owner.execute("TABLE kept").fetchall() == [(1,)]


def test_two_starts_at_once_make_one_cluster(data):
    import subprocess

    from contracts import ROOT

    starts = [
        subprocess.Popen([ROOT / "bin" / "huying", "db", "start"], env=clean_environment(data), stdout=subprocess.PIPE)
        for _ in range(3)
    ]
    said = sorted(one.communicate()[0].decode() for one in starts)
    assert said == ["数据库已启动\n", "数据库已在运行\n", "数据库已在运行\n"]


def test_long_path_gets_a_short_socket(tmp_path):
    data = tmp_path / ("很长的文件夹名" * 8)
    try:
        done = command(data, "db", "start")
        assert done.returncode == 0, done.stderr
        assert len(os.path.realpath(data / "pg-socket")) < 90
        login(data, "huying_app", "db_app").close()
    finally:
        pid = pid_of(data)
        command(data, "db", "stop")
        eventually(lambda: not lives(pid))
        forget(data)


def test_nonsense_is_refused_in_one_line(data):
    done = command(data, "db", "begin")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "用法：huying db start|stop|status\n"
