"""Re-encrypt every secret field with the newest key (R253); may be stopped and run again."""

from collections.abc import Iterator
from uuid import UUID

from django.apps import apps
from django.db import DEFAULT_DB_ALIAS, connections, models, transaction

from huying.kernel.ciphers import key_id_of
from huying.org.fields import SealedBlob, SecretText, key_ring

BATCH = 500
Sealed = SecretText | SealedBlob


def secret_columns() -> Iterator[tuple[type[models.Model], list[Sealed]]]:
    """Every model with secret fields, of whatever room."""
    for model in apps.get_models():
        fields = [field for field in model._meta.concrete_fields if isinstance(field, SecretText | SealedBlob)]
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


def login_for(model: type[models.Model]) -> str:
    """What the application may only add to (facts that must not change), the owner seals anew: the words stay."""
    return "owner" if getattr(model, "append_only", False) else DEFAULT_DB_ALIAS


def rotate_batch(
    model: type[models.Model], fields: list[Sealed], after: int, newest: int | None
) -> tuple[int | None, int]:
    """One batch of rows by ascending id: (last id, or None at the end; rows changed)."""
    table, names = model._meta.db_table, [field.column for field in fields]
    beside = ', "key"' if any(isinstance(field, SealedBlob) for field in fields) else ", NULL"
    columns = ", ".join(f'"{name}"' for name in names)
    alias = login_for(model)
    with transaction.atomic(using=alias), connections[alias].cursor() as cursor:
        cursor.execute(
            f'SELECT id{beside}, {columns} FROM "{table}" WHERE id > %s ORDER BY id LIMIT %s FOR UPDATE',  # noqa: S608
            [after, BATCH],
        )
        rows = cursor.fetchall()
        changed = 0
        for pk, key, *blobs in rows:
            fresh = [renewed(field, key, bytes(blob), newest) for field, blob in zip(fields, blobs, strict=True)]
            if fresh != [bytes(blob) for blob in blobs]:
                sets = ", ".join(f'"{name}" = %s' for name in names)
                cursor.execute(f'UPDATE "{table}" SET {sets} WHERE id = %s', [*fresh, pk])  # noqa: S608
                changed += 1
    return (rows[-1][0] if rows else None), changed


def renewed(field: Sealed, key: UUID | None, blob: bytes, newest: int | None) -> bytes:
    if not blob or key_id_of(blob) == newest:
        return blob
    if isinstance(field, SealedBlob):
        assert key is not None
        context = field.binding(key)
    else:
        context = field.binding
    ring = key_ring()
    return ring.encrypt(ring.decrypt(blob, context=context), context=context)
