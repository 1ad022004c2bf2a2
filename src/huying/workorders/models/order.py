from datetime import UTC, datetime

from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Coalesce

from huying.audit.models import Chained
from huying.citizens.models import Caller
from huying.workorders.catalog import Channel, Kind, Urgency, Way
from huying.workorders.workflow import FINAL, State

NEVER = datetime(9000, 1, 1, tzinfo=UTC)
"""Where an open order without a running clock stands in a list of what is due first: at the end."""


class Category(models.Model):
    """A matter category (事项分类), one to five levels, with room for the national code (rules.md D14)."""

    centre = models.ForeignKey("org.Centre", models.CASCADE, related_name="+")
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")
    name = models.CharField("名称", max_length=60)
    path = models.CharField("全称", max_length=240)
    national_code = models.CharField("国标码", max_length=20, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["centre", "path"], name="category_once")]

    def __str__(self) -> str:
        return self.path


class WorkOrder(Chained):
    """One appeal and what becomes of it. One plain table; its lists live on the indexes below (stack.md)."""

    tenant_column = "centre_id"
    stream = "order"
    noun = "工单"

    number = models.CharField("工单号", max_length=40, unique=True)
    external_number = models.CharField("外部单号", max_length=60, blank=True)
    centre = models.ForeignKey("org.Centre", models.PROTECT, related_name="orders", verbose_name="运营中心")
    template = models.ForeignKey("workorders.OrderTemplate", models.PROTECT, related_name="+", verbose_name="专项")
    pack = models.ForeignKey("workorders.RulePack", models.PROTECT, related_name="+")
    state = models.CharField("状态", max_length=16, choices=State.choices())
    version = models.PositiveIntegerField(default=1)

    kind = models.CharField("诉求类型", max_length=12, choices=Kind.choices())
    urgency = models.CharField("紧急程度", max_length=10, choices=Urgency.choices(), default=Urgency.NORMAL)
    channel = models.CharField("渠道", max_length=10, choices=Channel.choices())
    title = models.CharField("标题", max_length=200)
    content = models.TextField("内容")
    category = models.ForeignKey(Category, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name="分类")
    caller_kind = models.CharField(
        "诉求人身份", max_length=12, choices=Caller.Kind.choices, default=Caller.Kind.RESIDENT,
        db_default=Caller.Kind.RESIDENT,
    )
    fields = models.JSONField("专项字段", default=dict, blank=True)
    event_at = models.DateTimeField("事发时间", null=True, blank=True)

    contact = models.OneToOneField("citizens.Contact", models.PROTECT, null=True, related_name="order")
    caller = models.ForeignKey("citizens.Caller", models.SET_NULL, null=True, related_name="orders")
    region = models.ForeignKey("org.Region", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="区划")
    place = models.CharField("地点", max_length=200, blank=True)  # without the last part, which is in the contact
    address_confirmed_at = models.DateTimeField("地址核对时刻", null=True, blank=True)
    address_confirmed_by = models.CharField("核对方式", max_length=10, blank=True, choices=Way.choices())

    confidential = models.BooleanField("对承办单位保密", default=False)
    is_group = models.BooleanField("群体诉求", default=False)
    is_special = models.BooleanField("特殊单", default=False)
    is_sensitive = models.BooleanField("敏感", default=False)
    supervised = models.BooleanField("督办中", default=False)
    no_return = models.BooleanField("不得再退", default=False)
    return_count = models.PositiveSmallIntegerField(default=0)
    urge_count = models.PositiveSmallIntegerField(default=0)
    rehandle_count = models.PositiveSmallIntegerField(default=0)
    reopen_count = models.PositiveSmallIntegerField(default=0)

    unit = models.ForeignKey("org.Unit", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="主办单位")
    created_by = models.ForeignKey("org.Staff", models.PROTECT, null=True, related_name="+", verbose_name="受理人")
    holder = models.ForeignKey("org.Staff", models.SET_NULL, null=True, related_name="held", verbose_name="当前经办")
    held_until = models.DateTimeField(null=True)
    followers = models.ManyToManyField("org.Staff", blank=True, related_name="followed")

    created_at = models.DateTimeField("受理时间")
    dispatched_at = models.DateTimeField("派单时间", null=True)
    replied_at = models.DateTimeField("答复时间", null=True)
    closed_at = models.DateTimeField("办结时间", null=True)
    due_at = models.DateTimeField("下一到期", null=True)

    direct = models.BooleanField("直接答复", default=False)
    answer = models.TextField("答复", blank=True)
    public_reply = models.TextField("公开答复", blank=True)
    finding = models.CharField("诉求认定", max_length=10, blank=True)
    outcome = models.CharField("办理结果", max_length=12, blank=True)
    decline_code = models.CharField("不予受理代码", max_length=3, blank=True)
    satisfaction = models.CharField("满意度", max_length=8, blank=True)

    @property
    def takes_special_review(self) -> bool:
        """Confidential, sensitive, of a group, or by a leader's instruction (特殊单审核, R282)."""
        return self.is_special or self.is_sensitive or self.is_group or self.confidential

    class Meta:
        indexes = [
            models.Index(fields=["centre", "-created_at", "-id"], name="order_centre"),
            models.Index(fields=["centre", "state", "-created_at", "-id"], name="order_centre_state"),
            models.Index(fields=["unit", "state", "-created_at", "-id"], name="order_unit_state"),
            models.Index(
                F("centre"), F("state"), Coalesce("due_at", Value(NEVER)), F("id"), name="order_open_due",
                condition=~Q(state__in=sorted(FINAL)),
            ),
            models.Index(fields=["created_by", "-created_at", "-id"], name="order_mine"),
            models.Index(fields=["caller", "-created_at"], name="order_caller"),
            models.Index(fields=["external_number", "centre"], name="order_external", condition=~Q(external_number="")),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def is_open(self) -> bool:
        return self.state not in FINAL

    @property
    def state_label(self) -> str:
        return State(self.state).label


class Point(models.Model):
    """One point of appeal (诉求点); an order may carry several from one call."""

    tenant_column = "centre_id"

    order = models.ForeignKey(WorkOrder, models.CASCADE, related_name="points")
    centre = models.ForeignKey("org.Centre", models.PROTECT, related_name="+")
    seq = models.PositiveSmallIntegerField()
    text = models.TextField("诉求点")

    class Meta:
        ordering = ["seq"]
        constraints = [models.UniqueConstraint(fields=["order", "seq"], name="point_once")]

    def __str__(self) -> str:
        return self.text


class Link(models.Model):
    """How two orders are related; `order` is the later one."""

    class Kind(models.TextChoices):
        URGE = "urge", "催单"
        REPEAT = "repeat", "重复诉求"
        MERGED = "merged", "并入"
        SPLIT = "split", "拆自"
        REVIEW = "review", "复查"
        COPY = "copy", "复用"

    tenant_column = "centre_id"

    order = models.ForeignKey(WorkOrder, models.CASCADE, related_name="links")
    other = models.ForeignKey(WorkOrder, models.CASCADE, related_name="linked")
    centre = models.ForeignKey("org.Centre", models.PROTECT, related_name="+")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["order", "other", "kind"], name="link_once")]
