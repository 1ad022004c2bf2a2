"""What a reporter may claim by the code alone: nobody is asked who he is (R098)."""

from django.http import HttpRequest, HttpResponse

from huying.kernel.errors import Refusal
from huying.org.models import Centre
from huying.portal.forms import RewardClaimForm, RewardCodeForm
from huying.portal.operations import check_limit, count_use
from huying.portal.policies import prove_order
from huying.portal.views.doors import address_of, of_centre, render, status_of
from huying.ui.fields import refuse
from huying.workorders.models import Reward
from huying.workorders.operations.reward import NoReward, claim, find


@of_centre
def reward(request: HttpRequest, centre: Centre) -> HttpResponse:
    """Ask for the code, show state and amount, take the claim. The code comes along with the claim, it is kept nowhere."""
    form = RewardCodeForm(request.POST if request.method == "POST" else None)
    row, status = None, 200
    if request.method == "POST" and form.is_valid():
        try:
            row = looked_up(request, centre, form.cleaned_data["reward_code"])
        except Refusal as refusal:
            refuse(form, refusal)
            status = status_of(refusal)
    if row is None:
        return render(request, centre, "reward", {"form": form}, status=status)
    claim_form = RewardClaimForm(request.POST if "_claim" in request.POST else None)
    claimed = False
    if "_claim" in request.POST and claim_form.is_valid():
        try:
            row, claimed = claim(code=form.cleaned_data["reward_code"], pay_way=claim_form.cleaned_data["pay_way"]), True
        except NoReward:  # somebody was faster, perhaps the same person's second click
            row.refresh_from_db()
        except Refusal as refusal:
            refuse(claim_form, refusal)
    context = {"row": row, "order": row.order, "code": form.cleaned_data["reward_code"], "claim_form": claim_form, "claimed": claimed}
    return render(request, centre, "reward_found", context)


def looked_up(request: HttpRequest, centre: Centre, code: str) -> Reward:
    """Raises NoReward, TooMuch. Whoever has the code may follow the report as well."""
    check_limit("reward_address", address_of(request), centre)
    try:
        row = find(code)
    except NoReward:
        count_use("reward_address", address_of(request), centre)
        raise
    prove_order(request.session, row.order_id)
    return row
