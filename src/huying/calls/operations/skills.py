"""Who serves which group, and who is asked first (R208, R219)."""

from django.db import transaction

from huying.calls.models import Skill, SkillGroup
from huying.calls.operations.rows import MANAGE
from huying.calls.operations.seats import skills_changed
from huying.calls.operations.tell import config_changed
from huying.org.models import Centre, Staff
from huying.org.operations.history import record
from huying.org.policies import Actor


@transaction.atomic
def save_skills(*, actor: Actor, centre: Centre, shown: set[tuple[int, int]], wanted: dict[tuple[int, int], int]) -> int:
    """Bring the cells `shown` (person, group) of the matrix to `wanted` (level by cell; absent: no skill); how many changed.

    Whatever the page did not show stays as it is.
    """
    actor.must(MANAGE)
    rows = Skill.objects.select_for_update().filter(centre=centre).select_related("staff", "group")
    known = {(row.staff_id, row.group_id): row for row in rows}
    changes: dict[str, list[int | None]] = {}
    cells: dict[tuple[int, int], int | None] = {}
    names = dict(Staff.objects.filter(pk__in={person for person, _ in shown}).values_list("pk", "username"))
    groups = dict(SkillGroup.objects.filter(pk__in={group for _, group in shown}).values_list("pk", "code"))
    for cell in sorted(shown):
        row, level = known.get(cell), wanted.get(cell)
        before = row.level if row else None
        if before == level:
            continue
        changes[f"{names[cell[0]]}：{groups[cell[1]]}"] = [before, level]
        cells[cell] = level
        if level is None:
            assert row is not None
            row.delete()
        else:
            Skill.objects.update_or_create(staff_id=cell[0], group_id=cell[1], defaults={"level": level, "centre": centre})
    if changes:
        record(centre.pk, "skill.edit", actor, changes=changes)
        skills_changed(cells)
        config_changed()
    return len(changes)
