"""The small fixed cast of every test: two cities that know nothing of each other, a few units, one person per role."""

from dataclasses import dataclass, field

from huying.org.models import Centre, Employer, Region, Staff, Unit
from huying.org.operations import install_roles
from huying.org.policies import Actor, staff_actor

PASSWORD = "Correct-horse-42"  # of every person of the cast; hashed once, by the test that signs in

PEOPLE = {
    "agent1": ("agent", Employer.CONTRACTOR, ""), "agent2": ("agent", Employer.CONTRACTOR, ""),
    "leader1": ("leader", Employer.CONTRACTOR, ""), "dispatcher1": ("dispatcher", Employer.CONTRACTOR, ""),
    "reviewer1": ("reviewer", Employer.GOVERNMENT, ""), "followup1": ("follow_up", Employer.CONTRACTOR, ""),
    "quality1": ("quality", Employer.CONTRACTOR, ""),
    "liaison1": ("liaison", Employer.UNIT, "CG"), "liaison2": ("liaison", Employer.UNIT, "ZJ"),
    "liaison3": ("liaison", Employer.UNIT, "SW"), "subliaison1": ("liaison", Employer.UNIT, "CG-1"),
    "unitleader1": ("unit_leader", Employer.UNIT, "CG"), "supervisor1": ("supervisor", Employer.GOVERNMENT, ""),
    "director1": ("director", Employer.GOVERNMENT, ""), "buyer1": ("buyer", Employer.GOVERNMENT, ""),
    "operator1": ("operator", Employer.GOVERNMENT, ""),
}


@dataclass
class Cast:
    """`staff` by user name, `units` by code, `demo` and `other` the two centres."""

    demo: Centre
    other: Centre
    units: dict[str, Unit] = field(default_factory=dict)
    staff: dict[str, Staff] = field(default_factory=dict)

    def actor(self, username: str) -> Actor:
        """A fresh actor, as of a new request (permissions are read again)."""
        return staff_actor(Staff.objects.select_related("centre", "unit").get(username=username))


def region(code: str, name: str, level: int, parent: Region | None = None) -> Region:
    full = f"{parent.full_name}{name}" if parent else name
    return Region.objects.create(code=code, name=name, level=level, parent=parent, full_name=full)


def build() -> Cast:
    """Create the cast in the current database."""
    city = region("450600", "防城港市", 1)
    district = region("450602", "港口区", 2, city)
    street = region("450602001", "渔洲坪街道", 3, district)
    region("450602001001", "海湾社区", 4, street)
    far = region("330100", "另一市", 1)
    cast = Cast(
        demo=Centre.objects.create(code="DEMO", name="防城港市12345中心", region=city),
        other=Centre.objects.create(code="OTHER", name="另一市12345中心", region=far),
    )
    for code, name, parent in (("CG", "城市管理局", ""), ("CG-1", "市容管理科", "CG"), ("ZJ", "住房和城乡建设局", ""),
                               ("SW", "自来水公司", "")):
        cast.units[code] = Unit.objects.create(
            centre=cast.demo, code=code, name=name, parent=cast.units.get(parent), phone="13907700000", region=city
        )
    roles = install_roles(cast.demo)
    for username, (role, employer, unit) in PEOPLE.items():
        person = Staff.objects.create(
            username=username, name=f"{roles[role].name}甲", centre=cast.demo, employer=employer, unit=cast.units.get(unit)
        )
        person.roles.add(roles[role])
        cast.staff[username] = person
    other_roles = install_roles(cast.other)
    for username, role in (("agent1@OTHER", "agent"), ("dispatcher1@OTHER", "dispatcher"), ("director1@OTHER", "director")):
        person = Staff.objects.create(
            username=username, name="外市人员", centre=cast.other, employer=Employer.GOVERNMENT
        )
        person.roles.add(other_roles[role])
        cast.staff[username] = person
    return cast
