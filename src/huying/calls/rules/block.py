"""Keeping malicious callers out (R216): what a nomination must say, and for how long it may be."""

from huying.kernel.errors import Refusal

LEAST_REASON = 10
MOST_DAYS = 180
NEVER = frozenset({"110", "119", "120", "122", "12345", "12315", "12328", "12366"})
"""Numbers of other hotlines: nobody can be kept out under their names."""


class BadNomination(Refusal):
    code = "bad_nomination"
    message = "提名内容不完整"


def check_nomination(number: str, reason: str, days: int | None) -> None:
    """Raises BadNomination with what is missing beside each field."""
    wrong: dict[str, str] = {}
    if not number or len(number) < 3:
        wrong["number"] = "没有主叫号码的来电不能按号码拦截"
    elif number in NEVER:
        wrong["number"] = "不能拦截其他热线和紧急号码"
    if len(reason.strip()) < LEAST_REASON:
        wrong["reason"] = f"请写明拦截理由（至少 {LEAST_REASON} 个字）：说了什么、几次、影响"
    if days is None or not 1 <= days <= MOST_DAYS:
        wrong["days"] = f"拦截必须有期限，1 到 {MOST_DAYS} 天"
    if wrong:
        raise BadNomination(fields=wrong)
