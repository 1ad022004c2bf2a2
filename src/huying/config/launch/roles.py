"""The two roles and the database: the owner migrates, the application is bound by row-level security.

huying_owner owns the database and may make databases (for the tests) and roles; huying_app may log in, and what it may
do with which table is laid down after each migration (huying.config.walls).
"""

import contextlib
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql
from psycopg.conninfo import make_conninfo

from huying.config import database, environment
from huying.config.database import APP_ROLE
from huying.kernel.errors import Refusal

SUPERUSER = "postgres"
OWNER_ROLE = "huying_owner"
DATABASE = "huying"
EXTENSIONS = ("btree_gin", "pg_trgm")

Connection = psycopg.Connection[tuple[Any, ...]]


class RoleMissing(Refusal):
    """The user's own PostgreSQL does not let us make the application's role; the message carries the SQL."""

    code = "role_missing"


def answers(folder: Path) -> bool:
    """Whether the server lets sessions in (it does not while it recovers)."""
    try:
        _connect(folder, SUPERUSER, "db_super", "postgres").close()
    except psycopg.OperationalError:
        return False
    return True


def ensure_embedded(folder: Path) -> None:
    """Make roles, database and extensions; safe to repeat. The log-in right of the roles comes last, so that both
    being able to log in means that all before it was done."""
    try:
        for role, key in ((OWNER_ROLE, "db_owner"), (APP_ROLE, "db_app")):
            _connect(folder, role, key, DATABASE).close()
        return
    except psycopg.OperationalError:
        pass
    with _connect(folder, SUPERUSER, "db_super", "postgres") as server:
        if not _exists(server, "SELECT FROM pg_roles WHERE rolname = %s", OWNER_ROLE):
            server.execute(sql.SQL("CREATE ROLE {} NOLOGIN").format(sql.Identifier(OWNER_ROLE)))
        if not _exists(server, "SELECT FROM pg_database WHERE datname = %s", DATABASE):
            server.execute(
                sql.SQL("CREATE DATABASE {} OWNER {}").format(sql.Identifier(DATABASE), sql.Identifier(OWNER_ROLE))
            )
    for name in ("template1", DATABASE):  # template1: the tests' databases get them too
        with _connect(folder, SUPERUSER, "db_super", name) as inside:
            for extension in EXTENSIONS:
                inside.execute(sql.SQL("CREATE EXTENSION IF NOT EXISTS {}").format(sql.Identifier(extension)))
    with _connect(folder, SUPERUSER, "db_super", "postgres") as server:
        _let_in(server, OWNER_ROLE, "db_owner", "LOGIN NOSUPERUSER CREATEDB CREATEROLE")
    with _connect(folder, OWNER_ROLE, "db_owner", DATABASE) as owner:
        ensure_app(owner, ours=True)


def ensure_app_on_own_server() -> None:
    """For DATABASE_URL. Raises RoleMissing, Refusal."""
    with contextlib.closing(owner_session(environment.data_folder())) as owner:
        ensure_app(owner)


def owner_session(data: Path) -> Connection:
    """The owner's session. Raises Refusal when the server of DATABASE_URL does not answer."""
    about = database.owner(data)
    try:
        return psycopg.connect(
            host=about["HOST"],
            port=about["PORT"],
            user=about["USER"],
            password=about["PASSWORD"],
            dbname=about["NAME"],
            autocommit=True,
            connect_timeout=10,
            **about["OPTIONS"],
        )
    except psycopg.OperationalError as error:
        raise Refusal(f"连接不上 DATABASE_URL 指定的数据库：{str(error).strip().splitlines()[0]}") from error


def ensure_app(owner: Connection, *, ours: bool = False) -> None:
    """Make the application's role with the owner's rights, as far as those go.

    On a server that is not `ours` an existing role keeps its password: another installation may be using it.
    Raises RoleMissing with the SQL that an administrator must run.
    """
    if _app_enters(owner):
        return
    exists = _exists(owner, "SELECT FROM pg_roles WHERE rolname = %s", APP_ROLE)
    if exists and not ours:
        raise RoleMissing(
            f"数据库中已有角色 {APP_ROLE}，但本安装的密码不能登录。若它属于同一服务器上的另一个安装，"
            "请把那边 HUYING_DATA/secrets/db_app 复制过来；否则请由数据库管理员执行：\n" + _sql_for(owner, "ALTER")
        )
    try:
        with owner.transaction():
            if not exists:
                owner.execute(sql.SQL("CREATE ROLE {} NOLOGIN").format(sql.Identifier(APP_ROLE)))
            let_connect(owner)
            _let_in(owner, APP_ROLE, "db_app", "LOGIN NOINHERIT")
    except psycopg.errors.InsufficientPrivilege as error:
        raise RoleMissing(
            f"数据库账号 {owner.info.user} 无权建立角色 {APP_ROLE}，请由数据库管理员执行以下语句后重试：\n"
            + _sql_for(owner, "CREATE")
        ) from error


def _sql_for(owner: Connection, verb: str) -> str:
    return (
        f"{verb} ROLE {APP_ROLE} LOGIN NOINHERIT PASSWORD '{environment.secret('db_app').hex()}';\n"
        f'GRANT CONNECT, TEMPORARY ON DATABASE "{owner.info.dbname}" TO {APP_ROLE};'
    )


def _app_enters(owner: Connection) -> bool:
    """Whether the application's login works where the owner's did."""
    about = owner.info.get_parameters() | {"user": APP_ROLE, "password": environment.secret("db_app").hex()}
    try:
        psycopg.connect(make_conninfo("", **about)).close()
    except psycopg.OperationalError:
        return False
    return True


def let_connect(owner: Connection) -> None:
    """Only the application (and the owner) may enter this database."""
    app, database = sql.Identifier(APP_ROLE), sql.Identifier(owner.info.dbname)
    owner.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(database))
    owner.execute(sql.SQL("GRANT CONNECT, TEMPORARY ON DATABASE {} TO {}").format(database, app))
    owner.execute(sql.SQL("GRANT USAGE ON SCHEMA public TO {}").format(app))


def _let_in(connection: Connection, role: str, key: str, rights: str) -> None:
    password = sql.Literal(environment.secret(key).hex())
    connection.execute(sql.SQL("ALTER ROLE {} " + rights + " PASSWORD {}").format(sql.Identifier(role), password))


def _exists(connection: Connection, query: str, name: str) -> bool:
    return connection.execute(query, [name]).fetchone() is not None


def _connect(folder: Path, role: str, key: str, database: str) -> Connection:
    return psycopg.connect(
        host=str(folder),
        port=5432,
        user=role,
        password=environment.secret(key).hex(),
        dbname=database,
        autocommit=True,
        connect_timeout=10,
    )
