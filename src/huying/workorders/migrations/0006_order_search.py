"""The one way in which the application reads the words of orders: newest first, slice by slice, tenants kept apart.

Slices are those of `workorders.rules.words`. The row of words lies out of line, so that what a search touches of the
table is narrow.
"""

from django.db import migrations

SLICE = """
CREATE FUNCTION order_slice(at timestamptz) RETURNS integer LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT floor(extract(epoch FROM at))::bigint / 259200
$$
"""

SEARCH = """
CREATE FUNCTION order_search(
    wanted text[], since timestamptz, until timestamptz, most integer, units bigint[] DEFAULT NULL,
    beyond_at timestamptz DEFAULT NULL, beyond_id bigint DEFAULT NULL, upward boolean DEFAULT false
) RETURNS TABLE (order_id bigint, created_at timestamptz)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp SET enable_seqscan = off AS $$
DECLARE
    scope text := coalesce(current_setting('huying.centres', true), '');
    centres bigint[] := CASE WHEN scope NOT IN ('', '*') THEN string_to_array(scope, ',')::bigint[] END;
    low timestamptz := CASE WHEN upward THEN greatest(since, beyond_at) ELSE since END;
    high timestamptz := CASE WHEN upward THEN until ELSE least(until, beyond_at) END;
    slice integer := order_slice(CASE WHEN upward THEN low ELSE high END);
    final integer := order_slice(CASE WHEN upward THEN high ELSE low END);
    step integer := CASE WHEN upward THEN 1 ELSE -1 END;
    lacking integer := most;
    got integer;
    query tsquery;
BEGIN
    IF scope = '' OR coalesce(cardinality(wanted), 0) = 0 OR low IS NULL OR high IS NULL THEN
        RETURN;
    END IF;
    IF EXISTS (SELECT 1 FROM unnest(wanted) AS word WHERE word ~ '[''\\\\[:space:]:&|!()<>]' OR word = '') THEN
        RAISE EXCEPTION 'order_search: words are letters and digits' USING ERRCODE = '22023';
    END IF;
    WHILE lacking > 0 AND (final - slice) * step >= 0 LOOP
        SELECT string_agg(
            '''' || lpad(to_hex(slice), 4, '0') || rtrim(word, '*') || '''' || CASE WHEN word LIKE '%*' THEN ':*' ELSE '' END,
            ' & '
        )::tsquery INTO query FROM unnest(wanted) AS word;
        IF upward THEN
            RETURN QUERY SELECT t.order_id, t.created_at FROM workorders_ordertext t
                WHERE t.words @@ query AND t.created_at BETWEEN low AND high
                  AND (centres IS NULL OR t.centre_id = ANY (centres))
                  AND (beyond_at IS NULL OR (t.created_at, t.order_id) > (beyond_at, beyond_id))
                  AND (units IS NULL OR EXISTS (SELECT 1 FROM workorders_assignment a
                       WHERE a.order_id = t.order_id AND a.unit_id = ANY (units) AND a.state <> 'cancelled'))
                ORDER BY t.created_at, t.order_id LIMIT lacking;
        ELSE
            RETURN QUERY SELECT t.order_id, t.created_at FROM workorders_ordertext t
                WHERE t.words @@ query AND t.created_at BETWEEN low AND high
                  AND (centres IS NULL OR t.centre_id = ANY (centres))
                  AND (beyond_at IS NULL OR (t.created_at, t.order_id) < (beyond_at, beyond_id))
                  AND (units IS NULL OR EXISTS (SELECT 1 FROM workorders_assignment a
                       WHERE a.order_id = t.order_id AND a.unit_id = ANY (units) AND a.state <> 'cancelled'))
                ORDER BY t.created_at DESC, t.order_id DESC LIMIT lacking;
        END IF;
        GET DIAGNOSTICS got = ROW_COUNT;
        lacking := lacking - got;
        slice := slice + step;
    END LOOP;
END $$
"""

ARGUMENTS = "text[], timestamptz, timestamptz, integer, bigint[], timestamptz, bigint, boolean"
RIGHTS = f"""
REVOKE ALL ON FUNCTION order_search({ARGUMENTS}) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION order_search({ARGUMENTS}) TO huying_app
"""
OUT_OF_LINE = "ALTER TABLE workorders_ordertext SET (toast_tuple_target = 128)"


class Migration(migrations.Migration):
    dependencies = [("workorders", "0005_lists_and_search")]
    operations = [
        migrations.RunSQL(OUT_OF_LINE, "ALTER TABLE workorders_ordertext RESET (toast_tuple_target)"),
        migrations.RunSQL(SLICE, "DROP FUNCTION order_slice(timestamptz)"),
        migrations.RunSQL(SEARCH, f"DROP FUNCTION order_search({ARGUMENTS})"),
        migrations.RunSQL(RIGHTS, migrations.RunSQL.noop),
    ]
