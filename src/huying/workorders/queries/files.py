"""Read back what was attached, and hand it to a browser so that it can do no harm there."""

from pathlib import Path
from typing import BinaryIO

from django.conf import settings
from django.http import FileResponse

from huying.kernel.errors import Refusal
from huying.workorders.models import Attachment

SHOWN_IN_PLACE = ("image/", "audio/", "video/", "application/pdf")
_POLICY = "default-src 'none'; img-src 'self' data:; media-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'self'"


class FileGone(Refusal):
    code = "file_gone"
    message = "文件不在存储中，可能正在从备份恢复，请联系系统运维"


def path_of(digest: str) -> Path:
    """Where the content with this SHA-256 (hex) lies."""
    return Path(settings.MEDIA_ROOT) / digest[:2] / digest


def open_file(attachment: Attachment) -> BinaryIO:
    """The content, opened for reading. Raises FileGone."""
    try:
        return path_of(attachment.digest).open("rb")
    except FileNotFoundError as gone:
        raise FileGone from gone


def file_response(attachment: Attachment, *, save: bool = False) -> FileResponse:
    """Hand the file out: pictures, sound and PDF in place, everything else (or with `save` all) to be saved.

    The media type is the one judged by content, and the browser is told not to guess another. Who may have it, and
    the note in `audit`, are the view's business.
    """
    in_place = not save and attachment.media_type.startswith(SHOWN_IN_PLACE)
    media_type = attachment.media_type
    if media_type.startswith("text/"):
        media_type = "application/octet-stream"  # its encoding is unknown, and it is saved anyway
    answer = FileResponse(
        open_file(attachment), as_attachment=not in_place, filename=attachment.name, content_type=media_type
    )
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Cache-Control"] = "private, no-store"
    answer["Cross-Origin-Resource-Policy"] = "same-origin"
    if attachment.media_type != "application/pdf":  # the browser's own PDF viewer does not open under such a policy
        answer["Content-Security-Policy"] = f"{_POLICY}; sandbox"
    return answer
