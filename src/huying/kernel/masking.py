"""What somebody may see of a person without a reason: names, numbers and addresses with their core hidden (R253).

Masking is for the eye; what leaves the platform unmasked is decided and recorded elsewhere.
"""

import re

from huying.kernel.phones import is_mobile, normalise_phone, split_landline

COMPOUND_SURNAMES = ("欧阳", "上官", "司马", "诸葛", "东方", "皇甫", "尉迟", "公孙", "令狐", "慕容", "司徒", "夏侯", "南宫")
_NUMERAL = "0-9０-９零〇一二三四五六七八九十百"
# A house number begins where digits are not the name of a road (三路, 107国道) or of an administrative unit (第二社区).
_HOUSE = re.compile(
    rf"(?:[A-Za-z]?[-]?[0-9０-９]+(?!\s*(?:[0-9０-９]|国道|省道|县道|乡道|路|街|马路|号路|号街|号大道))"
    rf"|[{_NUMERAL}]+(?=\s*(?:号(?!路|街|大道)|栋|幢|座|单元|室|楼|层|弄|组|队|房|户|#)))"
)
_PLACE = re.compile(r".*(?:省|市|区|县|旗|镇|乡|街道|社区|村|屯|路|街|巷|道)", re.DOTALL)
_EMAIL = re.compile(r"(?<![\w.+-])([\w+-])([\w.+-]*)@([\w-]+(?:\.[\w-]+)+)", re.ASCII)


def mask_name(name: str) -> str:
    """张三丰 -> 张**, 欧阳修 -> 欧阳*, John Smith -> J**; at most two stars, so that the length stays unknown."""
    name = name.strip()
    if not name:
        return ""
    kept = 2 if name.startswith(COMPOUND_SURNAMES) and len(name) > 2 else 1
    return name[:kept] + "*" * min(max(len(name) - kept, 1), 2)


def mask_phone(phone: str) -> str:
    """13907700001 -> 139****0001, 0770-2823456 -> 0770-****456, anything else keeps only its last two digits."""
    digits = normalise_phone(phone)
    if is_mobile(digits):
        return f"{digits[:3]}****{digits[-4:]}"
    landline = split_landline(digits)
    if landline:
        return f"{landline[0]}-****{landline[1][4:]}"
    return "*" * max(len(digits) - 2, 0) + digits[-2:] if len(digits) > 4 else "*" * len(digits)


def mask_id_number(number: str) -> str:
    """450602199001011234 -> 4506************34: region of the prefecture and the end, neither birthday nor sequence."""
    number = number.strip()
    if len(number) < 8:
        return "*" * len(number)
    return number[:4] + "*" * (len(number) - 6) + number[-2:]


def mask_address(address: str) -> str:
    """Keep an address down to the road, village or estate and hide the rest: 兴港大道88号3栋501室 -> 兴港大道***.

    Cut at the first house number; without one after the last place name; with neither, half of it stays.
    """
    address = address.strip()
    house = _HOUSE.search(address)
    kept = address[: house.start()] if house else address
    place = _PLACE.match(kept)
    if not house and place and place.end() == len(address):
        return address
    if place and not house:
        kept = place[0]
    if not house and not place:
        kept = address[: len(address) // 2]
    return kept + "***" if address else ""


def mask_email(address: str) -> str:
    """zhangsan@qq.com -> z***@qq.com."""
    found = _EMAIL.fullmatch(address.strip())
    return found.expand(r"\1***@\3") if found else "*" * len(address)


def scrub(text: str) -> str:
    """Mask telephone numbers, ID numbers and e-mail addresses inside free text, for those who may not know them.

    Finds numbers written with spaces, dashes, full-width or Chinese digits (一三九…). Longer digit strings (order
    numbers, accounts) stay: a handling unit needs them. For a citizen's words; in a reply it would hide the offices'
    own numbers, too.
    """
    text = _scrub_digits(text, _WIDE)
    return _scrub_digits(_EMAIL.sub(r"\1***@\3", text), _SPOKEN)


_WIDE = str.maketrans("０１２３４５６７８９－　Ｘｘ", "0123456789- Xx")
# In a second pass of its own: before an ordinary number 一 is a word ("打了一13907700001"), not a digit of it.
_SPOKEN = str.maketrans("零〇幺一二三四五六七八九", "001123456789") | _WIDE
_GAP = r"[-\s.·]{0,2}"
_SENSITIVE = re.compile(
    rf"(?<![0-9])(?:"
    rf"(?P<id>[1-8]\d{{5}}{_GAP}(?:19|20)\d{{2}}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01]){_GAP}\d{{3}}[\dXx]"
    rf"|[1-8]\d{{7}}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{{3}})"
    rf"|(?P<mobile>(?:(?:\+|00)?86{_GAP}|0)?1[3-9]\d{_GAP}\d{{4}}{_GAP}\d{{4}}|(?:\+?86{_GAP})?1[3-9]\d{{2}}{_GAP}\d{{3}}{_GAP}\d{{4}})"
    rf"|(?P<landline>[(（]?0(?:10|2\d|[3-9]\d{{2}})[)）]?{_GAP}[2-8]\d{{2,3}}{_GAP}\d{{4}})"
    rf"|(?<=电话|手机|座机|号码)(?P<lead>[是为:：\s]{{0,3}})(?P<local>[2-8]\d{{6,7}})"
    rf")(?![0-9])",
    re.ASCII,
)


def _scrub_digits(text: str, digits: dict[int, int]) -> str:
    plain, parts, at = text.translate(digits), [], 0
    for found in _SENSITIVE.finditer(plain):
        parts += [text[at : found.start()], _masked(found, text)]
        at = found.end()
    return "".join(parts) + text[at:]


def _masked(found: re.Match[str], text: str) -> str:
    if found["id"]:
        return mask_id_number(re.sub(r"[^\dXx]", "", found["id"]))
    if found["local"]:
        return text[found.start("lead") : found.end("lead")] + "****" + found["local"][4:]
    return mask_phone(found["mobile"] or found["landline"])
