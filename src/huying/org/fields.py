"""Database fields whose content is unreadable without the installation's keys (R253)."""

from functools import cache
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.conf import settings
from django.db import models

from huying.kernel.ciphers import KeyRing

if TYPE_CHECKING:
    _Field = models.Field[str, str]
    _Binary = models.BinaryField[bytes, bytes]
else:
    _Field = models.Field
    _Binary = models.BinaryField


@cache
def key_ring() -> KeyRing:
    return KeyRing.load(settings.KEY_FOLDER, settings.FIELD_CIPHER)


class SecretText(_Field):
    """Text kept as authenticated ciphertext; the empty string stays empty.

    The table and column are bound into the ciphertext, so a value moved to another column does not decrypt.
    """

    description = "encrypted text"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("default", "")
        super().__init__(*args, **kwargs)

    def get_internal_type(self) -> str:
        return "BinaryField"

    @property
    def binding(self) -> bytes:
        return f"{self.model._meta.db_table}.{self.attname}".encode()

    def get_prep_value(self, value: Any) -> Any:
        if value in (None, ""):
            return b""
        return key_ring().encrypt(value, context=self.binding)

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        return connection.Database.Binary(value if prepared else self.get_prep_value(value))

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> str:
        return key_ring().decrypt(bytes(value), context=self.binding) if value else ""

    def value_to_string(self, obj: Any) -> str:
        return str(self.value_from_object(obj))


class SealedBlob(_Binary):
    """Ciphertext bound to its row as well: it opens only beside the `key` (a UUID column) it was sealed beside.

    Reading gives the blob; whoever may read it opens it, and `huying rotate_keys` seals it anew.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("default", b"")
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        name, _, args, kwargs = super().deconstruct()
        return name, "django.db.models.BinaryField", args, kwargs  # for the database it is one

    def binding(self, key: UUID) -> bytes:
        return f"{self.model._meta.db_table}.{self.attname}:{key}".encode()

    def seal(self, key: UUID, text: str) -> bytes:
        return key_ring().encrypt(text, context=self.binding(key))

    def unseal(self, key: UUID, blob: bytes) -> str:
        return key_ring().decrypt(bytes(blob), context=self.binding(key))


def blob_of(model: type[models.Model], name: str) -> SealedBlob:
    """The sealed column `name` of `model`, to seal and open with."""
    field = model._meta.get_field(name)
    assert isinstance(field, SealedBlob)
    return field
