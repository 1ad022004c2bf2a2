from huying.portal.models.draft import OnlineDraft
from huying.portal.models.proof import Attempt, PhoneCode, TrackCode

__all__ = ["Attempt", "OnlineDraft", "PhoneCode", "TrackCode"]
