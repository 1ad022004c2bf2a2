"""A gateway spoken to by HTTP, and a second one when the first is away (R195).

    POST {url}/messages   {"key", "phone", "text"}   -> 200 {"receipt": "…"} | 4xx {"error": "…"} for good
    GET  {url}/receipts?numbers=a,b                  -> 200 {"receipts": [{"receipt", "state", "reason", "at"}]}

Both carry X-Timestamp (whole seconds) and X-Signature (rules/signing.py; over the body, or the query string of a GET).
A carrier's own dialect is a class beside this one.
"""

import json
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

import httpx
from django.utils.dateparse import parse_datetime

from huying.kernel import clock
from huying.messaging.operations.channels.gateways import Gate, gates, is_back, is_down, take_slot
from huying.messaging.operations.channels.parcel import Accepted, Parcel, Receipt, Rejected, Unreachable
from huying.messaging.rules import sign

TIMEOUT = httpx.Timeout(10.0, connect=3.0)
TOO_BUSY = {408, 425, 429}


class NoAnswer(Exception):
    """Connected, and then nothing: it may have been taken or not."""


class Away(Exception):
    """Certainly not taken."""


class HttpChannel:
    def send(self, parcel: Parcel) -> Accepted:
        """Through the first gateway that takes it. One that fell silent is asked once more before another is tried:
        it knows the key and will not send twice, another would."""
        reasons = []
        for gate in gates(prefer=parcel.prefer):
            take_slot(gate)
            try:
                answer = self._post(gate, parcel)
            except NoAnswer as silent:
                is_down(gate.name, str(silent))
                if parcel.prefer != gate.name:
                    raise Unreachable(f"{gate.name}：{silent}", uncertain=gate.name) from silent
                reasons.append(f"{gate.name}：{silent}")
            except Away as away:
                is_down(gate.name, str(away))
                reasons.append(f"{gate.name}：{away}")
            else:
                is_back(gate.name)
                return Accepted(gate.name, answer)
        raise Unreachable("；".join(reasons) or "没有配置短信网关")

    def receipts(self, gateway: str, numbers: Sequence[str]) -> list[Receipt]:
        gate = next((gate for gate in gates() if gate.name == gateway), None)
        if gate is None:
            return []
        query = urlencode({"numbers": ",".join(numbers)})
        try:
            answer = self._ask("GET", f"{gate.url}/receipts?{query}", gate, query.encode())
            answer.raise_for_status()
            return [as_receipt(row) for row in answer.json()["receipts"] if row["state"] in {"delivered", "failed"}]
        except (Away, NoAnswer, httpx.HTTPError, ValueError, KeyError, TypeError) as fault:
            raise Unreachable(f"{gate.name}：{fault}") from fault

    def _post(self, gate: Gate, parcel: Parcel) -> str:
        body = json.dumps({"key": parcel.key, "phone": parcel.phone, "text": parcel.text}, ensure_ascii=False).encode()
        answer = self._ask("POST", f"{gate.url}/messages", gate, body)
        if answer.status_code in TOO_BUSY or answer.status_code >= 500:
            raise Away(f"HTTP {answer.status_code}")
        try:
            said: dict[str, Any] = answer.json()
            if answer.status_code >= 400:
                raise Rejected(gate.name, str(said.get("error") or f"HTTP {answer.status_code}"))
            return str(said["receipt"])[:80]
        except (ValueError, KeyError, AttributeError) as fault:
            raise Away(f"看不懂的回答 HTTP {answer.status_code}") from fault

    def _ask(self, method: str, url: str, gate: Gate, signed: bytes) -> httpx.Response:
        timestamp = str(int(clock.now().timestamp()))
        headers = {
            "X-Timestamp": timestamp, "X-Signature": sign(gate.key, timestamp, signed), "Content-Type": "application/json",
        }
        try:
            return httpx.request(
                method, url, content=signed if method == "POST" else None, headers=headers, timeout=TIMEOUT, trust_env=False,
            )
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.UnsupportedProtocol) as away:
            raise Away("连接不上") from away
        except httpx.HTTPError as silent:
            raise NoAnswer("没有应答") from silent


def as_receipt(row: Any) -> Receipt:
    """One receipt as gateways write it. Raises KeyError, TypeError or ValueError for anything else."""
    at = parse_datetime(str(row["at"])) if row.get("at") else None
    return Receipt(
        str(row["receipt"])[:80], row["state"] == "delivered", str(row.get("reason") or "")[:200],
        at if at and at.tzinfo else None,
    )
