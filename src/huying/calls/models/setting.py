from django.db import models


class PhoneSetting(models.Model):
    """What a centre has decided about its telephone; in force at once, no restart."""

    tenant_column = "centre_id"

    centre = models.OneToOneField("org.Centre", models.CASCADE, related_name="phone_setting")
    seats = models.PositiveSmallIntegerField("坐席容量", default=35)
    lines = models.PositiveSmallIntegerField("线路容量", default=60)
    wrap_seconds = models.PositiveSmallIntegerField("话后处理上限（秒，0 为不限）", default=180)
    last_agent_hours = models.PositiveSmallIntegerField("首问负责时限（小时）", default=24)
    last_agent_seconds = models.PositiveSmallIntegerField("等待首问坐席（秒）", default=10)
    break_minutes = models.PositiveSmallIntegerField("小休提醒（分钟）", default=15)
    after_missed = models.CharField("未接后", max_length=8, default="busy", choices=[("busy", "置忙"), ("ready", "保持空闲")])
    target_20s = models.DecimalField("20 秒接通率目标（%）", max_digits=5, decimal_places=2, default=90)
    target_15s = models.DecimalField("15 秒接通率目标（%）", max_digits=5, decimal_places=2, default=90)
    surge_percent = models.PositiveSmallIntegerField("激增门槛（同时段平时的 %）", default=150)
    surge_minutes = models.PositiveSmallIntegerField("激增持续（分钟）", default=10)
    keep_recordings_days = models.PositiveIntegerField("录音保存（天）", default=730)
    record_on_hold = models.BooleanField("保持期间录来电人一侧", default=False)
    survey = models.BooleanField("通话后邀请评价", default=True)

    def __str__(self) -> str:
        return f"{self.centre} 话务参数"


class SwitchState(models.Model):
    """A row for each node: how its gateway and switch are, as the gateway last wrote it; read by pages and probes."""

    gateway_seen_at = models.DateTimeField(null=True)
    switch_up_since = models.DateTimeField(null=True)
    connected = models.BooleanField(default=False)
    file_offset = models.BigIntegerField(default=0)  # how far the record file has been taken in
    file_id = models.CharField(max_length=40, blank=True)
    config_at = models.DateTimeField(null=True)
    said = models.CharField(max_length=200, blank=True)
    node = models.CharField(max_length=40, unique=True, default="hy")
