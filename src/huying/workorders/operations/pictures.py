"""Draw a photo anew: without the place it was taken at, upright, and nothing in it but a picture (R253).

A telephone writes the position into every photo; a proof sent to a unit, or the photo of somebody who reports in
confidence, would tell where they live. What is drawn anew also cannot be a page or a program at the same time.
"""

import io

from django.conf import settings
from pi_heif import register_heif_opener
from PIL import Image, ImageOps, UnidentifiedImageError

from huying.workorders.rules.filetypes import TYPES, BrokenFile, FileRefused, FileType

register_heif_opener()
FORMATS = {"image/jpeg": "JPEG", "image/png": "PNG", "image/webp": "WEBP", "image/gif": "GIF", "image/heic": "HEIF"}
TAKEN_AT = 0x9003
EXIF_PART = 0x8769


class TooManyPixels(FileRefused):
    code = "file_pixels"
    message = "图片尺寸过大，请缩小后再传"


class MovingPicture(FileRefused):
    code = "file_moving"
    message = "动图不能上传，请改用静态图片或视频"


def redraw(content: bytes, found: FileType) -> tuple[bytes, FileType]:
    """The picture drawn anew, and its type: HEIC becomes JPEG, which every browser shows.

    Only the time it was taken is kept of what the camera wrote. Raises TooManyPixels, MovingPicture, BrokenFile.
    """
    try:
        return _redraw(content, found)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as bomb:
        raise TooManyPixels from bomb
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, EOFError, IndexError) as broken:
        raise BrokenFile from broken


def _redraw(content: bytes, found: FileType) -> tuple[bytes, FileType]:
    with Image.open(io.BytesIO(content), formats=[FORMATS[found.media_type]]) as opened:
        width, height = opened.size
        if width * height > settings.ATTACHMENT_MEGAPIXELS * 1_000_000:
            raise TooManyPixels(f"图片有 {width * height // 10_000} 万像素，最多 {settings.ATTACHMENT_MEGAPIXELS * 100} 万，请缩小后再传")
        if found.media_type != "image/heic" and getattr(opened, "n_frames", 1) > 1:
            raise MovingPicture
        taken = opened.getexif().get_ifd(EXIF_PART).get(TAKEN_AT)
        picture = ImageOps.exif_transpose(opened)
    profile = picture.info.get("icc_profile")
    picture.info = {name: value for name, value in picture.info.items() if name == "transparency"}
    made = TYPES["image/jpeg"] if found.media_type == "image/heic" else found
    if made.media_type == "image/jpeg" and picture.mode not in {"RGB", "L"}:
        picture, profile = picture.convert("RGB"), None
    options: dict[str, object] = {"quality": 90} if made.media_type in {"image/jpeg", "image/webp"} else {}
    if profile and made.media_type != "image/gif":
        options["icc_profile"] = profile
    if taken and made.media_type == "image/jpeg":
        options["exif"] = _exif(str(taken))
    out = io.BytesIO()
    picture.save(out, FORMATS[made.media_type], **options)
    return out.getvalue(), made


def _exif(taken: str) -> Image.Exif:
    exif = Image.Exif()
    exif.get_ifd(EXIF_PART)[TAKEN_AT] = taken[:19]
    return exif
