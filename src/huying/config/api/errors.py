"""Every refusal, whoever raised it, as problem details in Chinese."""

from typing import Any

import structlog
from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.db import InterfaceError, OperationalError, transaction
from django.http import Http404, HttpRequest, HttpResponse
from ninja.errors import AuthenticationError, HttpError, ValidationError

from huying.calls.api.calls import NoSuchCall
from huying.config.api.limits import TooFast
from huying.kernel.errors import Refusal
from huying.org.policies import Actor, NotAllowed, note_refusal
from huying.workorders.api.body import NotJson, TooLarge, bad_input, sentence
from huying.workorders.api.problem import problem
from huying.workorders.operations.attach import FileTooLarge
from huying.workorders.operations.once import KeyReused
from huying.workorders.queries import AlreadyDone, NoSuchOrder
from huying.workorders.rules import BadInput
from huying.workorders.rules.filetypes import FileRefused

log = structlog.get_logger("huying.api")
STATUS: tuple[tuple[type[Refusal], int], ...] = (
    (NotAllowed, 403), (NoSuchOrder, 404), (NoSuchCall, 404), (NotJson, 400), (TooLarge, 413), (FileTooLarge, 413), (FileRefused, 422),
    (BadInput, 422), (AlreadyDone, 409), (KeyReused, 409), (TooFast, 429),
)
SIGN_IN = "请在 Authorization 头中带上有效的令牌（Bearer），令牌可由管理员用 huying token 生成"


def status_of(refusal: Refusal) -> int:
    """Named kinds have their own; for the rest, a fault of a field is 422, a fault of the moment 409."""
    for kind, status in STATUS:
        if isinstance(refusal, kind):
            return status
    return 422 if refusal.fields else 409


def handle(request: HttpRequest, error: Any) -> HttpResponse:
    """The answer to anything an operation raised."""
    if isinstance(error, Refusal):
        return refused(request, error)
    if isinstance(error, AuthenticationError):
        return problem(401, "no_token", SIGN_IN, headers={"WWW-Authenticate": 'Bearer realm="huying"'})
    if isinstance(error, ValidationError):
        wrong = bad_input(query_faults(error), bare=True)
        return problem(422, wrong.code, wrong.message, wrong.fields)
    if isinstance(error, Http404):
        return problem(404, "not_found", "没有这个地址")
    if isinstance(error, RequestDataTooBig | TooManyFieldsSent | TooManyFilesSent):
        return problem(413, "too_large", "请求内容过大")
    if isinstance(error, HttpError):
        return problem(error.status_code, "bad_request", "请求无法处理")
    if isinstance(error, OperationalError | InterfaceError):
        log.error("api_database", error=type(error).__name__)
        return problem(503, "database_away", "数据库暂时无法连接，请稍后用同一 Idempotency-Key 重试", headers={"Retry-After": "1"})
    log.exception("api_failed", exc_info=error)
    return problem(500, "internal", "系统内部错误，已记录，请稍后再试")


def refused(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    actor: Actor | None = getattr(request, "actor", None)
    status = status_of(refusal)
    if actor is not None and status in {403, 404}:
        with transaction.atomic():
            note_refusal(actor, stream="api", path=request.path, reason=refusal.message)
    told = bad_input(refusal.fields) if refusal.fields and refusal.message == BadInput.message else refusal  # name what is wrong
    headers = {"Retry-After": str(refusal.wait)} if isinstance(refusal, TooFast) else None
    return problem(status, refusal.code, told.message, refusal.fields, headers)


def query_faults(error: ValidationError) -> dict[str, str]:
    """Faults in the address: query and path parameters."""
    found: dict[str, str] = {}
    for row in error.errors:
        name = str(row["loc"][-1])[:60]
        found.setdefault(name, sentence(row["type"], row.get("ctx", {})))
    return found
