"""Keep what a visitor types and uploads, so that nothing is lost by an error, a reload or a dead battery."""

from collections.abc import Iterable, Mapping
from uuid import UUID, uuid4

from django.core.files.base import File
from django.db import transaction

from huying.kernel import clock
from huying.kernel.errors import Refusal
from huying.org.models import Centre
from huying.org.policies import Actor
from huying.portal.models import OnlineDraft
from huying.portal.queries import draft_files, seal
from huying.workorders.models import Attachment
from huying.workorders.operations import attach
from huying.workorders.operations.attach import TooManyFiles
from huying.workorders.rules.filetypes import WrongType

MOST_FILES = 9


def open_draft(centre: Centre, template: str, key: UUID) -> OnlineDraft:
    """The draft of that key, made when it is new; two first clicks at once make one. A key that is another page's
    (another centre's, another template's) opens nothing: a new draft is begun."""
    now = clock.now()
    fresh = OnlineDraft(key=key, centre=centre, template=template, created_at=now, updated_at=now)
    OnlineDraft.objects.bulk_create([fresh], ignore_conflicts=True)
    found = OnlineDraft.objects.filter(key=key, centre=centre, template=template).first()
    return found or open_draft(centre, template, uuid4())


def blank(draft: OnlineDraft) -> bool:
    """Whether nothing has been kept in it yet."""
    return not draft.sealed and not draft.files and draft.order_id is None


def keep_typed(draft: OnlineDraft, typed: Mapping[str, str]) -> None:
    """Replace what stands in the draft; a draft that has become an order keeps nothing more."""
    draft.sealed, draft.updated_at = seal(draft.key, typed), clock.now()
    OnlineDraft.objects.filter(pk=draft.pk, order=None).update(sealed=draft.sealed, updated_at=draft.updated_at)


def add_files(draft: OnlineDraft, actor: Actor, uploads: Iterable["File[bytes]"]) -> list[Refusal]:
    """Take the files in, one by one: those that are refused come back as refusals naming the file."""
    refused: list[Refusal] = []
    for upload in uploads:
        try:
            _add(draft, actor, upload)
        except Refusal as refusal:
            if isinstance(refusal, WrongType):
                refusal.message = "这种文件收不了，请改成照片、录音、视频、PDF、Word 或 Excel"
            refusal.message = f"“{(upload.name or '文件')[:40]}”：{refusal.message}"
            refused.append(refusal)
    return refused


def _add(draft: OnlineDraft, actor: Actor, upload: "File[bytes]") -> None:
    if len(draft.files) >= MOST_FILES:
        raise TooManyFiles(f"最多 {MOST_FILES} 个文件，其余的可以在提交后补充")
    made = attach(actor=actor, centre_id=draft.centre_id, upload=upload, purpose=Attachment.Purpose.APPEAL)
    with transaction.atomic():
        row = OnlineDraft.objects.select_for_update().get(pk=draft.pk)
        already = {file.digest for file in draft_files(row)}
        if row.order_id or made.digest in already or len(row.files) >= MOST_FILES:
            made.delete()  # sent twice, or too late
        else:
            row.files.append(made.pk)
            row.updated_at = clock.now()
            row.save(update_fields=["files", "updated_at"])
        draft.files = row.files


def remove_file(draft: OnlineDraft, attachment_id: int) -> None:
    """Take one of its files off again; another's id does nothing."""
    with transaction.atomic():
        row = OnlineDraft.objects.select_for_update().get(pk=draft.pk)
        if attachment_id in row.files and row.order_id is None:
            row.files.remove(attachment_id)
            row.save(update_fields=["files"])
            Attachment.objects.filter(pk=attachment_id, order=None, centre_id=draft.centre_id).delete()
        draft.files = row.files


def throw_away(draft: OnlineDraft) -> None:
    """The visitor does not want it any more: words and files go."""
    if draft.order_id is None:
        Attachment.objects.filter(pk__in=draft.files, order=None, centre_id=draft.centre_id).delete()
        draft.delete()

