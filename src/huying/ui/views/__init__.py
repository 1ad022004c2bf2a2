from huying.ui.views.errors import csrf_failure, not_found, server_error, too_many
from huying.ui.views.marks import elder, watermark

__all__ = ["csrf_failure", "elder", "not_found", "server_error", "too_many", "watermark"]
