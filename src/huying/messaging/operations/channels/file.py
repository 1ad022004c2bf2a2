"""Writes messages to HUYING_DATA/messages.log instead of sending them: demonstration, tests, a site without a gateway."""

import json
import os
from collections.abc import Sequence

from django.conf import settings

from huying.kernel import clock
from huying.kernel.masking import mask_phone
from huying.messaging.operations.channels.parcel import Accepted, Parcel, Receipt

NAME = "messages.log"


class FileChannel:
    """One JSON object per line, the phone masked; lines of several workers do not mix (one write in append mode)."""

    def send(self, parcel: Parcel) -> Accepted:
        line = {"at": clock.now().isoformat(), "key": parcel.key, "phone": mask_phone(parcel.phone), "text": parcel.text}
        data = json.dumps(line, ensure_ascii=False).encode() + b"\n"
        place = os.open(settings.DATA / NAME, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            os.write(place, data)
        finally:
            os.close(place)
        return Accepted("file", parcel.key, delivered=True)

    def receipts(self, gateway: str, numbers: Sequence[str]) -> list[Receipt]:
        return []
