"""Take a file in for an order or a draft: judged by content, cleaned, kept once under its digest."""

import hashlib
import os
import tempfile
import unicodedata
from pathlib import Path
from typing import TypeAlias

from django.conf import settings
from django.core.files.base import File

from huying.org.policies import Actor
from huying.workorders.models import Attachment, Draft, WorkOrder
from huying.workorders.operations.pictures import redraw
from huying.workorders.policies import visible_to
from huying.workorders.queries.files import path_of
from huying.workorders.queries.refusals import NoSuchOrder, already_done
from huying.workorders.rules.filetypes import BrokenFile, FileRefused, FileType, judge

Upload: TypeAlias = "File[bytes] | tuple[str, bytes]"
"""A file of a form, or its name and content."""

NAME_LIMIT = 120
_MIB = 2**20


class FileTooLarge(FileRefused):
    code = "file_too_large"
    message = "文件过大"


class TooManyFiles(FileRefused):
    code = "too_many_files"
    message = "附件数量已达上限"


def attach(
    *, actor: Actor, centre_id: int, upload: Upload, purpose: str, order: WorkOrder | None = None,
    draft: Draft | None = None,
) -> Attachment:
    """Keep `upload` for `order`, for `draft`, or for neither (a proof whose row comes later).

    Raises FileRefused and its kinds (FileTooLarge, TooManyFiles, WrongType, DangerousFile, BrokenFile, TooManyPixels,
    MovingPicture), NoSuchOrder for whoever may not know of the order or draft, AlreadyDone for a closed order.
    """
    if purpose not in Attachment.Purpose.values:
        raise ValueError(purpose)
    check_place(actor, centre_id, order, draft)
    name, content = read(upload)
    found = judge(name, content)
    if len(content) > settings.ATTACHMENT_MB[found.sort] * _MIB:
        raise FileTooLarge(f"{SORT_NAMES[found.sort]}最大 {settings.ATTACHMENT_MB[found.sort]} MB，这个文件有 {len(content) / _MIB:.1f} MB")
    if found.sort == "image":
        content, found = redraw(content, found)
    return Attachment.objects.create(
        order=order, draft=draft, centre_id=centre_id, purpose=purpose, name=clean_name(name, found),
        media_type=found.media_type, size=len(content), digest=keep(content), uploaded_by=actor.staff,
    )


SORT_NAMES = {"image": "图片", "audio": "录音", "video": "视频", "document": "文件"}


def check_place(actor: Actor, centre_id: int, order: WorkOrder | None, draft: Draft | None) -> None:
    """The order or draft is this person's business, open, and has room."""
    if draft is not None and (draft.staff_id != actor.staff_id or draft.centre_id != centre_id):
        raise NoSuchOrder
    if order is not None:
        if order.centre_id != centre_id or (actor.staff and not visible_to(actor).filter(pk=order.pk).exists()):
            raise NoSuchOrder
        if not order.is_open:
            raise already_done(order)
    place = order or draft
    if place is not None and place.attachments.count() >= settings.ATTACHMENT_COUNT:
        raise TooManyFiles(f"最多 {settings.ATTACHMENT_COUNT} 个附件，请先删去不需要的")


def read(upload: Upload) -> tuple[str, bytes]:
    """Name and content; no more is read than the largest kind may have."""
    most = max(settings.ATTACHMENT_MB.values())
    if isinstance(upload, tuple):
        name, content = upload
    else:
        name = upload.name or ""
        upload.seek(0)
        content = upload.read(most * _MIB + 1)
    if len(content) > most * _MIB:
        raise FileTooLarge(f"文件最大 {most} MB，请压缩或剪短后再传")
    if not content:
        raise BrokenFile("文件是空的，请重新选择")
    return name, content


def clean_name(name: str, found: FileType) -> str:
    """The file's name without folders, invisible or reversing characters, ending as its content does.

    "../../etc/x\u202egnp.exe" of a photo becomes "x gnp.jpg" or the like; never empty.
    """
    base = name.replace("\\", "/").rsplit("/", 1)[-1]
    base = unicodedata.normalize("NFC", base)
    base = "".join(" " if unicodedata.category(sign)[0] == "C" or sign in '<>:"|?*\ufffd' else sign for sign in base)
    base = " ".join(base.split()).strip(". ")
    stem, dot, suffix = base.rpartition(".")
    if not dot or suffix.lower() not in found.suffixes:
        stem = stem if dot and suffix.isascii() and len(suffix) <= 5 else base
        suffix = found.suffixes[0]
    return f"{stem.strip('. ')[:NAME_LIMIT] or '附件'}.{suffix.lower()}"


def keep(content: bytes) -> str:
    """Write the content under its SHA-256, once, complete or not at all; returns the digest."""
    digest = hashlib.sha256(content).hexdigest()
    path = path_of(digest)
    if path.exists():
        return digest
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle, draft = tempfile.mkstemp(dir=path.parent, prefix=".new-")
    try:
        with os.fdopen(handle, "wb") as out:
            out.write(content)
            out.flush()
            os.fsync(out.fileno())
        Path(draft).replace(path)
    except BaseException:
        Path(draft).unlink(missing_ok=True)
        raise
    return digest


def detach(*, actor: Actor, attachment: Attachment) -> None:
    """Take a file off one's own draft again. What an order has, stays. Raises NoSuchOrder."""
    if attachment.draft is None or attachment.order_id or attachment.draft.staff_id != actor.staff_id:
        raise NoSuchOrder
    attachment.delete()
