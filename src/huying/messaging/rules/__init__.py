from huying.messaging.rules.carriers import carrier_of
from huying.messaging.rules.scenes import AUDIENCES, CODE, MANUAL, SCENES, Scene, scene
from huying.messaging.rules.signing import FRESH_SECONDS, sign, signed_well
from huying.messaging.rules.wording import BadTemplate, check_text, render, sample_values, segments

__all__ = [
    "AUDIENCES", "CODE", "FRESH_SECONDS", "MANUAL", "SCENES", "BadTemplate", "Scene", "carrier_of", "check_text", "render",
    "sample_values", "scene", "segments", "sign", "signed_well",
]
