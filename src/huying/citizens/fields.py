"""What is encrypted and found again by a keyed hash (R253)."""

from django.db import models

from huying.org.fields import SecretText, key_ring

__all__ = ["SecretText", "blind_index", "key_ring", "sealed"]


def blind_index(value: str, *, purpose: str) -> bytes:
    """A keyed hash by which an encrypted value can be found but not read."""
    return key_ring().blind_index(value, purpose=purpose) if value else b""


def sealed(model: type[models.Model], name: str, value: str) -> bytes:
    """The ciphertext that field `name` of `model` would store, for statements written by hand."""
    field = model._meta.get_field(name)
    assert isinstance(field, SecretText)
    return bytes(field.get_prep_value(value))
