from huying.followup.models.follow_up import Answers, Attempt, FollowUp
from huying.followup.models.rating import Rating, RatingToken
from huying.followup.models.scheme import Scheme

__all__ = ["Answers", "Attempt", "FollowUp", "Rating", "RatingToken", "Scheme"]
