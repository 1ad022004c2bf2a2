"""Where a subscription may point: not into our own network (server-side request forgery)."""

import ipaddress
import re
import socket
from dataclasses import dataclass
from urllib.parse import urlsplit

from huying.kernel.errors import Refusal

_HOST = re.compile(r"[A-Za-z0-9_.-]{1,253}|\[[0-9A-Fa-f:.]{2,45}\]")
_NEAR = re.compile(r"(?:^|\.)(?:localhost|local|internal|lan|home\.arpa)\.?$", re.IGNORECASE)
_NAT64 = ipaddress.ip_network("64:ff9b::/96")

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


class BadAddress(Refusal):
    """The message says why nothing may be sent there."""

    code = "bad_address"
    message = "接收地址应为 http:// 或 https:// 开头的完整网址"


@dataclass(frozen=True, slots=True)
class Place:
    """A web address taken apart; `target` is path and query."""

    scheme: str
    host: str
    port: int
    target: str


def parse_address(url: str, *, private: bool) -> Place:
    """Check the form of an address, without asking anybody. Raises BadAddress.

    `private`: whether addresses inside the own network are allowed.
    """
    try:
        parts = urlsplit(url)
        port = parts.port or (443 if parts.scheme == "https" else 80)
    except ValueError:
        raise BadAddress from None
    bare = parts.netloc.rpartition(":")[0] if parts.netloc.rpartition(":")[2].isdigit() and ":" in parts.netloc else parts.netloc
    if parts.scheme not in {"http", "https"} or not parts.hostname or any(ord(sign) <= 32 or ord(sign) > 126 for sign in url):
        raise BadAddress
    if "@" in parts.netloc:
        raise BadAddress("接收地址中不能含用户名和密码")
    if not _HOST.fullmatch(bare) or parts.fragment or len(url) > 500:
        raise BadAddress
    host = parts.hostname
    if not private:
        literal = numeric(host)
        if _NEAR.search(host) or (literal is not None and not is_public(literal)):
            raise BadAddress("接收地址不能指向本机或内部网络")
    return Place(parts.scheme, host, port, (parts.path or "/") + (f"?{parts.query}" if parts.query else ""))


def numeric(host: str) -> Address | None:
    """The address a host spells in figures, in any of the ways a resolver reads (127.1, 0x7f000001); None for a name."""
    try:
        found = socket.getaddrinfo(host, None, flags=socket.AI_NUMERICHOST)
    except OSError:
        return None
    return ipaddress.ip_address(str(found[0][4][0]).partition("%")[0])


def is_public(address: Address) -> bool:
    """Whether it lies on the open internet, looking through IPv6 wrappings of IPv4 addresses."""
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour or (address.teredo[1] if address.teredo else None)
        if address in _NAT64:
            inner = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        if inner is not None:
            return is_public(inner)
    return address.is_global and not address.is_multicast
