from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('calls', '0010_nodes_of_calls'),
    ]

    operations = [
        migrations.AddField(
            model_name='phone',
            name='answering',
            field=models.CharField(choices=[('hand', '拿起话机接听'), ('auto', '话机自动接听'), ('remote', '话务条遥控接听')], default='hand', max_length=8, verbose_name='接听方式'),
        ),
    ]
