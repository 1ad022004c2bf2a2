"""Units and categories that old orders name: found by name, made when missing (R002)."""

from collections.abc import Iterable

from huying.kernel.digest import sm3
from huying.org.models import Centre, Unit
from huying.workorders.models import Category
from huying.workorders.rules.mapping import OldOrder

SEPARATOR = "/"


class Places:
    """What a centre has, by name; grows while its old orders come in. One batch makes what it needs in one go."""

    def __init__(self, centre: Centre) -> None:
        self.centre = centre
        self.units: dict[str, Unit] = {}
        for unit in Unit.objects.filter(centre=centre).order_by("-path"):  # of several with one name the highest counts
            self.units[unit.name] = unit
        self.categories: dict[str, int] = dict(Category.objects.filter(centre=centre).values_list("path", "pk"))

    def prepare(self, orders: Iterable[OldOrder]) -> list[str]:
        """Make the missing units and categories; the names of the new units.

        A department stands above its districts' units; where both carry one name it is one unit. A unit that exists
        stays where it is, whatever a later row says of its department.
        """
        made = []
        for order in orders:
            for name, above in ((order.department, ""), (order.unit, order.department)):
                if name and name not in self.units:
                    self.units[name] = self.new_unit(name, self.units.get(above))
                    made.append(name)
            self.category(order.categories)
        return made

    def new_unit(self, name: str, parent: Unit | None) -> Unit:
        code = f"L{sm3(name.encode()).hex()[:12].upper()}"
        return Unit.objects.create(centre=self.centre, parent=parent, name=name, code=code)

    def category(self, names: Iterable[str]) -> int | None:
        """The id of the category with these names from the top down; None for no name."""
        found, path = None, ""
        for name in names:
            name = name.replace(SEPARATOR, "／")
            path = f"{path}{SEPARATOR}{name}" if path else name
            if path not in self.categories:
                row = Category.objects.create(centre=self.centre, parent_id=found, name=name, path=path)
                self.categories[path] = row.pk
            found = self.categories[path]
        return found

    def unit(self, name: str) -> Unit | None:
        return self.units.get(name)
