"""A rule pack: what deadlines and limits an order lives under (rules.md 3.3). Parsed strictly, once."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from functools import lru_cache
from importlib.resources import files
from typing import Any

from huying.kernel.deadline import Term
from huying.kernel.errors import Refusal
from huying.workorders.catalog import Kind, Urgency


class BadPack(Refusal):
    code = "bad_pack"
    message = "规则包内容有误"


@dataclass(frozen=True)
class Pack:
    """Terms by urgency and by kind, and the limits of returns, extensions, follow-up and rehandling."""

    sign: Mapping[str, Term]
    handle_by_urgency: Mapping[str, Term]
    handle_by_kind: Mapping[str, Term]
    answer_by_urgency: Mapping[str, Term]
    answer_by_kind: Mapping[str, Term]
    review: Term
    follow_up: Term
    rehandle: Term
    reminders: tuple[timedelta, ...]
    return_within: Term
    returns_per_unit: int
    arbitrate_from: int
    extension_ahead: Term
    extension_times: int
    extension_workdays: int
    follow_up_attempts: int
    rehandle_limit: int
    rating_days: int
    handle_by_caller: Mapping[str, Mapping[str, Term]] = field(default_factory=dict)
    answer_by_caller: Mapping[str, Mapping[str, Term]] = field(default_factory=dict)

    def handle(self, kind: str, urgency: str, caller_kind: str = "") -> Term:
        """How long a unit has: urgency goes first, then who asks (a tourist leaves soon, R085), then the kind."""
        special = self.handle_by_caller.get(caller_kind, {}).get(kind)
        return self.handle_by_urgency.get(urgency) or special or self.handle_by_kind[kind]

    def answer(self, kind: str, urgency: str, caller_kind: str = "") -> Term:
        """How long until the citizen must have an answer, from intake; the same order of precedence."""
        special = self.answer_by_caller.get(caller_kind, {}).get(kind)
        return self.answer_by_urgency.get(urgency) or special or self.answer_by_kind[kind]


def _term(data: Any, where: str) -> Term:
    try:
        return Term.parse(data)
    except Refusal as wrong:
        raise BadPack(f"规则包“{where}”：{wrong.message}") from wrong


def _terms(data: Any, where: str, names: Sequence[str], *, all_of_them: bool) -> dict[str, Term]:
    if not isinstance(data, dict) or set(data) - set(names):
        raise BadPack(f"规则包“{where}”只能含：{'、'.join(names)}")
    if all_of_them and set(data) != set(names):
        raise BadPack(f"规则包“{where}”缺少：{'、'.join(sorted(set(names) - set(data)))}")
    return {name: _term(value, f"{where}.{name}") for name, value in data.items()}


def _whole(data: Mapping[str, Any], where: str, name: str, low: int = 0) -> int:
    value = data.get(name)
    if not isinstance(value, int) or isinstance(value, bool) or value < low:
        raise BadPack(f"规则包“{where}.{name}”应为不小于 {low} 的整数")
    return value


CALLER_KINDS = ["resident", "enterprise", "tourist", "anonymous"]


def _by_caller(part: Mapping[str, Any], where: str) -> dict[str, dict[str, Term]]:
    """Optional: {"tourist": {"help": {"workdays": 2}}}; kinds not named follow the general terms."""
    data = part.get("by_caller", {})
    if not isinstance(data, dict) or set(data) - set(CALLER_KINDS):
        raise BadPack(f"规则包“{where}”只能含：{'、'.join(CALLER_KINDS)}")
    return {who: _terms(terms, f"{where}.{who}", list(Kind), all_of_them=False) for who, terms in data.items()}


def parse_pack(data: Mapping[str, Any]) -> Pack:
    """Read a pack's JSON. Raises BadPack naming the place at fault."""
    kinds, urgencies = list(Kind), list(Urgency)
    try:
        handle, answer, back, extension = data["handle"], data["answer"], data["return"], data["extension"]
        hours = data["reminders_hours"]
        singles = {name: _term(data[name], name) for name in ("review", "follow_up", "rehandle")}
        tables = {
            "sign": _terms(data["sign"], "sign", urgencies, all_of_them=True),
            "handle_by_urgency": _terms(handle["by_urgency"], "handle.by_urgency", urgencies, all_of_them=False),
            "handle_by_kind": _terms(handle["by_kind"], "handle.by_kind", kinds, all_of_them=True),
            "answer_by_urgency": _terms(answer["by_urgency"], "answer.by_urgency", urgencies, all_of_them=False),
            "answer_by_kind": _terms(answer["by_kind"], "answer.by_kind", kinds, all_of_them=True),
        }
        callers = {name: _by_caller(part, f"{name}.by_caller") for name, part in (("handle", handle), ("answer", answer))}
        within, ahead = _term(back["within"], "return.within"), _term(extension["ahead"], "extension.ahead")
    except (KeyError, TypeError) as missing:
        raise BadPack(f"规则包缺少 {missing}") from missing
    if not isinstance(hours, list) or not all(isinstance(hour, int) and hour > 0 for hour in hours):
        raise BadPack("规则包“reminders_hours”应为正整数列表")
    return Pack(
        sign=tables["sign"], handle_by_urgency=tables["handle_by_urgency"], handle_by_kind=tables["handle_by_kind"],
        answer_by_urgency=tables["answer_by_urgency"], answer_by_kind=tables["answer_by_kind"], review=singles["review"],
        follow_up=singles["follow_up"], rehandle=singles["rehandle"],
        reminders=tuple(timedelta(hours=hour) for hour in sorted(hours, reverse=True)),
        return_within=within, returns_per_unit=_whole(back, "return", "per_unit"),
        arbitrate_from=_whole(back, "return", "arbitrate_from", 1), extension_ahead=ahead,
        extension_times=_whole(extension, "extension", "times"),
        extension_workdays=_whole(extension, "extension", "workdays"),
        follow_up_attempts=_whole(data, "", "follow_up_attempts", 1),
        rehandle_limit=_whole(data, "", "rehandle_limit"), rating_days=_whole(data, "", "rating_days", 1),
        handle_by_caller=callers["handle"], answer_by_caller=callers["answer"],
    )


@lru_cache(maxsize=256)
def parsed(text: str) -> Pack:
    """`parse_pack` of JSON text, remembered: packs are few and read on every step."""
    return parse_pack(json.loads(text))


def default_data() -> dict[str, Any]:
    """The shipped default pack as JSON data."""
    found: dict[str, Any] = json.loads(files("huying.workorders").joinpath("packs/default.json").read_text("utf-8"))
    return found
