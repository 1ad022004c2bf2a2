"""What centres have the switch say, besides what it says by itself."""

from pathlib import PurePosixPath

from huying.calls.models import Prompt
from huying.org.queries import ALL, tenant_scope


def prompt_texts() -> dict[str, dict[str, str]]:
    """Folder below the switch's sounds -> name of the sound -> text to be read; uploaded recordings are not in it."""
    found: dict[str, dict[str, str]] = {}
    with tenant_scope(ALL):  # a node serves all centres
        for prompt in Prompt.objects.filter(is_recorded=False).exclude(text=""):
            sound = PurePosixPath(prompt.sound)
            found.setdefault(str(sound.parent), {})[sound.name] = prompt.text
    return found
