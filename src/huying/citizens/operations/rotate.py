"""Re-encrypt every secret field with the newest key (R253); may be stopped and run again."""

from collections.abc import Iterator

from django.apps import apps
from django.db import connection, models, transaction

from huying.citizens.fields import SecretText, key_ring
from huying.kernel.ciphers import key_id_of

BATCH = 500


def secret_columns() -> Iterator[tuple[type[models.Model], list[SecretText]]]:
    """Every model with secret fields, of whatever room."""
    for model in apps.get_models():
        fields = [field for field in model._meta.concrete_fields if isinstance(field, SecretText)]
        if fields:
            yield model, fields


def rotate() -> Iterator[tuple[str, int]]:
    """Seal all values anew with the newest key; yields (table, rows changed so far) after each batch."""
    newest = key_ring().newest_id
    for model, fields in secret_columns():
        changed, after = 0, 0
        while True:
            last, count = rotate_batch(model, fields, after, newest)
            if last is None:
                break
            after, changed = last, changed + count
            yield model._meta.db_table, changed


@transaction.atomic
def rotate_batch(
    model: type[models.Model], fields: list[SecretText], after: int, newest: int | None
) -> tuple[int | None, int]:
    """One batch of rows by ascending id: (last id, or None at the end; rows changed)."""
    table, names = model._meta.db_table, [field.column for field in fields]
    columns = ", ".join(f'"{name}"' for name in names)
    with connection.cursor() as cursor:
        cursor.execute(
            f'SELECT id, {columns} FROM "{table}" WHERE id > %s ORDER BY id LIMIT %s FOR UPDATE', [after, BATCH]  # noqa: S608
        )
        rows = cursor.fetchall()
        changed = 0
        for pk, *blobs in rows:
            fresh = [renewed(field, bytes(blob), newest) for field, blob in zip(fields, blobs, strict=True)]
            if fresh != [bytes(blob) for blob in blobs]:
                sets = ", ".join(f'"{name}" = %s' for name in names)
                cursor.execute(f'UPDATE "{table}" SET {sets} WHERE id = %s', [*fresh, pk])  # noqa: S608
                changed += 1
    return (rows[-1][0] if rows else None), changed


def renewed(field: SecretText, blob: bytes, newest: int | None) -> bytes:
    if not blob or key_id_of(blob) == newest:
        return blob
    ring = key_ring()
    return ring.encrypt(ring.decrypt(blob, context=field.binding), context=field.binding)
