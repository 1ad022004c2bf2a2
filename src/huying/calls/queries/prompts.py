"""What centres have the switch say, besides what it says by itself."""

from pathlib import PurePosixPath

from huying.calls.models import Prompt, PromptSound
from huying.org.queries import ALL, tenant_scope


def prompt_texts() -> dict[str, dict[str, str]]:
    """Folder below the switch's sounds -> name of the sound -> text to be read; uploaded recordings are not in it."""
    found: dict[str, dict[str, str]] = {}
    with tenant_scope(ALL):  # a node serves all centres
        for prompt in Prompt.objects.filter(is_recorded=False).exclude(text=""):
            sound = PurePosixPath(prompt.sound)
            found.setdefault(str(sound.parent), {})[sound.name] = prompt.text
    return found


def recorded_prompts() -> dict[str, str]:
    """Name of the sound, with its folder -> digest of the recording that was uploaded for it."""
    with tenant_scope(ALL):
        return {prompt.sound: prompt.digest for prompt in Prompt.objects.filter(is_recorded=True, recording__isnull=False)}


def recording_of(sound: str) -> bytes:
    """The WAV of `recorded_prompts`."""
    folder, _, code = sound.partition("/")
    with tenant_scope(ALL):
        return bytes(PromptSound.objects.get(prompt__centre_id=int(folder[1:]), prompt__code=code).data)
