"""Installations that had their roles before the telephone came: the shipped roles get its rights, once."""

from django.db import migrations

RIGHTS = {
    "agent": ["calls.answer", "calls.view_own"],
    "leader": ["calls.answer", "calls.monitor", "calls.nominate_block", "calls.report", "calls.supervise", "calls.view"],
    "dispatcher": ["calls.answer", "calls.view_own"],
    "follow_up": ["calls.answer", "calls.view_own"],
    "reviewer": ["calls.view"],
    "quality": ["calls.monitor", "calls.report", "calls.view"],
    "supervisor": ["calls.report", "calls.view"],
    "director": [
        "calls.approve_block", "calls.download", "calls.manage", "calls.monitor", "calls.report", "calls.supervise", "calls.view",
    ],
    "buyer": ["calls.monitor", "calls.report", "calls.view"],
    "operator": ["calls.manage", "calls.monitor"],
}


def give(apps, schema_editor):
    roles = apps.get_model("org", "Role").objects.using(schema_editor.connection.alias)
    for role in roles.filter(code__in=RIGHTS):
        role.permissions = sorted({*role.permissions, *RIGHTS[role.code]})
        role.save(update_fields=["permissions"])


class Migration(migrations.Migration):
    dependencies = [("calls", "0001_initial"), ("org", "0005_trained_on")]
    operations = [migrations.RunPython(give, migrations.RunPython.noop)]
