from huying.audit.operations.anchor import anchor
from huying.audit.operations.append import Who, append, hold_anchor_lock
from huying.audit.operations.note_access import note_access

__all__ = ["Who", "anchor", "append", "hold_anchor_lock", "note_access"]
