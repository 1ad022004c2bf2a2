from django.db import migrations, models

FILL = """
    UPDATE calls_call c SET agent_seat = f.extension FROM (
        SELECT DISTINCT ON (call_id) call_id, extension FROM calls_leg
        WHERE answered_at IS NOT NULL AND role = 'agent' ORDER BY call_id, answered_at, id
    ) f WHERE f.call_id = c.id AND f.extension <> '' AND c.answered_at IS NOT NULL
"""


class Migration(migrations.Migration):

    dependencies = [("calls", "0013_lists_of_test_numbers")]

    operations = [
        migrations.AddField(
            model_name="call",
            name="agent_seat",
            field=models.CharField(blank=True, default="", max_length=20, verbose_name="接听分机"),
            preserve_default=False,
        ),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
    ]
