"""A tree kept as a path of ids, so that a whole branch is one prefix."""

from typing import Any, Self

from django.db import models


class Tree(models.Model):
    """`path` reads "/1/4/9/": the ids from the root down to this row itself."""

    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")
    path = models.CharField(max_length=500, default="", editable=False, db_index=True)

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        super().save(*args, **kwargs)
        above = self.parent.path if self.parent else "/"
        path = f"{above}{self.pk}/"
        if path == self.path:
            return
        moved, self.path = self.path, path
        rows: Any = type(self)._default_manager  # Any: the checker cannot follow lookups on an abstract model
        rows.filter(pk=self.pk).update(path=path)
        for child in rows.filter(parent_id=self.pk) if moved else ():
            child.save()

    @property
    def lineage(self) -> list[int]:
        """Ids from the root down to this row."""
        return [int(part) for part in self.path.strip("/").split("/") if part]

    @property
    def depth(self) -> int:
        """0 for a root."""
        return self.path.count("/") - 2

    def holds(self, other: Self) -> bool:
        """Whether `other` is this row or hangs below it."""
        return other.path.startswith(self.path)
