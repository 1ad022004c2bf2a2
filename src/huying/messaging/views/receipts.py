"""Where a gateway reports back: receipts of what it sent, and what people answered."""

import json
import time
from typing import Any

from django.http import Http404, HttpRequest, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from huying.messaging.operations import take_receipts
from huying.messaging.operations.channels.gateways import key_of
from huying.messaging.operations.channels.http import as_receipt
from huying.messaging.operations.opt_out import take_reply
from huying.messaging.rules import signed_well
from huying.org.queries import ALL, tenant_scope


@csrf_exempt  # a machine signs its requests and has no cookie
@require_POST
def receipts(request: HttpRequest, name: str) -> JsonResponse:
    """{"receipts": [{"receipt", "state": "delivered|failed", "reason", "at"}], "replies": [{"phone", "text"}]}."""
    key = key_of(name)
    if key is None:
        raise Http404
    stamp, signature = request.headers.get("X-Timestamp", ""), request.headers.get("X-Signature", "")
    if not signed_well(key, stamp, request.body, signature, now=time.time()):
        return JsonResponse({"error": "签名不对或已过期"}, status=403)
    try:
        said: dict[str, Any] = json.loads(request.body)
        found = [as_receipt(row) for row in said.get("receipts", [])]
        replies = [(str(row["phone"]), str(row["text"])) for row in said.get("replies", [])]
    except (ValueError, KeyError, TypeError, AttributeError):
        return JsonResponse({"error": "内容不是约定的 JSON"}, status=422)
    with tenant_scope(ALL):  # a gateway belongs to the installation, not to one centre
        taken = take_receipts(name, found)
        for phone, text in replies:
            take_reply(phone, text)
    return JsonResponse({"taken": taken})
