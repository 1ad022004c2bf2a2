"""A client of the API as a test uses it."""

import json
from typing import Any

from django.test import Client

from huying.audit.queries import ALL, set_scope
from huying.org.models import Staff
from huying.org.operations.tokens import issue_token

ORDERS = "/api/v1/workorders"
ORDER = {
    "type": "complaint", "title": "路灯不亮", "content": "海湾社区门前的路灯已经三天不亮，晚上出行不安全。",
    "caller": {"name": "张三丰", "phone": "13907700001"}, "region": "450602001001", "address": "海湾小区3栋501室",
}


class Api:
    """Calls with one person's token; afterwards the test sees all tenants again."""

    def __init__(self, staff: Staff | None = None, *, scopes: tuple[str, ...] = (), token: str = "") -> None:
        self.token = token or (issue_token(staff, scopes=scopes)[0] if staff else "")
        self.client = Client(raise_request_exception=False)

    def call(self, method: str, path: str, data: Any = None, *, raw: bytes | None = None, **headers: str) -> Any:
        sent = raw if raw is not None else b"" if data is None else json.dumps(data).encode()
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        if self.token:
            given.setdefault("Authorization", f"Bearer {self.token}")
        kind = given.pop("Content-Type", "application/json")
        answer = self.client.generic(method, path, sent, content_type=kind, headers=given)
        set_scope(ALL)
        return answer

    def get(self, path: str, **headers: str) -> Any:
        return self.call("GET", path, **headers)

    def post(self, path: str, data: Any = None, **headers: str) -> Any:
        return self.call("POST", path, {} if data is None else data, **headers)

    def send(self, path: str, name: str, content: bytes, **fields: str) -> Any:
        """Upload one file as multipart/form-data."""
        from django.core.files.uploadedfile import SimpleUploadedFile

        answer = self.client.post(
            path, {"file": SimpleUploadedFile(name, content), **fields}, headers={"Authorization": f"Bearer {self.token}"}
        )
        set_scope(ALL)
        return answer

    def create(self, **changes: Any) -> str:
        answer = self.post(ORDERS, {**ORDER, **changes})
        assert answer.status_code == 201, answer.content.decode()
        return str(answer.json()["number"])
