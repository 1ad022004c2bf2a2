from django.db import migrations, models

# The one node there was is called "hy" in the names of its channels; the gateway called it "main".
FILL = r"""
    UPDATE calls_switchstate SET node = 'hy' WHERE node = 'main';
    UPDATE calls_call SET node = substring(linkedid FROM '^([a-z][a-z0-9]{0,15})-[0-9]+\.[0-9]+$')
    WHERE source = 'switch' AND linkedid ~ '^[a-z][a-z0-9]{0,15}-[0-9]+\.[0-9]+$';
"""


class Migration(migrations.Migration):

    dependencies = [
        ('calls', '0009_why_a_recording_is_missing'),
    ]

    operations = [
        migrations.AddField(
            model_name='call',
            name='node',
            field=models.CharField(blank=True, default='', max_length=16, verbose_name='节点'),
        ),
        migrations.AlterField(
            model_name='switchstate',
            name='node',
            field=models.CharField(default='hy', max_length=40, unique=True),
        ),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
    ]
