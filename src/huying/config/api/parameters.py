"""A parameter nobody knows is refused, not passed over: whoever misspells a filter would take the whole list for its result."""

import inspect
from collections.abc import Callable
from functools import wraps
from typing import Any, get_args

from django.http import HttpRequest
from ninja.params.models import Query

from huying.workorders.rules import BadInput

SHOWN = 60
View = Callable[..., Any]


def known_only(view: View) -> View:
    """For every operation that reads. Raises BadInput that names each unknown parameter and the known ones."""
    known = parameters_of(view)
    hint = f"没有这个参数，可用：{'、'.join(known)}" if known else "没有这个参数，此接口不带查询参数"

    @wraps(view)
    def asked(request: HttpRequest, *args: Any, **values: Any) -> Any:
        if request.method == "GET" and (unknown := [name for name in request.GET if name not in known]):
            raise BadInput(fields={name[:SHOWN]: hint for name in unknown})
        return view(request, *args, **values)

    return asked


def parameters_of(view: View) -> list[str]:
    """What the operation takes behind the question mark; the API declares it as one model."""
    found: list[str] = []
    for parameter in inspect.signature(view).parameters.values():
        model, *marks = get_args(parameter.annotation) or (None,)
        if model is not None and any(isinstance(mark, Query) for mark in marks):
            found += model.model_fields
    return found
