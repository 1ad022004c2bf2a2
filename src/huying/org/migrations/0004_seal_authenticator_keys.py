"""Keys of phones that django_otp's own table kept readable are sealed, and that table goes."""

from django.db import migrations

OLD = "otp_totp_totpdevice"


def seal_keys(apps, schema_editor):
    connection = schema_editor.connection
    Authenticator = apps.get_model("org", "Authenticator")
    with connection.cursor() as cursor:
        if OLD not in connection.introspection.table_names(cursor):
            return
        cursor.execute(f"SELECT user_id, name, confirmed, key, drift, last_t FROM {OLD}")  # noqa: S608
        names = ("user_id", "name", "confirmed", "key", "drift", "last_t")
        rows = [Authenticator(**dict(zip(names, row, strict=True))) for row in cursor.fetchall()]
        Authenticator.objects.using(connection.alias).bulk_create(rows)
        cursor.execute(f"DROP TABLE {OLD}")
        cursor.execute("DELETE FROM django_migrations WHERE app = 'otp_totp'")


class Migration(migrations.Migration):
    dependencies = [("org", "0003_authenticator")]
    operations = [migrations.RunPython(seal_keys, migrations.RunPython.noop)]
