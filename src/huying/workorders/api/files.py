"""Files of an order: upload, list, fetch."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.multipartparser import MultiPartParserError
from django.http.response import HttpResponseBase
from ninja import Router

from huying.audit.models import Access
from huying.audit.operations import note_access
from huying.org.policies import Actor
from huying.workorders.api import outputs, shapes
from huying.workorders.api.access import actor_of, find
from huying.workorders.api.body import NotJson, bad_input
from huying.workorders.api.problem import refusals, write
from huying.workorders.models import Attachment, WorkOrder
from huying.workorders.operations.attach import attach
from huying.workorders.queries import NoSuchOrder
from huying.workorders.queries.files import file_response
from huying.workorders.queries.shown import words_for
from huying.workorders.queries.timeline import attachments

router = Router(tags=["附件"])
UPLOAD = {
    "requestBody": {
        "required": True,
        "content": {"multipart/form-data": {"schema": {
            "type": "object", "required": ["file"],
            "properties": {
                "file": {"type": "string", "format": "binary", "description": "文件；类型按内容判断"},
                "purpose": {
                    "type": "string", "enum": list(Attachment.Purpose.values), "default": "supplement",
                    "description": "；".join(f"{value} {text}" for value, text in Attachment.Purpose.choices),
                },
            },
        }}},
    }
}


class NoSuchFile(NoSuchOrder):
    code = "no_such_file"
    message = "没有找到这个附件"


def shown(row: Attachment, number: str) -> dict[str, Any]:
    return {
        "id": row.pk, "name": row.name, "media_type": row.media_type, "size": row.size, "purpose": row.purpose,
        "digest": row.digest, "uploaded_at": row.uploaded_at, "url": f"{shapes.order_url(number)}/attachments/{row.pk}",
    }


@router.get(
    "/workorders/{number}/attachments", summary="附件列表", operation_id="listWorkorderAttachments",
    response={200: outputs.FileList, **refusals()},
)
def listing(request: HttpRequest, number: str) -> HttpResponse:
    """本人可见的附件。"""
    order = find(request, number)
    return write({"items": [shown(row, number) for row in visible_files(actor_of(request), order)]})


@router.post(
    "/workorders/{number}/attachments", summary="上传附件", operation_id="uploadWorkorderAttachment",
    response={201: outputs.FileOut, **refusals(409, 413)}, openapi_extra=UPLOAD,
)
def upload(request: HttpRequest, number: str) -> HttpResponse:
    """multipart/form-data 上传一个文件；返回的 id 用于 verify 的 proof、reply 的 files 等字段。照片的位置信息会被去除。"""
    actor, order = actor_of(request), find(request, number)
    if not actor.may_any(("workorders.comment", "workorders.handle", "workorders.intake")):
        actor.must("workorders.comment")
    try:
        file, purpose = request.FILES.get("file"), str(request.POST.get("purpose") or Attachment.Purpose.SUPPLEMENT)
    except MultiPartParserError:
        raise NotJson("请求正文不是有效的 multipart/form-data") from None
    if file is None:
        raise bad_input({"file": "请以 multipart/form-data 的 file 字段上传一个文件"})
    if purpose not in Attachment.Purpose.values:
        raise bad_input({"purpose": f"只能是 {'、'.join(Attachment.Purpose.values)} 之一"})
    row = attach(actor=actor, centre_id=order.centre_id, upload=file, purpose=purpose, order=order)
    answer = shown(row, number)
    return write(answer, status=201, headers={"Location": answer["url"]})


@router.get(
    "/workorders/{number}/attachments/{int:file}", summary="下载附件", operation_id="readWorkorderAttachment",
    response={200: None, **refusals()},
    openapi_extra={"responses": {200: {"content": {"*/*": {"schema": {"type": "string", "format": "binary"}}}}}},
)
def content(request: HttpRequest, number: str, file: int) -> HttpResponseBase:
    """附件内容；下载留痕。"""
    actor, order = actor_of(request), find(request, number)
    row = next((one for one in visible_files(actor, order) if one.pk == file), None)
    if row is None:
        raise NoSuchFile
    note_access(
        Access.Kind.DOWNLOAD, actor=actor, centre_id=order.centre_id, stream="order", stream_id=order.pk,
        field=row.name[:60], path=request.path,
    )
    return file_response(row, save=True)


def visible_files(actor: Actor, order: WorkOrder) -> list[Attachment]:
    """As on screen: no unit hears the voice of somebody who wants to stay unknown (R098)."""
    return attachments(order, without_voice=bool(actor.unit_id) and order.confidential, shown=words_for(actor, order))
