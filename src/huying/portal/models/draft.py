from django.contrib.postgres.fields import ArrayField
from django.db import models

from huying.org.fields import SealedBlob


class OnlineDraft(models.Model):
    """What a visitor is typing, and what became of it: the key makes of a double click one order.

    `sealed` holds everything typed, encrypted; `files` the ids of attachments that belong to no order yet. Once there is
    an order both are emptied. `code` keeps the query code, encrypted, for as long as it may still be read off the page.
    """

    tenant_column = "centre_id"

    key = models.UUIDField(unique=True)
    centre = models.ForeignKey("org.Centre", models.CASCADE, related_name="+")
    template = models.CharField(max_length=40)
    sealed = SealedBlob()
    files = ArrayField(models.BigIntegerField(), default=list)
    order = models.ForeignKey("workorders.WorkOrder", models.SET_NULL, null=True, related_name="+")
    code = SealedBlob()
    code_until = models.DateTimeField(null=True)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return str(self.key)
