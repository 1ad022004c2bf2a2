"""What a file really is, judged by its bytes; its name only tells one kind of plain text from another.

Whatever is not on the list is refused: pages, drawings with scripts, programs, macros, and files that are two things
at once. Photos are not trusted even then: `operations.pictures` draws them anew.
"""

import io
import re
import zipfile
from dataclasses import dataclass
from typing import Literal

import filetype

from huying.kernel.errors import Refusal

Sort = Literal["image", "audio", "video", "document"]
ACCEPTED = "照片（JPG、PNG、WEBP、GIF、HEIC）、录音（MP3、WAV、M4A、OGG、WEBM）、视频（MP4、WEBM）、文件（PDF、Word、Excel、TXT、CSV）"


class FileRefused(Refusal):
    """Something is wrong with the file; the message says what to do."""

    code = "file_refused"
    message = "该文件不能上传"


class WrongType(FileRefused):
    code = "file_type"
    message = f"不支持这种文件，请上传{ACCEPTED}"


class DangerousFile(FileRefused):
    code = "file_dangerous"
    message = "文件内含脚本、宏或嵌入的程序，不能上传；请另存为不含宏的文件、图片或 PDF 后再传"


class BrokenFile(FileRefused):
    code = "file_broken"
    message = "文件已损坏或不完整，无法打开，请重新导出或拍摄后再传"


@dataclass(frozen=True, slots=True)
class FileType:
    """`suffixes`: what the name may end in, the usual one first."""

    media_type: str
    sort: Sort
    suffixes: tuple[str, ...]


_WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
TYPES: dict[str, FileType] = {
    row.media_type: row
    for row in (
        FileType("image/jpeg", "image", ("jpg", "jpeg")), FileType("image/png", "image", ("png",)),
        FileType("image/webp", "image", ("webp",)), FileType("image/gif", "image", ("gif",)),
        FileType("image/heic", "image", ("heic", "heif")),
        FileType("audio/mpeg", "audio", ("mp3",)), FileType("audio/wav", "audio", ("wav",)),
        FileType("audio/mp4", "audio", ("m4a", "mp4")), FileType("audio/ogg", "audio", ("ogg", "oga", "opus")),
        FileType("audio/webm", "audio", ("webm", "weba")),
        FileType("video/mp4", "video", ("mp4", "m4v", "mov")), FileType("video/webm", "video", ("webm",)),
        FileType("application/pdf", "document", ("pdf",)), FileType(_WORD, "document", ("docx",)),
        FileType(_SHEET, "document", ("xlsx",)), FileType("application/msword", "document", ("doc", "wps")),
        FileType("application/vnd.ms-excel", "document", ("xls", "et")),
        FileType("text/plain", "document", ("txt", "log", "md")), FileType("text/csv", "document", ("csv",)),
    )
}
_SAME = {"audio/x-wav": "audio/wav", "audio/x-m4a": "audio/mp4", "video/x-m4v": "video/mp4", "video/quicktime": "video/mp4",
         "image/heif": "image/heic"}
_SCRIPTS = (b"<script", b"<html", b"<!doctype", b"<svg", b"<?php", b"<iframe", b"<xsl:", b"javascript:")
_EDGE = 8192
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_MACRO = re.compile(r"vbaproject|embeddings/.*\.bin$|\.(?:exe|js|vbs)$")  # a chart embeds an .xlsx, a program a .bin
_UNPACKED_LIMIT = 200 * 2**20
_PARTS_LIMIT = 5000


def judge(name: str, content: bytes) -> FileType:
    """What `content` is. Raises WrongType, DangerousFile, BrokenFile."""
    if content.startswith(_OLE):
        return TYPES[_ole(content)]
    if content.startswith(b"PK\x03\x04"):
        return TYPES[_office(content)]
    guess = filetype.guess(content[:_EDGE])
    media_type = _SAME.get(guess.mime, guess.mime) if guess else _text(name, content)
    if media_type in {"video/mp4", "audio/mp4"}:
        media_type = _iso_media(content)
    elif media_type == "video/webm":
        media_type = "video/webm" if _holds_video(content) else "audio/webm"
    elif media_type == "application/pdf":
        _pdf(content)
    found = TYPES.get(media_type)
    if found is None:
        raise WrongType
    if found.sort != "image":
        _single(content)
    return found


def _single(content: bytes) -> None:
    """Neither a web page nor an archive hides at either end."""
    edges = (content[:_EDGE] + content[-_EDGE:]).lower()
    if any(mark in edges for mark in _SCRIPTS) or zipfile.is_zipfile(io.BytesIO(content)):
        raise DangerousFile


def _text(name: str, content: bytes) -> str:
    """Plain text: readable as UTF-8 or GB18030, and called so."""
    suffix = name.rsplit(".", 1)[-1].lower()
    if suffix not in {"txt", "csv", "log", "md"}:
        raise WrongType
    text = decode_text(content)
    if any(ord(sign) < 32 and sign not in "\t\r\n\f" for sign in text):
        raise WrongType
    if text.lstrip("\ufeff \t\r\n").startswith(("#!", "<")):
        raise DangerousFile
    return "text/csv" if suffix == "csv" else "text/plain"


def decode_text(content: bytes) -> str:
    """Text in one of the two encodings in use. Raises WrongType."""
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise WrongType


def _pdf(content: bytes) -> None:
    if not content.startswith(b"%PDF-") or b"%%EOF" not in content[-2048:]:
        raise BrokenFile
    if any(mark in content for mark in (b"/Launch", b"/JavaScript")):
        raise DangerousFile


def _iso_media(content: bytes) -> str:
    """MP4 with a picture track is a video, without one a sound recording."""
    if b"moov" not in content and b"moof" not in content:
        raise BrokenFile
    return "video/mp4" if b"vide" in content else "audio/mp4"


def _holds_video(content: bytes) -> bool:
    """Whether the head of a WebM names a picture codec."""
    return any(codec in content[:65536] for codec in (b"V_VP8", b"V_VP9", b"V_AV1", b"V_MPEG"))


def _office(content: bytes) -> str:
    """A modern Word or Excel file; nothing else that is an archive, no macros, no bomb."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = archive.infolist()
    except (zipfile.BadZipFile, ValueError) as broken:
        raise BrokenFile from broken
    names = {part.filename for part in parts}
    if "[Content_Types].xml" not in names:
        raise WrongType
    if len(parts) > _PARTS_LIMIT or sum(part.file_size for part in parts) > _UNPACKED_LIMIT:
        raise DangerousFile("文件解压后过大，不能上传")
    if any(_MACRO.search(name.lower()) for name in names):
        raise DangerousFile
    if "word/document.xml" in names:
        return _WORD
    if "xl/workbook.xml" in names:
        return _SHEET
    raise WrongType


def _ole(content: bytes) -> str:
    """An old Word or Excel file, recognised by its directory of streams, which is written in UTF-16."""
    def holds(word: str) -> bool:
        return word.encode("utf-16-le") in content

    if holds("_VBA_PROJECT") or holds("Macros") or holds("ObjectPool"):
        raise DangerousFile
    if holds("WordDocument"):
        return "application/msword"
    if holds("Workbook"):
        return "application/vnd.ms-excel"
    raise WrongType
