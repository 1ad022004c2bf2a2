"""SIP messages as text: taken apart, put together, and the digest that a server asks a password with."""

import hashlib
import re
import secrets
from dataclasses import dataclass, field

SHORT = {"v": "via", "f": "from", "t": "to", "i": "call-id", "m": "contact", "l": "content-length", "c": "content-type"}


@dataclass
class Message:
    first: str
    headers: list[tuple[str, str]] = field(default_factory=list)
    body: str = ""

    @classmethod
    def parse(cls, data: bytes) -> "Message":
        head, _, body = data.decode("utf-8", "replace").partition("\r\n\r\n")
        first, *lines = head.split("\r\n")
        headers = []
        for line in lines:
            name, _, value = line.partition(":")
            name = name.strip().lower()
            headers.append((SHORT.get(name, name), value.strip()))
        return cls(first, headers, body)

    def __getitem__(self, name: str) -> str:
        return next((value for key, value in self.headers if key == name), "")

    def every(self, name: str) -> list[str]:
        return [value for key, value in self.headers if key == name]

    @property
    def code(self) -> int:
        """Of an answer; 0 for a request."""
        return int(self.first.split()[1]) if self.first.startswith("SIP/2.0 ") else 0

    @property
    def method(self) -> str:
        """Of the request, or of the request that an answer belongs to."""
        return self["cseq"].split()[-1] if self.code else self.first.split()[0]

    @property
    def branch(self) -> str:
        found = re.search(r"branch=([^;,\s]+)", self["via"])
        return found[1] if found else ""

    def encode(self) -> bytes:
        data = self.body.encode()
        lines = [self.first, *(f"{name}: {value}" for name, value in self.headers), f"Content-Length: {len(data)}"]
        return "\r\n".join(lines).encode() + b"\r\n\r\n" + data


def tag_of(value: str) -> str:
    found = re.search(r";\s*tag=([^;>\s]+)", value)
    return found[1] if found else ""


def address_of(value: str) -> str:
    """sip:… of a From, To or Contact."""
    found = re.search(r"<([^>]+)>", value) or re.search(r"(sips?:[^;>\s]+)", value)
    return found[1] if found else ""


def user_of(value: str) -> str:
    found = re.search(r"sips?:([^@;>]+)@", value)
    return found[1] if found else ""


def digest(challenge: str, method: str, uri: str, user: str, password: str) -> str:
    """The Authorization header that answers a WWW-Authenticate or Proxy-Authenticate one (MD5, qop=auth)."""
    asked = dict(re.findall(r'(\w+)="?([^",]*)"?', challenge.partition(" ")[2]))
    one = _md5(f"{user}:{asked['realm']}:{password}")
    two = _md5(f"{method}:{uri}")
    parts = {"username": user, "realm": asked["realm"], "nonce": asked["nonce"], "uri": uri, "algorithm": "MD5"}
    if "qop" in asked:
        own = secrets.token_hex(8)
        parts["response"] = _md5(f"{one}:{asked['nonce']}:00000001:{own}:auth:{two}")
        extra = f', qop=auth, nc=00000001, cnonce="{own}"'
    else:
        parts["response"], extra = _md5(f"{one}:{asked['nonce']}:{two}"), ""
    if "opaque" in asked:
        parts["opaque"] = asked["opaque"]
    return "Digest " + ", ".join(f'{name}="{value}"' for name, value in parts.items()) + extra


def _md5(text: str) -> str:
    return hashlib.md5(text.encode()).hexdigest()
