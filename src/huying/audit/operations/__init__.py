from huying.audit.operations.anchor import anchor
from huying.audit.operations.append import ANCHOR_LOCK, Who, append, compose, hold_anchor_lock
from huying.audit.operations.note_access import note_access, note_accesses

__all__ = ["ANCHOR_LOCK", "Who", "anchor", "append", "compose", "hold_anchor_lock", "note_access", "note_accesses"]
