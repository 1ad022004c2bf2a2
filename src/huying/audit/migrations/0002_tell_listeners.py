"""Every new event is announced to whoever listens (the `live` process): ids only, at commit.

Bulk imports say `SET LOCAL huying.quiet = 'on'` and stay silent.
"""

from django.db import migrations

UP = """
CREATE FUNCTION huying_tell_event() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF coalesce(current_setting('huying.quiet', true), '') <> 'on' THEN
        PERFORM pg_notify('huying_events', NEW.id || ' ' || NEW.stream || ' ' || NEW.stream_id || ' ' || NEW.centre_id);
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER huying_tell_event AFTER INSERT ON audit_event FOR EACH ROW EXECUTE FUNCTION huying_tell_event();
"""
DOWN = "DROP TRIGGER huying_tell_event ON audit_event; DROP FUNCTION huying_tell_event();"


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_initial")]
    operations = [migrations.RunSQL(UP, DOWN)]
