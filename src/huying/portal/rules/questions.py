"""The questions of sending something in, in order: all on one page, or one at a time in the large-type version."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Question:
    """`fields` are the form's fields on this page; those of a special template come into `more`."""

    code: str
    label: str
    fields: tuple[str, ...]


WHAT = Question("what", "发生了什么", ("content", "photo", "papers", "voice"))
MORE = Question("more", "还要补充几项", ())
WHERE = Question("where", "在哪里", ("region", "place"))
PHONE = Question("phone", "怎么联系您", ("anonymous", "name", "phone"))
CODE = Question("code", "填验证码", ("code",))
SEND = Question("send", "看一遍，提交", ("identity", "kind", "confidential"))


def questions(*, extra: Sequence[str], anonymous: bool, proven: bool) -> list[Question]:
    """Those this person is asked: no code where the phone had been proven before, or where there is none."""
    more = [Question(MORE.code, MORE.label, tuple(extra))] if extra else []
    code = [] if anonymous or proven else [CODE]
    return [WHAT, *more, WHERE, PHONE, *code, SEND]


def beside(row: Sequence[Question], code: str, step: int, *, skip_code: bool) -> Question:
    """The question `step` places on (1) or back (-1); the first or last one when there is none. A phone proven on the
    way is not asked for its code again."""
    rest = [each for each in row if each.code == code or each != CODE or not skip_code]
    places = [each.code for each in rest]
    here = places.index(code) if code in places else 0
    return rest[min(max(here + step, 0), len(rest) - 1)]
