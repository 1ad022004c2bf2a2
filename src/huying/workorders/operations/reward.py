"""Rewards for reports, claimed by code and without a name (R098)."""

import secrets
from decimal import Decimal, InvalidOperation
from typing import Any

from django.db import transaction

from huying.citizens.fields import blind_index
from huying.kernel import clock as time
from huying.kernel.errors import Refusal
from huying.workorders.models import Reward, WorkOrder
from huying.workorders.operations.act import Step, performs
from huying.workorders.queries.packs import template_of
from huying.workorders.rules import BadInput

ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"  # nothing that is misread or misheard
LENGTH = 12  # 12 of 31 signs: 59 bits, and guesses are limited by the page


class NoReward(Refusal):
    code = "no_reward"
    message = "查询码不对，或该举报没有可领取的奖励"


def make_code(order: WorkOrder) -> str:
    """The reporter's code of an order whose template promises a reward; shown once, kept only as a hash."""
    code = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))
    Reward.objects.create(order=order, centre_id=order.centre_id, code_hash=blind_index(code, purpose="reward"))
    return "-".join(code[at : at + 4] for at in range(0, LENGTH, 4))


def find(code: str) -> Reward:
    """The reward of this code. Raises NoReward."""
    bare = "".join(sign for sign in code.upper() if sign in ALPHABET)
    row = Reward.objects.select_related("order").filter(code_hash=blind_index(bare, purpose="reward")).first()
    if len(bare) != LENGTH or row is None:
        raise NoReward
    return row


@performs("grant_reward")
def grant_reward(step: Step, data: dict[str, Any]) -> None:
    """The check found the report true: so much may be claimed."""
    if not template_of(step.order.template).flow.reward:
        raise BadInput("该专项没有举报奖励")
    row = Reward.objects.select_for_update().filter(order=step.order, state=Reward.State.OFFERED).first()
    if row is None:
        raise BadInput("该举报没有登记查询码，或奖励已被领取")
    row.amount = money(data["amount"])
    row.save(update_fields=["amount"])
    step.note(data["reason"], amount=str(row.amount))


def money(text: str) -> Decimal:
    """Yuan to the fen. Raises BadInput."""
    try:
        amount = Decimal(text).quantize(Decimal("0.01"))
        if 0 < amount <= 500_000:
            return amount
    except InvalidOperation:
        pass
    raise BadInput(fields={"amount": "金额应大于 0，不超过 50 万元"})


@transaction.atomic
def claim(*, code: str, pay_way: str) -> Reward:
    """The reporter asks for the money; once. Raises NoReward, BadInput."""
    row = Reward.objects.select_for_update(of=("self",)).get(pk=find(code).pk)
    if row.amount is None or row.state != Reward.State.OFFERED:
        raise NoReward
    if not 4 <= len(pay_way.strip()) <= 200:
        raise BadInput(fields={"pay_way": "请写明领取方式（4 到 200 个字）"})
    row.state, row.pay_way, row.claimed_at = Reward.State.CLAIMED, pay_way.strip(), time.now()
    row.save(update_fields=["state", "pay_way", "claimed_at"])
    return row


@performs("pay_reward")
def pay_reward(step: Step, data: dict[str, Any]) -> None:
    done = Reward.objects.filter(order=step.order, state=Reward.State.CLAIMED).update(
        state=Reward.State.PAID, paid_at=time.now()
    )
    if not done:
        raise BadInput("还没有人凭查询码申请领取")
    step.note(data["note"])
