from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('calls', '0012_recording_on_hold'),
    ]

    operations = [
        migrations.AddField(
            model_name='callerlist',
            name='is_test',
            field=models.BooleanField(default=False, verbose_name='测试号码'),
        ),
    ]
