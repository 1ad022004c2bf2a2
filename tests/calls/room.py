"""The telephone room of the tests' cast: phones, groups, people who may sign in."""

from datetime import date

from huying.calls.models import Phone, PhoneSetting, Skill, SkillGroup
from huying.org.models import Staff


def furnish(cast, seats: int = 35) -> dict[str, Phone]:
    """Phones 8001 to 8004 of DEMO and 8101 of OTHER, one group each, letters signed and training passed."""
    Staff.objects.update(confidentiality_signed_on=date(2026, 1, 5), trained_on=date(2026, 1, 9))
    PhoneSetting.objects.create(centre=cast.demo, seats=seats)
    group = SkillGroup.objects.create(centre=cast.demo, code="main", name="综合组")
    for name in ("agent1", "agent2", "leader1"):
        Skill.objects.create(centre=cast.demo, staff=cast.staff[name], group=group, level=1)
    phones = {
        number: Phone.objects.create(centre=cast.demo, extension=number, password="p" * 20, kind=Phone.Kind.SIP)
        for number in ("8001", "8002", "8003", "8004")
    }
    phones["8101"] = Phone.objects.create(centre=cast.other, extension="8101", password="p" * 20)
    return phones
