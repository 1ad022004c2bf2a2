"""Order numbers by a pattern, such as `{region:6}{channel:2}{date:%Y%m%d}{serial:5}{check:1}` (rules.md 3.4).

Every part but the serial has a fixed width, so a number reads in one way only. A serial that outgrows its width
widens the number by a digit; it never wraps and never repeats. The check digit is ISO 7064 MOD 11,10 (GB/T 17710)
over the digits before it, which finds every single wrong digit and nearly every swap of neighbours.
"""

import re
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property

from huying.kernel.errors import Refusal

DEFAULT_PATTERN = "{region:6}{channel:2}{date:%Y%m%d}{serial:5}{check:1}"

_PIECE = re.compile(r"\{(\w+):([^{}]*)\}|([A-Z0-9-]+)")
_DATE = re.compile(r"%Y(?:%m(?:%d)?)?|%y(?:%m(?:%d)?)?|%Y%j|%y%j")
_WIDTHS = {"region": range(2, 13), "channel": range(1, 5), "serial": range(3, 11), "check": range(1, 2)}
_LONGEST = 32
NAMES = {"region": "区划", "channel": "渠道", "date": "日期", "serial": "流水号", "check": "校验位"}
DATES = {"%Y%m%d": "年月日", "%y%m%d": "两位年月日", "%Y%m": "年月", "%y%m": "两位年月", "%Y": "年", "%y": "两位年", "%Y%j": "年和日序",
         "%y%j": "两位年和日序"}
_KNOWN = "可用：{区划:6}、{渠道:2}、{日期:年月日}、{流水号:5}、{校验位:1}"
HELP = f"{_KNOWN}，和大写字母、数字、连字符。日期可写{'、'.join(DATES.values())}；数字是位数"
_NAMED = re.compile(r"\{([^{}:：]*)[:：]([^{}]*)\}")
_CODES = {**{label: name for name, label in NAMES.items()}, "流水": "serial", "校验": "check", "区划代码": "region"}
_DATE_CODES = {label: form for form, label in DATES.items()}


class BadPattern(Refusal):
    """A number pattern that could not make readable, unique numbers."""

    code = "bad_number_pattern"


class BadNumberPart(Refusal):
    """A region, channel or serial that does not fit its place in the pattern."""

    code = "bad_number_part"


def in_chinese(source: str) -> str:
    """A pattern as people read and write it: {流水号:5} for {serial:5}, {日期:年月日} for {date:%Y%m%d}."""
    return _NAMED.sub(lambda found: f"{{{NAMES.get(found[1], found[1])}:{DATES.get(found[2], found[2])}}}", source)


def in_code(source: str) -> str:
    """A pattern as it is kept; the old names go on being understood."""

    def code(found: re.Match[str]) -> str:
        name, spec = found[1].strip(), found[2].strip()
        return f"{{{_CODES.get(name, name)}:{_DATE_CODES.get(spec, spec)}}}"

    return _NAMED.sub(code, source)


def sample(source: str, *, region: str, day: date) -> str:
    """The number that an order of this day would get by a pattern; "" for one that is no pattern."""
    try:
        return Pattern.parse(source).format(region=region, channel="01", day=day, serial=17)
    except (BadPattern, BadNumberPart):
        return ""


@dataclass(frozen=True, slots=True)
class Piece:
    """One part of a pattern: a field with its width (a date with its format), or fixed text."""

    name: str
    width: int
    text: str = ""


@dataclass(frozen=True)
class Pattern:
    """A number pattern that has been checked; make one with `parse`."""

    source: str
    pieces: tuple[Piece, ...]

    @classmethod
    def parse(cls, source: str) -> "Pattern":
        """Read a pattern of `{region:2-12} {channel:1-4} {date:%Y%m%d} {serial:3-10} {check:1}` and fixed text.

        Fixed text is capital letters, digits and hyphens. There must be a serial, no field twice, the check digit
        last. The Chinese names of `in_chinese` are understood as well. Raises BadPattern.
        """
        source, pieces, at = source if source.isascii() else in_code(source), [], 0
        while at < len(source):
            found = _PIECE.match(source, at)
            if not found:
                raise BadPattern(f"编号规则从“{in_chinese(source[at:])}”起无法识别，固定文字只能用大写字母、数字和连字符；{_KNOWN}")
            pieces.append(_piece(*found.groups()))
            at = found.end()
        _check(pieces)
        return cls(source, tuple(pieces))

    def format(self, *, region: str, channel: str | int, day: date, serial: int) -> str:
        """Return the number. `day` is the date in Asia/Shanghai, `serial` counts from 1 within `counter_key`.

        A longer region code is cut to the pattern's level (450602001 -> 450602), a shorter one filled with zeros on
        the right, a channel with zeros on the left. Raises BadNumberPart.
        """
        if serial < 1:
            raise BadNumberPart(f"流水号应从 1 起，不能是 {serial}")
        number = "".join(self._part(piece, region, channel, day, serial) for piece in self.pieces)
        return number + check_digit(number) if self._checked else number

    def counter_key(self, *, region: str, channel: str | int, day: date) -> str:
        """Return the part of a number within which a serial may not repeat: the number with `*` for its serial.

        Keep one counter per key for the whole installation: two centres of one region share it.
        """
        return "".join(
            "*" if piece.name == "serial" else self._part(piece, region, channel, day, 0) for piece in self.pieces
        )

    def is_valid(self, number: str) -> bool:
        """Say whether a number fits the pattern: widths, a real date, the check digit."""
        found = self._reader.fullmatch(number)
        if not found:
            return False
        if self._checked and check_digit(number[:-1]) != number[-1]:
            return False
        piece = next((piece for piece in self.pieces if piece.name == "date"), None)
        return piece is None or _is_date(found["date"], piece.text)

    def group(self, number: str) -> str:
        """Return a number with spaces between its parts, for reading aloud; one of another pattern as it is."""
        found = self._reader.fullmatch(number)
        return " ".join(found.groups()) if found else number

    @property
    def _checked(self) -> bool:
        return self.pieces[-1].name == "check"

    @cached_property
    def _reader(self) -> re.Pattern[str]:
        return re.compile("".join(_expression(piece) for piece in self.pieces), re.ASCII)

    def _part(self, piece: Piece, region: str, channel: str | int, day: date, serial: int) -> str:
        if piece.name == "region":
            return _digits(region, "区划代码")[: piece.width].ljust(piece.width, "0")
        if piece.name == "channel":
            text = _digits(str(channel), "渠道代码").zfill(piece.width)
            if len(text) > piece.width:
                raise BadNumberPart(f"渠道代码“{channel}”超过编号规则的 {piece.width} 位")
            return text
        if piece.name == "date":
            if isinstance(day, datetime):
                raise TypeError("give the date in Asia/Shanghai, not a time")
            return day.strftime(piece.text)
        return {"serial": str(serial).zfill(piece.width), "check": ""}.get(piece.name, piece.text)


def check_digit(text: str) -> str:
    """Return the ISO 7064 MOD 11,10 check digit over the digits of `text`; letters and hyphens do not count."""
    product = 10
    for sign in text:
        if sign.isdigit():
            product = ((product + int(sign)) % 10 or 10) * 2 % 11
    return str((11 - product) % 10)


def _piece(name: str | None, spec: str, text: str | None) -> Piece:
    if name is None:
        return Piece("", len(text or ""), text or "")
    if name == "date":
        if not _DATE.fullmatch(spec):
            raise BadPattern(f"日期格式“{spec}”不可用，请写{'、'.join(DATES.values())}")
        return Piece(name, len(date(2026, 1, 1).strftime(spec)), spec)
    if name not in _WIDTHS:
        raise BadPattern(f"编号规则不认识“{name}”；{_KNOWN}")
    widths = _WIDTHS[name]
    if not spec.isascii() or not spec.isdigit() or int(spec) not in widths:
        raise BadPattern(f"“{NAMES[name]}”的位数应在 {widths.start} 到 {widths.stop - 1} 之间")
    return Piece(name, int(spec))


def _check(pieces: list[Piece]) -> None:
    names = [piece.name for piece in pieces if piece.name]
    if "serial" not in names:
        raise BadPattern("编号规则必须有流水号，例如 {流水号:5}")
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice:
        raise BadPattern(f"编号规则里“{NAMES[twice]}”只能出现一次")
    if "check" in names and pieces[-1].name != "check":
        raise BadPattern("{校验位:1} 只能放在最后")
    if sum(piece.width for piece in pieces) > _LONGEST:
        raise BadPattern(f"编号总长不能超过 {_LONGEST} 位")


def _expression(piece: Piece) -> str:
    if not piece.name:
        return f"({re.escape(piece.text)})"
    return rf"(?P<{piece.name}>\d{{{piece.width}{',' if piece.name == 'serial' else ''}}})"


def _digits(text: str, what: str) -> str:
    if not text.isascii() or not text.isdigit():
        raise BadNumberPart(f"{what}“{text}”应全为数字")
    return text


def _is_date(text: str, form: str) -> bool:
    try:
        return datetime.strptime(text, form).strftime(form) == text  # noqa: DTZ007  a date, no moment
    except ValueError:
        return False
