from huying.portal.forms.appeal import AppealForm, posted
from huying.portal.forms.own import RateForm, SupplementForm, UrgeForm, WithdrawForm
from huying.portal.forms.track import CodeLookForm, PhoneLookForm, RewardClaimForm, RewardCodeForm

__all__ = [
    "AppealForm", "CodeLookForm", "PhoneLookForm", "RateForm", "RewardClaimForm", "RewardCodeForm", "SupplementForm",
    "UrgeForm", "WithdrawForm", "posted",
]
