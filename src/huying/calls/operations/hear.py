"""What a caller said at a step of a flow, heard and understood while the caller waits (R227).

Whatever goes wrong is an exit: nobody is lost because a vendor's service is slow or away. The words are kept sealed, as a
recording is; the log and the call's course know only the exit.
"""

import io
import re
import threading
import time
import wave
from collections.abc import Mapping
from contextlib import suppress
from datetime import timedelta
from typing import Any

import structlog
from django.conf import settings
from django.db import DatabaseError, transaction

from huying.calls.models import CalledNumber, Recording, Utterance
from huying.calls.operations.ask_service import ServiceFailed, ask
from huying.calls.operations.recordings import kept_days
from huying.calls.queries.flows import graph_of
from huying.calls.queries.sealed import spool
from huying.calls.rules.hearing import Hearing
from huying.calls.rules.said import FAILED, MOST_LETTERS, SILENT, UNCLEAR, exit_for, exit_of_intent, words_at
from huying.calls.rules.sound import BadSound, outline
from huying.kernel import clock

log = structlog.get_logger("huying.calls.hear")
QUIET = 2
"""The loudest moment of an utterance in hundredths: below it nobody spoke, and no service is asked."""

LEFT = 120
"""Seconds after which nobody waits for what was said any more."""

AT_ONCE = threading.BoundedSemaphore(max(1, settings.WEB_THREADS // 2))
"""In this process: pages keep the other threads, however slow the vendor is."""


def hear(*, file: str, node: str, called: str, call: str) -> str:
    """The exit for what was recorded into `file` (a name in the spool) at the step `node` ("f1v3:n2"). The file is removed."""
    sound = take(file)
    if sound is None:
        return FAILED
    hearing: Hearing = settings.HEARING
    if hearing.recogniser is None or not AT_ONCE.acquire(timeout=0.5):
        log.warning("speech_not_heard", why="no recogniser" if hearing.recogniser is None else "busy")
        return FAILED
    try:
        words = words_at(step(node))
        text, sure, way = understood(hearing, sound, words, call)
    finally:
        AT_ONCE.release()
    keep(text, sure, way, node=node, called=called, call=call)
    return way


def take(file: str) -> bytes | None:
    """What was recorded, once; None for a name that is no file of the switch's."""
    place = spool() / "speech" / file
    if not re.fullmatch(r"[A-Za-z0-9.-]{1,100}\.wav", file) or place.is_symlink() or not place.is_file():
        return None
    try:
        return place.read_bytes()
    except OSError as error:
        log.warning("speech_not_heard", why=type(error).__name__)
        return None
    finally:
        place.unlink(missing_ok=True)


def understood(hearing: Hearing, sound: bytes, words: Mapping[str, list[str]], call: str) -> tuple[str, float | None, str]:
    """(what was said, how sure the recogniser is, the exit)."""
    try:
        if max(outline(io.BytesIO(sound)).peaks, default=0) < QUIET:
            return "", None, SILENT
    except BadSound:
        return "", None, SILENT
    recogniser, limit = hearing.recogniser, time.monotonic() + hearing.seconds
    assert recogniser is not None
    text, sure = "", None
    try:
        content, kind = (sound, "audio/wav") if recogniser.audio == "wav" else (bare(sound), "audio/pcm;rate=8000")
        text, sure = ask(recogniser, content, kind=kind, seconds=hearing.seconds, about={"call": call})
        text = text[:MOST_LETTERS]
        if not text or (sure is not None and sure < recogniser.least):
            return text, sure, UNCLEAR
        return text, sure, meaning(hearing, text, words, call, limit - time.monotonic()) or UNCLEAR
    except ServiceFailed as failure:
        log.warning("speech_service_failed", why=str(failure), recogniser=recogniser.name)
        return text, sure, FAILED


def meaning(hearing: Hearing, text: str, words: Mapping[str, list[str]], call: str, seconds: float) -> str:
    """By the understander, if there is one, else by the words at the exits; these too when it is away: they need nobody."""
    service = hearing.understander
    if service is not None:
        about = {"call": call, "choices": dict(words)}
        try:
            intent, sure = ask(service, text.encode(), kind="text/plain; charset=utf-8", seconds=seconds, about=about)
        except ServiceFailed as failure:
            log.warning("speech_service_failed", why=str(failure), understander=service.name)
        else:
            return "" if sure is not None and sure < service.least else exit_of_intent(intent, words)
    return exit_for(text, words)


def bare(sound: bytes) -> bytes:
    """The samples of a wav, without its head."""
    with wave.open(io.BytesIO(sound)) as file:
        return bytes(file.readframes(file.getnframes()))


def step(name: str) -> Mapping[str, Any]:
    """The step "f1v3:n2" of a published version; nothing for a name that is none."""
    context, _, node = name.partition(":")
    return next((each for each in graph_of(context).get("nodes", []) if each.get("id") == node), {})


def forget() -> int:
    """Remove what no web process took, and the words whose time is over; how many utterances that were."""
    for place in (spool() / "speech").glob("*.wav"):
        with suppress(FileNotFoundError):  # a web process was faster
            if place.stat().st_mtime < time.time() - LEFT:
                place.unlink()
    gone = 0
    for centre in Utterance.objects.order_by().values_list("centre_id", flat=True).distinct():
        old = clock.now() - timedelta(days=kept_days(centre))
        held = Recording.objects.filter(centre_id=centre, held_at__isnull=False).values("call__linkedid")
        gone += Utterance.objects.filter(centre_id=centre, at__lt=old).exclude(linkedid__in=held).delete()[0]
    return gone


def keep(text: str, sure: float | None, way: str, *, node: str, called: str, call: str) -> None:
    """Sealed beside the call; a database that is away costs the words, not the caller."""
    try:
        with transaction.atomic():
            number = CalledNumber.objects.filter(number=called, is_active=True).first()
            if number is not None and call:
                Utterance.objects.create(
                    centre_id=number.centre_id, linkedid=call[:60], step=node[:60], text=text, confidence=sure, way=way, at=clock.now()
                )
    except DatabaseError as error:
        log.warning("utterance_not_kept", why=type(error).__name__)
