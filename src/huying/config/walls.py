"""Who may touch which table, laid down after every migration from what the models say of themselves.

- every table: the application reads and writes;
- `append_only = True`: it may add and read, never change or delete (R055);
- `write_only = True`: it may not read the table itself, only through a function that keeps the tenants apart;
- `tenant_column = "…"`: row-level security by the centres named in the setting `huying.centres` (R207).

The owner of the tables (who migrates) stands outside the walls; the application's login stands inside.
"""

from typing import Any

from django.apps import AppConfig
from django.db import DEFAULT_DB_ALIAS, connections

from huying.config.database import APP_ROLE

CENTRES = "current_setting('huying.centres', true)"
POLICY = f"""
    (SELECT {CENTRES}) = '*'
    OR {{column}} = ANY ((SELECT string_to_array(NULLIF({CENTRES}, '*'), ',')::bigint[])::bigint[])
"""


def statements(model: Any) -> list[str]:
    """The SQL that sets up the walls of one model's table; safe to run again and again."""
    table = f'"{model._meta.db_table}"'
    rights = "SELECT, INSERT, UPDATE, DELETE"
    if getattr(model, "append_only", False):
        rights = "SELECT, INSERT"
    if getattr(model, "write_only", False):
        key = model._meta.pk.column
        rights = f'INSERT, UPDATE, DELETE, SELECT ("{key}")'
    lines = [f"REVOKE ALL ON {table} FROM {APP_ROLE}", f"GRANT {rights} ON {table} TO {APP_ROLE}"]
    if column := getattr(model, "tenant_column", None):
        test = POLICY.format(column=f'"{column}"')
        lines += [
            f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY",
            f"DROP POLICY IF EXISTS tenant ON {table}",
            f"CREATE POLICY tenant ON {table} TO {APP_ROLE} USING ({test}) WITH CHECK ({test})",
        ]
    return lines


def build(app_config: AppConfig, using: str = DEFAULT_DB_ALIAS, **_: Any) -> None:
    """Receiver of `post_migrate`."""
    with connections[using].cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [APP_ROLE])
        if cursor.fetchone() is None:
            raise RuntimeError(f"数据库中没有角色 {APP_ROLE}，请先执行 bin/up 或按 docs/architecture.md 建立")
        standing = set(connections[using].introspection.table_names(cursor))
        for model in app_config.get_models(include_auto_created=True):
            if model._meta.db_table in standing:  # else its migration is still to come
                for line in statements(model):
                    cursor.execute(line)
        cursor.execute(f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {APP_ROLE}")
        cursor.execute(f"GRANT SELECT ON django_migrations TO {APP_ROLE}")
        if app_config.label == "procrastinate":
            for kind in ("procrastinate_jobs", "procrastinate_events", "procrastinate_periodic_defers", "procrastinate_workers"):
                cursor.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {kind} TO {APP_ROLE}")
