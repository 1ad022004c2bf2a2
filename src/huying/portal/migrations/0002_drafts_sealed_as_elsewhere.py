"""Online drafts are bound to their row in the same words as the agents', so that one rotation serves both."""

from django.db import migrations

from huying.org.fields import key_ring


def seal_anew(apps, schema_editor):
    ring = key_ring()
    drafts = apps.get_model("portal", "OnlineDraft").objects.using(schema_editor.connection.alias)
    for draft in drafts.exclude(sealed=b"", code=b""):
        for column in ("sealed", "code"):
            if blob := bytes(getattr(draft, column)):
                text = ring.decrypt(blob, context=f"portal_onlinedraft.{column}:".encode() + draft.key.bytes)
                setattr(draft, column, ring.encrypt(text, context=f"portal_onlinedraft.{column}:{draft.key}".encode()))
        draft.save(update_fields=["sealed", "code"])


class Migration(migrations.Migration):
    dependencies = [("portal", "0001_drafts_codes_limits")]
    operations = [migrations.RunPython(seal_anew, migrations.RunPython.noop)]
