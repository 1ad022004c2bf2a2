"""The shipped rule pack and templates; a centre puts its own beside them."""

import json
from datetime import datetime, timezone
from importlib.resources import files

from django.db import migrations


def ship(apps, schema_editor):
    packs = files("huying.workorders").joinpath("packs")
    using = schema_editor.connection.alias
    default = json.loads(packs.joinpath("default.json").read_text("utf-8"))
    apps.get_model("workorders", "RulePack").objects.using(using).create(
        code="default", name=default["name"], effective_from=datetime(2000, 1, 1, tzinfo=timezone.utc), data=default
    )
    for row in json.loads(packs.joinpath("templates.json").read_text("utf-8")):
        apps.get_model("workorders", "OrderTemplate").objects.using(using).create(
            code=row.pop("code"), name=row.pop("name"), data=row
        )


class Migration(migrations.Migration):
    dependencies = [("workorders", "0001_initial")]
    operations = [migrations.RunPython(ship, migrations.RunPython.noop)]
