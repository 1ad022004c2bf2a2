from huying.messaging.queries.messages import messages_of, messages_seen_by
from huying.messaging.queries.statistics import by_carrier, by_scene
from huying.messaging.queries.voice import Voice, forget_voices, voice_of

__all__ = ["Voice", "by_carrier", "by_scene", "forget_voices", "messages_of", "messages_seen_by", "voice_of"]
