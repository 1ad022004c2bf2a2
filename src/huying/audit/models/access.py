from django.db import models


class Access(models.Model):
    """Somebody looked at, took out, or was refused something (R154, R167). Never changed, never deleted."""

    class Kind(models.TextChoices):
        VIEW = "view", "查看"
        REVEAL = "reveal", "显示敏感字段"
        EXPORT = "export", "导出"
        DOWNLOAD = "download", "下载"
        REFUSED = "refused", "被拒绝"
        CALL = "call", "代拨"

    append_only = True
    tenant_column = "centre_id"

    kind = models.CharField(max_length=10, choices=Kind.choices)
    at = models.DateTimeField()
    centre_id = models.BigIntegerField(null=True)
    actor_kind = models.CharField(max_length=10)
    actor_id = models.BigIntegerField(null=True)
    actor_name = models.CharField(max_length=80)
    ip = models.GenericIPAddressField(null=True)
    stream = models.CharField(max_length=20)
    stream_id = models.BigIntegerField(null=True)
    field = models.CharField(max_length=60, blank=True)
    reason = models.CharField(max_length=500, blank=True)
    path = models.CharField(max_length=300, blank=True)
    request_id = models.CharField(max_length=40, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["stream", "stream_id", "at"], name="access_subject"),
            models.Index(fields=["actor_id", "at"], name="access_actor"),
        ]
