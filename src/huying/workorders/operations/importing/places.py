"""Units and categories that old orders name: found by name, made when missing (R002)."""

from collections.abc import Iterable, Sequence

from huying.kernel.digest import sm3
from huying.org.models import Centre, Unit
from huying.workorders.models import Category
from huying.workorders.operations.importing.bulk import insert_rows, new_keys
from huying.workorders.rules.mapping import OldOrder

SEPARATOR = "/"


class Places:
    """What a centre has, by name; grows while its old orders come in. One batch makes what it needs in one go."""

    def __init__(self, centre: Centre) -> None:
        self.centre = centre
        self.units: dict[str, Unit] = {}
        for unit in Unit.objects.filter(centre=centre).order_by("-path"):  # of several with one name the highest counts
            self.units[unit.name] = unit
        self.trails: dict[tuple[str, ...], str] = {}  # names from the top down -> path
        self.categories: dict[str, int] = dict(Category.objects.filter(centre=centre).values_list("path", "pk"))

    def prepare(self, orders: Sequence[OldOrder]) -> list[str]:
        """Make the missing units and categories; the names of the new units.

        A department stands above its districts' units; where both carry one name it is one unit. A unit that exists
        stays where it is, whatever a later row says of its department.
        """
        wanted: dict[str, str] = {}
        for order in orders:
            for name, above in ((order.department, ""), (order.unit, order.department)):
                if name and name not in self.units:
                    wanted.setdefault(name, above)
        self.make_units(wanted)
        self.make_categories({order.categories for order in orders} - self.trails.keys())
        return list(wanted)

    def make_units(self, wanted: dict[str, str]) -> None:
        """By name, with the name above; whatever stands above comes before."""
        made = []
        for (name, above), key in zip(wanted.items(), new_keys(Unit, len(wanted)), strict=True):
            parent = self.units.get(above)
            path = f"{parent.path if parent else '/'}{key}/"
            code = f"L{sm3(name.encode()).hex()[:12].upper()}"
            self.units[name] = Unit(pk=key, centre=self.centre, parent=parent, name=name, code=code, path=path)
            made.append(self.units[name])
        insert_rows(made)

    def make_categories(self, trails: Iterable[tuple[str, ...]]) -> None:
        """Those with these names from the top down, and all above them."""
        wanted: dict[str, tuple[str, str]] = {}
        for names in trails:
            above = ""
            for name in (each.replace(SEPARATOR, "／") for each in names):
                path = f"{above}{SEPARATOR}{name}" if above else name
                if path not in self.categories:
                    wanted[path] = (above, name)
                above = path
            self.trails[names] = above
        self.categories.update(zip(wanted, new_keys(Category, len(wanted)), strict=True))
        insert_rows([
            Category(pk=self.categories[path], centre=self.centre, parent_id=self.categories.get(above), name=name, path=path)
            for path, (above, name) in wanted.items()
        ])

    def category(self, names: tuple[str, ...]) -> int | None:
        """The id of the category with these names from the top down, made if need be; None for no name."""
        if names not in self.trails:
            self.make_categories([names])
        return self.categories.get(self.trails[names])

    def unit(self, name: str) -> Unit | None:
        return self.units.get(name)
