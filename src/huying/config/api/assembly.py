"""The routers of the rooms under /api/v1, and their OpenAPI document."""

from typing import Any

from ninja import NinjaAPI
from ninja.openapi.schema import OpenAPISchema

from huying.calls.api import calls, seats
from huying.config.api.auth import Bearer
from huying.config.api.errors import handle
from huying.config.api.parameters import known_only
from huying.workorders.api import files, lists, moves, orders, webhooks
from huying.workorders.api.problem import PROBLEM, TITLES

ABOUT = """呼应 12345 热线的开放接口。

- 认证：`Authorization: Bearer 令牌`，令牌由 `huying token 用户名` 生成，可限定范围；权限与该用户在页面上的相同。
- 幂等：提交时带 `Idempotency-Key`，同一键同一内容只生效一次，内容不同返回 409。
- 错误：`application/problem+json`（RFC 9457），`detail` 为中文，`errors` 逐项指出出错的字段；没有的字段和查询参数一律拒绝，不会悄悄忽略。
- 翻页：`next_cursor` 为不透明游标；`next` 为下一页地址，为 null 时已到末页。
- 限流：每个令牌每分钟的读、写次数有上限，超出返回 429 和 `Retry-After`。
- 时间：ISO 8601，返回值为北京时间（+08:00）。
"""


EVERYWHERE = (400, 401, 403, 404, 422, 429)
"""What every operation may answer, whichever room it is in."""

SHAPE = "#/components/schemas/Problem"


class Api(NinjaAPI):
    """Refusals are problem details in the document as they are on the wire."""

    def set_default_exception_handlers(self) -> None:
        self.add_exception_handler(Exception, handle)

    def get_openapi_schema(self, *, path_prefix: str | None = None, path_params: Any = None) -> OpenAPISchema:
        schema = super().get_openapi_schema(path_prefix=path_prefix, path_params=path_params)
        for path in schema["paths"].values():
            for operation in path.values():
                for status in EVERYWHERE:
                    operation["responses"].setdefault(status, {"content": {PROBLEM: {"schema": {"$ref": SHAPE}}}})
                for status, answer in operation["responses"].items():
                    answer["description"] = TITLES.get(int(status), "成功")
                    if int(status) >= 400:
                        answer["content"] = {PROBLEM: next(iter(answer["content"].values()))}
        return schema


api = Api(
    title="呼应开放接口", version="1", description=ABOUT, docs_url=None, urls_namespace="api", auth=Bearer(),
    openapi_url="/openapi.json",
)
api.add_decorator(known_only)
assert lists  # importing it hangs the list on the orders' router
for _router in (orders.router, moves.router, files.router, webhooks.router, seats.router, calls.router):
    api.add_router("", _router)
