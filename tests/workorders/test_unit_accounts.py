"""A unit's account that is not a liaison's, on the phone as anywhere, sees none of the unit's orders (R256)."""

import pytest

from huying.org.models import Employer, Role, Staff
from huying.org.operations.tokens import issue_token
from workorders.play import Play

pytestmark = pytest.mark.django_db
BACKEND = "django.contrib.auth.backends.ModelBackend"
PHONE = {"HTTP_USER_AGENT": "Mozilla/5.0 (Linux; Android 14) Mobile"}


@pytest.fixture
def clerk(cast):
    """Of the same unit as liaison1, with a role that gives nothing to do with orders."""
    person = Staff.objects.create(username="clerk1", name="内勤甲", centre=cast.demo, employer=Employer.UNIT, unit=cast.units["CG"])
    person.roles.add(Role.objects.create(centre=cast.demo, code="clerk", name="内勤", permissions=["org.view"]))
    return person


@pytest.mark.req("R256")
def test_only_liaisons_of_a_unit_see_its_orders(client, cast, clerk):
    play = Play(cast).handling()
    paths = [f"/orders/desk/{code}/" for code in ("to_sign", "handling", "all", "followed")]
    paths += [f"/orders/{play.number}/", f"/orders/{play.number}/do/contact/", f"/orders/search/?q={play.number}"]
    token, liaisons = issue_token(clerk)[0], issue_token(cast.staff["liaison1"])[0]
    seen = []
    for person, key in ((clerk, token), (cast.staff["liaison1"], liaisons)):
        client.force_login(person, backend=BACKEND)
        pages = [client.get(path, follow=True, **PHONE).content.decode() for path in paths]
        client.logout()
        rest = [client.get(path, HTTP_AUTHORIZATION=f"Bearer {key}").content.decode()
                for path in ("/api/v1/workorders", f"/api/v1/workorders/{play.number}")]
        seen.append(sum(bool("海湾社区门口" in text or f'data-order="{play.number}"' in text) for text in pages)
                    + sum(f'"number":"{play.number}"' in text.replace(" ", "") for text in rest))
    nobody, liaison = seen
    assert nobody == 0 and liaison >= 5
