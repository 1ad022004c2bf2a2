"""The matrix of people and skill groups: a level, or none, in each cell."""

from collections.abc import Iterable
from typing import Any

from django import forms

from huying.calls.models import Skill, SkillGroup
from huying.org.models import Staff

LEVELS = [("", "—"), *((str(level), str(level)) for level in range(1, 10))]


class SkillsForm(forms.Form):
    """Fields "s<person>g<group>"; `people` and `groups` are what the page shows."""

    def __init__(self, *args: Any, people: Iterable[Staff], groups: Iterable[SkillGroup], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.people, self.groups = list(people), list(groups)
        levels = {
            (row.staff_id, row.group_id): row.level
            for row in Skill.objects.filter(staff__in=self.people, group__in=self.groups)
        }
        self.cells = {(person.pk, group.pk): f"s{person.pk}g{group.pk}" for person in self.people for group in self.groups}
        for cell, name in self.cells.items():
            self.fields[name] = forms.ChoiceField(choices=LEVELS, required=False, initial=str(levels.get(cell, "")))

    def table(self) -> list[tuple[Staff, list[tuple[SkillGroup, Any]]]]:
        return [(person, [(group, self[self.cells[person.pk, group.pk]]) for group in self.groups]) for person in self.people]

    def wanted(self) -> dict[tuple[int, int], int]:
        return {cell: int(level) for cell, name in self.cells.items() if (level := self.cleaned_data[name])}
