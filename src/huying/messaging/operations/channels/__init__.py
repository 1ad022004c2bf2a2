"""The ways out, one adapter each; the setting MESSAGE_CHANNEL names the one in use."""

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from huying.messaging.operations.channels.file import FileChannel
from huying.messaging.operations.channels.http import HttpChannel
from huying.messaging.operations.channels.parcel import Accepted, Channel, Parcel, Receipt, Rejected, Unreachable

CHANNELS: dict[str, type[FileChannel] | type[HttpChannel]] = {"file": FileChannel, "http": HttpChannel}

__all__ = [
    "CHANNELS", "Accepted", "Channel", "FileChannel", "HttpChannel", "Parcel", "Receipt", "Rejected", "Unreachable", "channel",
]


def channel() -> Channel:
    """The channel this installation sends through."""
    if settings.MESSAGE_CHANNEL not in CHANNELS:
        raise ImproperlyConfigured(f"HUYING_MESSAGES={settings.MESSAGE_CHANNEL!r}：应为 {'、'.join(CHANNELS)}")
    return CHANNELS[settings.MESSAGE_CHANNEL]()
