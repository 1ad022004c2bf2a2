"""Files of an order: judged by content, cleaned of position, kept once; attacks of every kind are refused aloud."""

import base64
import io
import struct
import zipfile
import zlib

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from huying.workorders.models import Attachment, Draft
from huying.workorders.operations import attach, detach
from huying.workorders.operations.attach import FileTooLarge, TooManyFiles, clean_name
from huying.workorders.operations.pictures import MovingPicture, TooManyPixels
from huying.workorders.queries import AlreadyDone, NoSuchOrder, file_response, open_file
from huying.workorders.queries.files import FileGone, path_of
from huying.workorders.rules.filetypes import TYPES, BrokenFile, DangerousFile, WrongType
from workorders.play import Play

SECRET_PLACE = b"GPS-TRAIL-21.6N108.3E"


@pytest.fixture(autouse=True)
def _store(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "files"


@pytest.fixture
def put(cast):
    """Attach to a fresh order of agent1."""
    order = Play(cast).order

    def put(name, content, **more):
        arguments = {"actor": cast.actor("agent1"), "centre_id": cast.demo.pk, "purpose": "appeal", "order": order} | more
        return attach(upload=(name, content), **arguments)

    put.order = order
    return put


def photo(size=(64, 32), form="JPEG", **options):
    out = io.BytesIO()
    Image.new("RGB", size, "#3a7").save(out, form, **options)
    return out.getvalue()


def photo_with_position(orientation=6):
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif.get_ifd(0x8769)[0x9003] = "2026:11:20 09:05:00"
    exif.get_ifd(0x8769)[0x927C] = SECRET_PLACE  # the maker's own note
    exif.get_ifd(0x8825).update({1: "N", 2: (21.0, 36.0, 51.0), 3: "E", 4: (108.0, 21.0, 14.0)})
    return photo(exif=exif, comment=SECRET_PLACE, xmp=b"<x:xmpmeta>" + SECRET_PLACE + b"</x:xmpmeta>")


def stored(attachment):
    with open_file(attachment) as file:
        return file.read()


def office(*parts, big=0):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        for part in parts:
            archive.writestr(part, "x")
        if big:
            archive.writestr("word/media/zeros.xml", bytes(big))
    return out.getvalue()


def test_position_leaves_photo_and_it_stands_upright(put):
    kept = stored(put("现场.jpg", photo_with_position()))
    assert SECRET_PLACE not in kept
    with Image.open(io.BytesIO(kept)) as picture:
        exif = picture.getexif()
        assert not exif.get_ifd(0x8825)
        assert picture.size == (32, 64)  # turned by 90 degrees, as the camera said
        assert exif.get(0x0112) in (None, 1)
        assert exif.get_ifd(0x8769)[0x9003] == "2026:11:20 09:05:00"


@pytest.mark.parametrize("form, name, media_type", [
    ("JPEG", "a.jpg", "image/jpeg"), ("PNG", "a.png", "image/png"), ("WEBP", "a.webp", "image/webp"), ("GIF", "a.gif", "image/gif"),
])
def test_pictures_are_taken(put, form, name, media_type):
    taken = put(name, photo(form=form))
    assert (taken.media_type, taken.name) == (media_type, name)
    assert taken.size == len(stored(taken))


def test_heic_becomes_jpeg(put):
    pytest.importorskip("pi_heif")
    taken = put("IMG_0001.HEIC", HEIC)
    assert (taken.media_type, taken.name) == ("image/jpeg", "IMG_0001.jpg")


def test_png_text_and_trailing_archive_are_gone(put):
    kept = stored(put("x.png", photo(form="PNG") + office("word/document.xml") + b"<script>alert(1)</script>"))
    assert b"<script" not in kept
    assert not zipfile.is_zipfile(io.BytesIO(kept))


@pytest.mark.parametrize("name, content, media_type", [
    ("录音.mp3", b"ID3\x04\x00\x00\x00\x00\x00\x00" + bytes(400), "audio/mpeg"),
    ("录音.wav", b"RIFF\x24\x01\x00\x00WAVEfmt " + bytes(300), "audio/wav"),
    ("录音.ogg", b"OggS" + bytes(300), "audio/ogg"),
    ("录音.webm", b"\x1a\x45\xdf\xa3\x9f\x42\x86\x81\x01\x42\x82\x84webm" + b"A_OPUS" + bytes(300), "audio/webm"),
    ("录像.webm", b"\x1a\x45\xdf\xa3\x9f\x42\x86\x81\x01\x42\x82\x84webm" + b"V_VP9" + bytes(300), "video/webm"),
    ("录音.m4a", b"\x00\x00\x00\x20ftypM4A \x00\x00\x00\x00M4A mp42isom\x00\x00\x00\x00" + b"moov hdlr soun" + bytes(300), "audio/mp4"),
    ("录像.mp4", b"\x00\x00\x00\x20ftypmp42\x00\x00\x00\x00mp42isom" + bytes(8) + b"moov hdlr vide" + bytes(300), "video/mp4"),
    ("申请.pdf", b"%PDF-1.7\n1 0 obj\nendobj\n%%EOF\n", "application/pdf"),
    ("说明.docx", office("word/document.xml"), "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    ("台账.xlsx", office("xl/workbook.xml"), "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    ("说明.txt", "路灯坏了三天".encode("gb18030"), "text/plain"),
    ("名单.csv", "姓名,电话\n".encode(), "text/csv"),
])
def test_sound_and_documents_are_taken(put, name, content, media_type):
    taken = put(name, content)
    assert taken.media_type == media_type
    assert stored(taken) == content


def ole(*streams):
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600) + "".join(streams).encode("utf-16-le")


SVG = b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'


@pytest.mark.parametrize("name, content, refusal", [
    ("图.svg", SVG, WrongType), ("图.jpg", SVG, WrongType), ("页.html", b"<html><script>alert(1)</script>", WrongType),
    ("照片.jpg", b"<!doctype html><script>alert(1)</script>", WrongType), ("程序.exe", b"MZ" + bytes(500), WrongType),
    ("照片.png", b"MZ" + bytes(500), WrongType), ("脚本.sh", b"#!/bin/sh\nrm -rf /\n", WrongType),
    ("脚本.txt", b"#!/bin/sh\nrm -rf /\n", DangerousFile), ("文.txt", b"  <html><body onload=alert(1)>", DangerousFile),
    ("文.txt", "正常文字<script>alert(1)</script>".encode(), DangerousFile), ("文.csv", b"\x00\x01\x02\x03", WrongType),
    ("包.zip", office()[:0] + zlib.compress(b"x"), WrongType), ("包.docx", office("evil.js"), DangerousFile),
    ("包.docx", office("readme"), WrongType), ("宏.docx", office("word/document.xml", "word/vbaProject.bin"), DangerousFile),
    ("宏.doc", ole("WordDocument", "_VBA_PROJECT"), DangerousFile), ("安装.doc", ole("Installer"), WrongType),
    ("炸弹.docx", office("word/document.xml", big=210 * 2**20), DangerousFile),
    ("半.pdf", b"%PDF-1.7\n", BrokenFile), ("跑.pdf", b"%PDF-1.7\n/OpenAction<</S/JavaScript>>\n%%EOF", DangerousFile),
    ("两样.pdf", b"%PDF-1.7\n%%EOF\n" + office("word/document.xml"), DangerousFile),
    ("两样.mp3", b"ID3\x04\x00\x00\x00\x00\x00\x00<html><script>alert(1)</script>", DangerousFile),
    ("坏.jpg", b"\xff\xd8\xff\xe0\x00\x10JFIF\x00" + bytes(60), BrokenFile), ("半.png", photo(form="PNG")[:60], BrokenFile),
    ("空.jpg", b"", BrokenFile),
])
def test_attacks_are_refused_and_leave_nothing(put, settings, name, content, refusal):
    with pytest.raises(refusal) as told:
        put(name, content)
    assert any("一" <= sign <= "鿿" for sign in told.value.message)
    assert not Attachment.objects.exists()
    assert not settings.MEDIA_ROOT.exists()


def bomb(width, height):
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(bytes(1000))) + chunk(b"IEND", b"")


@pytest.mark.parametrize("size", [(9000, 9000), (20000, 5000), (30000, 30000)])
def test_picture_bomb_is_refused_before_it_is_unpacked(put, size):
    with pytest.raises(TooManyPixels):
        put("小图.png", bomb(*size))


def test_moving_picture_is_refused(put):
    out = io.BytesIO()
    Image.new("RGB", (8, 8), "red").save(out, "GIF", save_all=True, append_images=[Image.new("RGB", (8, 8), "blue")])
    with pytest.raises(MovingPicture):
        put("动.gif", out.getvalue())


def test_size_is_limited_by_kind(put, settings):
    settings.ATTACHMENT_MB = {"image": 1, "audio": 2, "video": 2, "document": 1}
    with pytest.raises(FileTooLarge, match="1 MB"):
        put("大.txt", b"a" * (2**20 + 1))
    with pytest.raises(FileTooLarge):
        put("大.mp3", b"ID3" + bytes(2 * 2**20))
    with pytest.raises(FileTooLarge):
        put("大.wav", b"RIFF" + bytes(3 * 2**20))


def test_file_of_a_form_is_taken(cast, put):
    upload = SimpleUploadedFile("说明.txt", b"words", content_type="text/html")
    taken = attach(
        actor=cast.actor("agent1"), centre_id=cast.demo.pk, upload=upload, purpose="supplement", order=put.order
    )
    assert (taken.media_type, taken.purpose, taken.uploaded_by) == ("text/plain", "supplement", cast.staff["agent1"])


@pytest.mark.parametrize("given, cleaned", [
    ("../../etc/passwd", "passwd.jpg"), ("..\\..\\boot.ini", "boot.jpg"), ("照片.jpeg", "照片.jpeg"), ("a\x00b\r\nc.jpg", "a b c.jpg"),
    ("\u202egpj.exe", "gpj.jpg"), ("", "附件.jpg"), ("....", "附件.jpg"), ("x" * 400 + ".jpg", "x" * 120 + ".jpg"),
    ('<img src=x onerror="alert(1)">.jpg', "img src=x onerror= alert(1).jpg"), (".htaccess", "htaccess.jpg"), ("a.php.jpg", "a.php.jpg"),
])
def test_names_are_cleaned(given, cleaned):
    assert clean_name(given, TYPES["image/jpeg"]) == cleaned


def test_same_content_is_kept_once(put, settings):
    first, second = put("甲.txt", b"same words"), put("乙.txt", b"same words")
    assert first.digest == second.digest
    assert [path for path in settings.MEDIA_ROOT.rglob("*") if path.is_file()] == [path_of(first.digest)]
    assert path_of(first.digest).stat().st_mode & 0o077 == 0


def test_who_may_not_know_of_the_order_cannot_attach(put, cast):
    for user in ("agent1@OTHER", "liaison1"):
        with pytest.raises(NoSuchOrder):
            put("x.txt", b"words", actor=cast.actor(user))
    with pytest.raises(NoSuchOrder):
        put("x.txt", b"words", centre_id=cast.other.pk)


def test_closed_order_takes_nothing(put, cast):
    play = Play(cast).do("agent1", "direct_answer", answer="已经当场答复")
    with pytest.raises(AlreadyDone):
        put("x.txt", b"words", order=play.order)


def test_number_of_files_is_limited(put, settings):
    settings.ATTACHMENT_COUNT = 2
    put("1.txt", b"one"), put("2.txt", b"two")
    with pytest.raises(TooManyFiles):
        put("3.txt", b"three")


def test_draft_files_belong_to_their_typist(put, cast):
    draft = Draft.objects.create(key="6f3c5dc4-9f43-4c4a-9d5e-3f0a1f0b7a11", centre=cast.demo, staff=cast.staff["agent1"])
    with pytest.raises(NoSuchOrder):
        put("x.txt", b"words", order=None, draft=draft, actor=cast.actor("agent2"))
    kept = put("x.txt", b"words", order=None, draft=draft)
    with pytest.raises(NoSuchOrder):
        detach(actor=cast.actor("agent2"), attachment=kept)
    detach(actor=cast.actor("agent1"), attachment=kept)
    assert not draft.attachments.exists()
    with pytest.raises(NoSuchOrder):
        detach(actor=cast.actor("agent1"), attachment=put("y.txt", b"words"))


def test_answer_cannot_harm_the_browser(put):
    picture = file_response(put("现场 照片.jpg", photo()))
    assert picture["Content-Type"] == "image/jpeg"
    assert picture["X-Content-Type-Options"] == "nosniff"
    assert picture["Content-Disposition"].startswith("inline")
    assert "sandbox" in picture["Content-Security-Policy"]
    text = file_response(put("说明.txt", b"words"))
    assert text["Content-Type"] == "application/octet-stream"
    assert text["Content-Disposition"].startswith("attachment")
    picture.close(), text.close()


def test_lost_content_is_said(put):
    kept = put("x.txt", b"words")
    path_of(kept.digest).unlink()
    with pytest.raises(FileGone):
        open_file(kept)


HEIC = base64.b64decode(  # 64 x 32, with a position
    "AAAAHGZ0eXBoZWljAAAAAG1pZjFoZWljbWlhZgAAAb5tZXRhAAAAAAAAACFoZGxyAAAAAAAAAABwaWN0AAAAAAAAAAAAAAAAAAAAADRpbG9jAA"
    "AAAERAAAIAAQAAAAAB4gABAAAAAAAAABUAAgAAAAAB9wABAAAAAAAAAFoAAAA4aWluZgAAAAAAAgAAABVpbmZlAgAAAAABAABodmMxAAAAABVp"
    "bmZlAgAAAQACAABFeGlmAAAAAA5waXRtAAAAAAABAAAA/WlwcnAAAADdaXBjbwAAAHZodmNDAQNwAAAAkAAAAAAAHvAA/P34+AAADwNgAAEAGE"
    "ABDAH//wNwAAADAJAAAAMAAAMAHroCQGEAAQAqQgEBA3AAAAMAkAAAAwAAAwAeoCCBBZbq5Ka5uAhoMCAAAAMDIAAAAwAhYgABAAZEAcFzwIkA"
    "AAATY29scm5jbHgAAQANAAaAAAAAFGlzcGUAAAAAAAAAQAAAAEAAAAAoY2xhcAAAAEAAAAABAAAAIAAAAAEAAAAAAAAAAv///+AAAAACAAAAEH"
    "BpeGkAAAAAAwgICAAAABhpcG1hAAAAAAAAAAEAAQWBAgMFhAAAABppcmVmAAAAAAAAAA5jZHNjAAIAAQABAAAAd21kYXQAAAARKAGvBBj4ynHX"
    "Q2sX0ekhHnAAAAAGRXhpZgAATU0AKgAAAAgAAYglAAQAAAABAAAAGgAAAAAAAgABAAIAAAACTgAAAAACAAUAAAADAAAAOAAAAAAAAAAVAAAAAQ"
    "AAACQAAAABAAAAMwAAAAE="
)
