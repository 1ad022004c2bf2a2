"""Queue one message in the transaction that caused it."""

from collections.abc import Mapping


def send(
    *, scene: str, centre_id: int, phone: str, values: Mapping[str, str], subject: tuple[str, int],
    caller_id: int | None = None,
) -> None:
    """Send the message of `scene` to `phone`, filled with `values`; `subject` is ("order", id)."""
