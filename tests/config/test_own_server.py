"""DATABASE_URL: the user's own PostgreSQL is used, nothing embedded is started, and what is missing is said."""

import os
from pathlib import Path

import psycopg
import pytest

from config.installation import command, forget, installed, up_fails

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """Somebody's PostgreSQL: another installation's, which stands in for one that knows nothing of us."""
    data = tmp_path_factory.mktemp("server") / "data"
    assert command(data, "db", "start").returncode == 0
    with administrator(data) as admin:
        admin.execute("REVOKE ALL ON DATABASE huying FROM huying_app")
    with administrator(data, "huying") as admin:
        admin.execute("DROP OWNED BY huying_app")
        admin.execute("DROP ROLE huying_app")
        admin.execute("CREATE ROLE plain LOGIN PASSWORD 'plain'")
        admin.execute("CREATE ROLE maker LOGIN CREATEROLE PASSWORD 'maker'")
        admin.execute("CREATE DATABASE plain OWNER plain")
        admin.execute("CREATE DATABASE maker OWNER maker")
    yield data
    command(data, "db", "stop")
    forget(data)


def administrator(data: Path, database: str = "postgres") -> psycopg.Connection:
    secret = (data / "secrets" / "db_super").read_text()
    return psycopg.connect(host=os.path.realpath(data / "pg-socket"), user="postgres", password=secret,
                           dbname=database, autocommit=True)


def url(data: Path, role: str) -> dict[str, str]:
    return {"DATABASE_URL": f"postgresql://{role}:{role}@/{role}?host={os.path.realpath(data / 'pg-socket')}"}


def test_the_administrators_sql_is_told_and_is_enough(server, tmp_path):
    done = up_fails(tmp_path / "data", "--port", "8197", environ=url(server, "plain"))
    assert "无权建立角色 huying_app" in done.stderr
    statements = done.stderr.strip().splitlines()[1:]
    with administrator(server) as admin:
        for statement in statements:
            admin.execute(statement)
        admin.execute("ALTER ROLE huying_app RENAME TO aside")  # what the other tests find is as before

    assert [line.split()[0] for line in statements] == ["CREATE", "GRANT"]


def test_runs_on_it_and_starts_nothing_of_its_own(server, tmp_path):
    with installed(tmp_path / "data", environ=url(server, "maker")) as there:
        assert there.ask("/readyz")[0] == 200
        assert "db" not in there.pids() and not (there.data / "pg").exists()
        with administrator(server, "maker") as admin:
            assert admin.execute("SELECT count(*) > 0 FROM org_centre").fetchone() is not None
            assert admin.execute("SELECT tableowner FROM pg_tables WHERE tablename = 'audit_event'").fetchone() == (
                "maker",)


def test_another_installations_password_is_not_changed(server, tmp_path):
    done = up_fails(tmp_path / "data", "--port", "8197", environ=url(server, "maker"))
    assert "已有角色 huying_app，但本安装的密码不能登录" in done.stderr


def test_a_server_that_is_away_is_said_in_one_line(tmp_path):
    done = up_fails(tmp_path / "data", "--port", "8197",
                    environ={"DATABASE_URL": "postgresql://a:b@127.0.0.1:1/c"})
    assert done.stderr.startswith("连接不上 DATABASE_URL 指定的数据库：")
    assert len(done.stderr.strip().splitlines()) == 1
