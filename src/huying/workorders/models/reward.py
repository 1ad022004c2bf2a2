from django.db import models


class Reward(models.Model):
    """What a reporter may claim, without a name: whoever brings the code gets it (R098).

    Only the code's keyed hash is kept; nobody at the hotline can find out who claims.
    """

    class State(models.TextChoices):
        OFFERED = "offered", "待领取"
        CLAIMED = "claimed", "已申请领取"
        PAID = "paid", "已兑付"

    tenant_column = "centre_id"

    order = models.OneToOneField("workorders.WorkOrder", models.PROTECT, related_name="reward")
    centre = models.ForeignKey("org.Centre", models.PROTECT, related_name="+")
    code_hash = models.BinaryField(max_length=32, unique=True)
    amount = models.DecimalField("金额（元）", max_digits=10, decimal_places=2, null=True)
    state = models.CharField(max_length=8, choices=State.choices, default=State.OFFERED)
    pay_way = models.CharField("领取方式", max_length=200, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    claimed_at = models.DateTimeField(null=True)
    paid_at = models.DateTimeField(null=True)
