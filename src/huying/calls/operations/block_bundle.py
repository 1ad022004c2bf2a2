"""Everything that stands behind a block, in one file: for an appeal, for the police, for a court."""

import io
import json
import zipfile
from typing import Any

from huying.audit.models import Access, Event
from huying.audit.operations import note_access
from huying.calls.models import Block, Call, Recording
from huying.calls.operations.blocks import APPROVE, NOMINATE, NoWords
from huying.kernel import clock
from huying.org.policies import Actor


def export_bundle(*, actor: Actor, block: Block, reason: str) -> bytes:
    """A zip of the block, its chain of events, and the calls with their milestones and the digests of their recordings.

    The number stands in it in full: the export is on record with its reason. Raises NotAllowed, NoWords.
    """
    if not actor.may_any([NOMINATE, APPROVE]):
        actor.must(NOMINATE)
    if len(reason.strip()) < 4:
        raise NoWords(fields={"reason": "请写明导出用途（至少 4 个字），导出会被记录"})
    note_access(
        Access.Kind.EXPORT, actor=actor, centre_id=block.centre_id, stream=Block.stream, stream_id=block.pk,
        reason=reason.strip()[:500],
    )
    events = Event.objects.filter(stream=Block.stream, stream_id=block.pk).order_by("seq")
    calls = (block.evidence.all() | _hits(block)).distinct().order_by("entered_at")
    parts = {
        "block.json": _about(block, actor, reason), "calls.json": [_call(call) for call in calls],
        "events.json": [{**event.record(), "at": event.at.isoformat(), "hash": bytes(event.hash).hex(), "prev": bytes(event.prev).hex()}
                        for event in events],
    }
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as bundle:
        for name, content in parts.items():
            bundle.writestr(name, json.dumps(content, ensure_ascii=False, indent=1, default=str))
    return made.getvalue()


def _hits(block: Block) -> Any:
    rows = Call.objects.filter(centre_id=block.centre_id, number_hash=block.number_hash, was_listed=True)
    return rows.filter(entered_at__gte=block.nominated_at)


def _about(block: Block, actor: Actor, reason: str) -> dict[str, Any]:
    return {
        "number": block.number, "state": block.get_state_display(), "reason": block.reason,
        "nominated_by": block.nominated_by.name, "nominated_at": block.nominated_at,
        "decided_by": block.decided_by.name if block.decided_by else "", "decided_at": block.decided_at, "decision": block.decision,
        "begins_at": block.begins_at, "ends_at": block.ends_at, "hits": block.hits, "passes": block.passes, "appeal": block.appeal,
        "appealed_at": block.appealed_at, "appeal_decision": block.appeal_decision, "exported_by": actor.name,
        "exported_at": clock.now(), "exported_for": reason.strip(),
    }


def _call(call: Call) -> dict[str, Any]:
    tapes = Recording.objects.filter(call=call)
    return {
        "id": call.pk, "linkedid": call.linkedid, "called": call.called, "entered_at": call.entered_at, "ended_at": call.ended_at,
        "outcome": call.outcome_label, "agent": call.agent.name if call.agent else "", "milestones": call.milestones,
        "recordings": [{"name": tape.name, "sha256": tape.digest, "milliseconds": tape.duration_ms} for tape in tapes],
    }
