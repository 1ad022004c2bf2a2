from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models


class OrderText(models.Model):
    """The words of an order for finding it: bigrams of title, content, place and reply.

    Apart from the order so that a search neither touches the busy row nor is slowed by row-level security: the
    application may write here, and reads only through the function `order_search`, which keeps tenants apart.
    """

    write_only = True

    order = models.OneToOneField("workorders.WorkOrder", models.CASCADE, primary_key=True, related_name="+")
    centre_id = models.BigIntegerField()
    created_at = models.DateTimeField()
    words = SearchVectorField()

    class Meta:
        indexes = [GinIndex(fields=["words"], name="order_words", fastupdate=False)]
