"""Database fields whose content is unreadable without the installation's keys (R253)."""

from functools import cache
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import models

from huying.kernel.ciphers import KeyRing

if TYPE_CHECKING:
    _Field = models.Field[str, str]
else:
    _Field = models.Field


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


def blind_index(value: str, *, purpose: str) -> bytes:
    """A keyed hash by which an encrypted value can be found but not read."""
    return key_ring().blind_index(value, purpose=purpose) if value else b""


def sealed(model: type[models.Model], name: str, value: str) -> bytes:
    """The ciphertext that field `name` of `model` would store, for statements written by hand."""
    field = model._meta.get_field(name)
    assert isinstance(field, SecretText)
    return bytes(field.get_prep_value(value))
