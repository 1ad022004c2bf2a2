"""What has happened to a due time since it was counted. Of clocks already running, extensions and said days are known."""

from django.db import migrations, models

FILL = """
    UPDATE workorders_clock c SET moves = CASE
        WHEN a.role = 'sub' THEN jsonb_build_array(jsonb_build_object('until', to_char(
            c.due_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"+00:00"')))
        ELSE jsonb_build_array(jsonb_build_object('workdays', a.extended_days)) END
    FROM workorders_assignment a
    WHERE a.id = c.assignment_id AND c.kind = 'handle' AND (a.role = 'sub' OR a.extended_days > 0)
"""


class Migration(migrations.Migration):
    dependencies = [("workorders", "0009_ordercall")]
    operations = [
        migrations.AddField(model_name="clock", name="moves", field=models.JSONField(default=list)),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
    ]
