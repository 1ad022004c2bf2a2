"""The tests' databases: migrated once by the owner, copied per run and worker, used through the application's login."""

import fcntl
import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from graphlib import TopologicalSorter
from pathlib import Path

import psycopg
from django.core.management import call_command
from django.db import connection, connections
from psycopg import sql

from huying.config import environment
from huying.config.launch import cluster

RUN = os.environ["HUYING_TEST_RUN"]
WORKER = os.environ.get("PYTEST_XDIST_WORKER", "main")
NAME = f"test_{RUN}_{WORKER}"
SHAPED_BY = (
    "*/migrations/*.py", "*/models/*.py", "*/models.py", "*/catalog.py", "*/packs/*", "config/walls.py",
    "config/settings.py",
)
KEPT = "pristine"  # the schema with copies of the rows that the migrations left


@contextmanager
def prepared() -> Iterator[None]:
    """A fresh database for this worker, copied from a template that is made anew when models or migrations change."""
    cluster.start(environment.data_folder())
    with (environment.data_folder() / "template.lock").open("w") as lock, server() as owner:
        fcntl.flock(lock, fcntl.LOCK_EX)
        template = f"template_{fingerprint()}"
        if not exists(owner, template):
            forget_old(owner)
            make_template(owner, template)
        drop(owner, NAME)
        run(owner, "CREATE DATABASE {} TEMPLATE {}", NAME, template)
    use(NAME)
    try:
        yield
    finally:
        connections.close_all()
        with server() as owner:
            drop(owner, NAME)


def server() -> psycopg.Connection:
    """The owner's session outside of any test database."""
    about = connections["owner"].settings_dict
    return psycopg.connect(
        host=about["HOST"], port=about["PORT"], user=about["USER"], password=about["PASSWORD"], dbname="huying",
        autocommit=True,
    )


def use(name: str) -> None:
    for alias in connections:
        connections[alias].close()
        connections.settings[alias]["NAME"] = name


def make_template(owner: psycopg.Connection, name: str) -> None:
    draft = f"draft_{name}"
    drop(owner, draft)
    run(owner, "CREATE DATABASE {}", draft)
    use(draft)
    call_command("migrate", database="owner", verbosity=0)
    with connections["owner"].cursor() as cursor:
        cursor.execute(f"CREATE SCHEMA {KEPT}")
        for table in filled(cursor):
            cursor.execute(f'CREATE TABLE {KEPT}."{table}" AS TABLE public."{table}"')
    connections.close_all()
    run(owner, "ALTER DATABASE {} RENAME TO {}", draft, name)


def forget_old(owner: psycopg.Connection) -> None:
    """Drop templates of earlier models, and databases whose run was killed."""
    for (name,) in owner.execute("SELECT datname FROM pg_database WHERE datname ~ '^(draft|template|test)_'").fetchall():
        kind, pid, *_ = name.split("_")
        if kind != "test" or not Path(f"/proc/{pid}").exists():
            drop(owner, name)


def fingerprint() -> str:
    source = environment.ROOT / "src" / "huying"
    files = sorted({path for pattern in SHAPED_BY for path in source.glob(pattern) if path.is_file()})
    parts = [environment.ROOT / "requirements" / "run.txt", Path(__file__), *files]
    return hashlib.sha256(b"\0".join(bytes(path) + path.read_bytes() for path in parts)).hexdigest()[:16]


def empty_tables() -> None:
    """After a test that really committed: the rows go as the owner, who may; what the migrations filled comes back."""
    connection.close()
    connections["numbers"].close()
    with connections["owner"].cursor() as cursor:
        kept = tables(cursor, KEPT)
        gone = [table for table in filled(cursor) if table not in kept]
        gone += [table for table in kept if changed(cursor, table)]
        if not gone:
            return
        cursor.execute("SET lock_timeout = '20s'")  # a session that a test forgot must not hang the whole run
        names = ", ".join(f'public."{table}"' for table in gone)
        cursor.execute(f"TRUNCATE {names} RESTART IDENTITY CASCADE")
        for table in by_dependency(cursor, kept):
            if changed(cursor, table):
                cursor.execute(f'INSERT INTO public."{table}" OVERRIDING SYSTEM VALUE TABLE {KEPT}."{table}"')
                count_on(cursor, table)


def tables(cursor, schema: str) -> list[str]:
    cursor.execute(
        "SELECT relname FROM pg_class WHERE relnamespace = %s::regnamespace AND relkind IN ('r', 'p')"
        " AND NOT relispartition ORDER BY relname",
        [schema],
    )
    return [name for (name,) in cursor.fetchall()]


def filled(cursor) -> list[str]:
    """The tables that hold a row."""
    probes = [f"SELECT '{table}' WHERE EXISTS (TABLE public.\"{table}\")" for table in tables(cursor, "public")]
    cursor.execute(" UNION ALL ".join(probes))
    return [name for (name,) in cursor.fetchall()]


def changed(cursor, table: str) -> bool:
    """Whether the rows differ from those that the migrations left."""
    now, then = f'public."{table}"', f'{KEPT}."{table}"'
    cursor.execute(
        f"SELECT (SELECT count(*) FROM {now}) <> (SELECT count(*) FROM {then})"
        f" OR EXISTS (SELECT t::text FROM {now} t EXCEPT ALL SELECT t::text FROM {then} t)"
    )
    return cursor.fetchone()[0]


def by_dependency(cursor, names: list[str]) -> list[str]:
    """`names` ordered so that a table comes after those it refers to."""
    cursor.execute(
        "SELECT a.relname, b.relname FROM pg_constraint c JOIN pg_class a ON a.oid = c.conrelid"
        " JOIN pg_class b ON b.oid = c.confrelid WHERE c.contype = 'f' AND a.oid <> b.oid"
    )
    needs: dict[str, set[str]] = {name: set() for name in names}
    for here, there in cursor.fetchall():
        if here in needs and there in needs:
            needs[here].add(there)
    return list(TopologicalSorter(needs).static_order())


def count_on(cursor, table: str) -> None:
    """The next row gets the number after the highest that came back."""
    cursor.execute(
        "SELECT column_name FROM information_schema.columns"
        " WHERE table_schema = 'public' AND table_name = %s AND is_identity = 'YES'",
        [table],
    )
    for (column,) in cursor.fetchall():
        place = f"pg_get_serial_sequence('public.\"{table}\"', '{column}')"
        cursor.execute(f'SELECT setval({place}, (SELECT max("{column}") FROM public."{table}"))')


def exists(owner: psycopg.Connection, name: str) -> bool:
    return owner.execute("SELECT FROM pg_database WHERE datname = %s", [name]).fetchone() is not None


def drop(owner: psycopg.Connection, name: str) -> None:
    """Drop a database with whoever is still in it; autovacuum, which is not ours to end, gives way to the plain form."""
    try:
        run(owner, "DROP DATABASE IF EXISTS {} WITH (FORCE)", name)
    except psycopg.errors.InsufficientPrivilege:
        run(owner, "DROP DATABASE IF EXISTS {}", name)


def run(owner: psycopg.Connection, statement: str, *names: str) -> None:
    owner.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))
