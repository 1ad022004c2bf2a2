"""A person without JavaScript: fills in forms, reads pages, gets messages on a phone."""

import html
import io
import re

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from huying.audit.queries import ALL, set_scope
from huying.messaging.models import Message
from huying.workorders.models import WorkOrder

PHONE = "13907700001"
TEXT = "海湾社区门口的路灯三天没有亮了，晚上老人出门看不清路。"
SEND, TRACK = "/portal/DEMO/send/", "/portal/DEMO/track/"
REPORT = "/portal/DEMO/send/safety_report/"
HIDDEN = re.compile(r'<input type="hidden" name="(\w+)" value="([^"]*)">')


def photo(name="现场.jpg"):
    out = io.BytesIO()
    Image.new("RGB", (40 + len(name), 30), "#3a7").save(out, "JPEG")
    return SimpleUploadedFile(name, out.getvalue(), "image/jpeg")


def recording(name="录音.wav"):
    head = b"RIFF" + (36 + 800).to_bytes(4, "little") + b"WAVEfmt " + (16).to_bytes(4, "little")
    form = b"\x01\x00\x01\x00" + (8000).to_bytes(4, "little") + (16000).to_bytes(4, "little") + b"\x02\x00\x10\x00"
    return SimpleUploadedFile(name, head + form + b"data" + (800).to_bytes(4, "little") + bytes(800), "audio/wav")


class Visitor:
    """Every request is made with no tenant's rows open, as a visitor's connection has none."""

    def __init__(self, *, elder=False, address="203.0.113.5", client=None, **options):
        self.client = client or Client(REMOTE_ADDR=address, **options)
        if elder:
            self.client.cookies["huying_elder"] = "1"
        self.page = ""

    def get(self, path, **data):
        return self._ask(self.client.get, path, data)

    def post(self, path, data=None, **more):
        return self._ask(self.client.post, path, {**(data or {}), **more})

    def follow(self, answer):
        """Where a form's answer leads."""
        assert answer.status_code == 302, self.said(answer)
        return self.get(answer["Location"])

    def _ask(self, method, path, data):
        set_scope([])
        try:
            answer = method(path, data)
        finally:
            set_scope(ALL)
        if answer.streaming:
            answer.data = b"".join(answer.streaming_content)
        self.page = "" if answer.streaming else html.unescape(answer.content.decode())
        return answer

    def said(self, answer=None):
        """What stands on the page, without its tags."""
        text = html.unescape(answer.content.decode()) if answer is not None else self.page
        return " ".join(re.sub(r"<[^>]+>", " ", re.sub(r"<head>.*?</head>", "", text, flags=re.S)).split())

    def errors(self):
        """What the page complains about."""
        found = re.findall(r'class="hy-(?:error|wrong)"[^>]*>(.*?)</div>', self.page, flags=re.S)
        return " ".join(re.sub(r"<[^>]+>", " ", part) for part in found)

    def hidden(self):
        return dict(HIDDEN.findall(self.page))

    def told(self, phone=PHONE):
        """The last message on this phone."""
        from huying.citizens.fields import blind_index

        return Message.objects.filter(phone_hash=blind_index(phone, purpose="phone")).order_by("-id").first().text

    def code(self, phone=PHONE):
        return re.search(r"\d{6}", self.told(phone))[0]

    def fill(self, path=SEND, **said):
        """Open the form and send it as a browser would."""
        self.get(path)
        form = {"identity": "resident", "content": TEXT, "region_0": "450600", "region_1": "450602",
                "place": "海湾花园3栋2单元501", "phone": PHONE, **self.hidden()}
        return self.post(path, {**form, **said})

    def send_in(self, path=SEND, **said):
        """The whole way: form, code, form. Returns the order."""
        phone = said.get("phone", PHONE)
        self.fill(path, _code="1", **{name: value for name, value in said.items() if name not in {"photo", "papers", "voice"}})
        if phone and "获取验证码" in self.page:
            said["code"] = self.code(phone)
        answer = self.post(path, {"identity": "resident", "content": TEXT, "region_0": "450600", "region_1": "450602",
                                  "place": "海湾花园3栋2单元501", "phone": phone, **self.hidden(), **said})
        assert answer.status_code == 302, self.errors() or self.said()
        self.get(answer["Location"])
        return WorkOrder.objects.latest("id")

    def prove(self, phone=PHONE, path=TRACK, **more):
        """By phone and code on the tracking page."""
        self.post(path, phone=phone, _code="1", **more)
        return self.post(path, phone=phone, code=self.code(phone), **more)
