"""Every write of this room."""

from huying.portal.operations.drafts import (
    add_files,
    blank,
    keep_typed,
    open_draft,
    remove_file,
    throw_away,
)
from huying.portal.operations.limits import check_limit, count_use
from huying.portal.operations.own import supplement, urge, withdraw
from huying.portal.operations.phone_codes import check_code, just_sent, send_code
from huying.portal.operations.send_in import hide_code, send_in
from huying.portal.operations.tidy import tidy
from huying.portal.operations.track_code import find_by_code

__all__ = [
    "add_files", "blank", "check_code", "check_limit", "count_use", "find_by_code", "hide_code", "just_sent", "keep_typed", "open_draft",
    "remove_file", "send_code", "send_in", "supplement", "throw_away", "tidy", "urge", "withdraw",
]
