"""How often something may be done before the site says "later". Generous to an office or a carrier that shares one
address, tight on one phone and on guessing."""

from dataclasses import dataclass
from datetime import timedelta
from ipaddress import IPv6Address, ip_address, ip_network

from huying.kernel.errors import Refusal


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `most` within `span`; `words` is what the person is told."""

    most: int
    span: timedelta
    words: str


_CALL = "着急的话请直接拨打 12345，由人工为您登记。"
LIMITS: dict[str, Limit] = {
    "code_address": Limit(120, timedelta(hours=1), f"您所在的网络发送验证码过于频繁，请过一会儿再试。{_CALL}"),
    "code_browser": Limit(8, timedelta(hours=1), f"验证码发送过于频繁，请过一会儿再试。{_CALL}"),
    "wrong_address": Limit(120, timedelta(hours=1), f"验证码多次填错，请过一会儿再试。{_CALL}"),
    "submit_phone": Limit(6, timedelta(hours=1), f"您在 1 小时内已提交 6 件诉求，请稍后再提交，或合并成一件说明。{_CALL}"),
    "submit_browser": Limit(6, timedelta(minutes=30), f"提交得太快了，请过一会儿再试。您填的内容都在。{_CALL}"),
    "submit_address": Limit(240, timedelta(hours=1), f"您所在的网络提交过于频繁，请过一会儿再试。您填的内容都在。{_CALL}"),
    "anonymous_address": Limit(20, timedelta(hours=1), f"您所在的网络匿名提交过于频繁，请过一会儿再试。您填的内容都在。{_CALL}"),
    "file_address": Limit(400, timedelta(hours=1), "您所在的网络上传文件过于频繁，请过一会儿再传。文字可以先提交，以后再补充材料。"),
    "draft_address": Limit(600, timedelta(hours=1), f"您所在的网络访问过于频繁，请过一会儿再试。{_CALL}"),
    "track_number": Limit(10, timedelta(hours=1), f"这个单号的查询码多次填错，请 1 小时后再试，或改用手机验证码查询。{_CALL}"),
    "track_address": Limit(60, timedelta(hours=1), f"查询多次未成功，请过一会儿再试。{_CALL}"),
    "call_number": Limit(5, timedelta(hours=1), "这个单号的验证码多次输错，请 1 小时后再试，或转人工查询。"),
    "call_caller": Limit(10, timedelta(hours=1), "查询多次未成功，请 1 小时后再试，或转人工查询。"),
    "reward_address": Limit(15, timedelta(hours=1), f"查询码多次填错，请 1 小时后再试。{_CALL}"),
}


def network_of(address: str) -> str:
    """What is counted as one visitor's network: an IPv4 address, or the /64 that an IPv6 line comes with."""
    try:
        known = ip_address(address)
    except ValueError:
        return address
    return str(ip_network(f"{known}/64", strict=False)) if isinstance(known, IPv6Address) else str(known)


class TooMuch(Refusal):
    """`wait` in seconds: until then it is of no use to try again."""

    code = "too_much"

    def __init__(self, words: str, wait: int) -> None:
        super().__init__(words)
        self.wait = wait
