"""The tenants' second wall: what a connection sees by raw SQL, whatever the code above it does (R207, R074, R030)."""

import pytest
from django.apps import apps
from django.db import ProgrammingError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cast import region
from huying.audit.models import Access, Anchor, Event
from huying.audit.queries import ALL, set_scope, tenant_scope
from huying.org.models import Centre, Employer, Role, Staff, Unit
from huying.org.operations import install_roles
from huying.org.policies import staff_actor
from huying.org.queries import centres_of
from huying.workorders.models import WorkOrder
from huying.workorders.operations import NewOrder, create_order
from huying.workorders.policies import visible_to
from workorders.play import Play

pytestmark = pytest.mark.django_db


def walled():
    """Every model that says it holds tenants' rows."""
    return [model for model in apps.get_models() if getattr(model, "tenant_column", None)]


def count(table):
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT count(*) FROM "{table}"')
        return cursor.fetchone()[0]


def looked_at(centre):
    """One row of the record of looking, as any room would write it."""
    Access.objects.create(
        kind="view", at="2026-01-01T00:00Z", centre_id=centre.pk, actor_kind="staff", actor_name="x", stream="order",
    )


def tables_with_rows():
    return {model._meta.db_table for model in walled() if not getattr(model, "write_only", False) and count(model._meta.db_table)}


@pytest.mark.req("R207")
def test_every_table_with_a_centre_is_walled_or_known_not_to_be():
    """Organisation itself is read before anybody is signed in; everything else with a centre must be behind the wall."""
    open_ = {
        f"{model._meta.app_label}.{model.__name__}" for model in apps.get_models()
        if not getattr(model, "tenant_column", None) and not getattr(model, "write_only", False)
        and any(field.column == "centre_id" for field in model._meta.concrete_fields)
    }
    assert {name for name in open_ if not name.startswith("org.")} == OPEN


OPEN = {
    "calls.Trunk", "followup.Scheme", "messaging.SendingRule", "messaging.Template", "workorders.Category", "workorders.OrderTemplate",
    "workorders.RulePack",
}
"""Settings that a centre inherits from the ones above it, whose rows its own scope does not hold; a carrier's line is the
node's, and serves every centre."""


@pytest.mark.req("R207")
def test_the_wall_stands_on_every_table_that_asks_for_it():
    with connection.cursor() as cursor:
        cursor.execute("SELECT relname FROM pg_class WHERE relrowsecurity")
        secured = {name for (name,) in cursor.fetchall()}
        cursor.execute("SELECT rolbypassrls OR rolsuper FROM pg_roles WHERE rolname = current_user")
        assert cursor.fetchone() == (False,)
        cursor.execute("SELECT tablename FROM pg_tables WHERE tableowner = current_user")
        assert cursor.fetchall() == [], "an owner would stand outside the walls"
    assert {model._meta.db_table for model in walled()} <= secured


@pytest.mark.req("R207")
def test_the_other_tenant_sees_no_row_and_an_unset_connection_none_at_all(cast):
    Play(cast).handling().replied()
    looked_at(cast.demo)
    filled = tables_with_rows()
    assert {"workorders_workorder", "workorders_assignment", "audit_event", "audit_access", "citizens_caller"} <= filled
    for scope in ([cast.other.pk], []):
        set_scope(scope)
        assert {table: count(table) for table in filled} == dict.fromkeys(filled, 0)
    set_scope([cast.demo.pk])
    assert all(count(table) for table in filled)


@pytest.mark.req("R207")
def test_the_other_tenant_can_neither_change_nor_slip_in_a_row(cast):
    number = Play(cast).dispatched().number
    set_scope([cast.other.pk])
    with connection.cursor() as cursor:
        cursor.execute("UPDATE workorders_workorder SET title = 'x'")
        assert cursor.rowcount == 0
        cursor.execute("DELETE FROM workorders_workorder")
        assert cursor.rowcount == 0
    with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
        looked_at(cast.demo)
    set_scope(ALL)
    assert WorkOrder.objects.get(number=number).title == "路灯不亮"


@pytest.mark.req("R207")
def test_a_forged_scope_is_no_way_in(cast):
    """What reaches the setting is a list of numbers; anything else is an error, not everything."""
    Play(cast).dispatched()
    for text in ("x", "1;2", "*,1", "{1}"):
        with pytest.raises(Exception, match=r"invalid input|malformed"), transaction.atomic():
            set_scope(text)
            count("workorders_workorder")
        set_scope(ALL)


@pytest.mark.parametrize("model", [Event, Access, Anchor])
@pytest.mark.parametrize("change", ["UPDATE {} SET id = id", "DELETE FROM {}", "TRUNCATE {}", "ALTER TABLE {} DISABLE ROW LEVEL SECURITY"])
def test_the_application_can_only_add_to_the_records(cast, model, change):
    Play(cast)
    with pytest.raises(ProgrammingError, match=r"permission denied|must be owner"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(change.format(f'"{model._meta.db_table}"'))


def test_a_scope_is_put_back_after_an_error(cast):
    set_scope([cast.demo.pk])
    with pytest.raises(ZeroDivisionError), tenant_scope([cast.other.pk]):
        raise ZeroDivisionError
    assert WorkOrder.objects.count() == 0
    assert set_scope(ALL) == str(cast.demo.pk)


# A tree of four levels, each of them a tenant.

def grow(cast):
    """Province over DEMO (a city) over a county over a township, each with an agent and a reviewer of its own."""
    province = Centre.objects.create(code="P", name="省平台", level="province")
    cast.demo.parent = province
    cast.demo.save()
    county = Centre.objects.create(
        code="C", name="上思县分平台", level="county", parent=cast.demo, region=region("450621", "上思县", 2),
    )
    township = Centre.objects.create(code="T", name="思阳镇", level="township", parent=county, region=region("450621100", "思阳镇", 3))
    levels = {"province": province, "city": cast.demo, "county": county, "township": township}
    for name, centre in levels.items():
        roles = install_roles(centre)
        for role in ("agent", "reviewer", "dispatcher"):
            person = Staff.objects.create(username=f"{role}@{name}", name=name, centre=centre, employer=Employer.GOVERNMENT)
            person.roles.add(roles[role])
            cast.staff[person.username] = person
    return levels


def orders_everywhere(cast, levels):
    made = {}
    for name, centre in levels.items():
        order = create_order(actor=cast.actor(f"agent@{name}"), centre=centre, new=NewOrder(
            kind="help", title="水管漏水", content="门口的水管从昨天起一直漏水", name="张小满", phone="13907700001", region="450602"))
        made[order.number] = name
    return made


@pytest.mark.req("R030", "R074", "R207")
def test_each_level_sees_itself_and_what_is_below(cast):
    levels = grow(cast)
    made = orders_everywhere(cast, levels)
    names = list(levels)
    for depth, name in enumerate(names):
        actor = cast.actor(f"reviewer@{name}")
        set_scope(centres_of(actor.staff))
        by_wall = {made[number] for number in WorkOrder.objects.values_list("number", flat=True)}
        assert by_wall == set(names[depth:]), "second wall"
        set_scope(ALL)
        by_code = {made[number] for number in visible_to(actor).values_list("number", flat=True)}
        assert by_code == set(names[depth:]), "first wall"
    stranger = cast.actor("agent1@OTHER")
    set_scope(centres_of(stranger.staff))
    assert WorkOrder.objects.count() == 0


@pytest.mark.req("R030")
def test_a_county_sends_to_a_township_and_checks_what_comes_back(cast):
    levels = grow(cast)
    station = Unit.objects.create(centre=levels["township"], code="ZW", name="镇综合执法队")
    person = Staff.objects.create(username="liaison@town", name="镇联络员", centre=levels["township"], unit=station, employer=Employer.UNIT)
    person.roles.add(Role.objects.get(centre=levels["township"], code="liaison"))
    cast.staff[person.username] = person
    play = Play.__new__(Play)
    play.cast, play.states = cast, [""]
    play.order = create_order(actor=cast.actor("agent@county"), centre=levels["county"], new=NewOrder(
        kind="complaint", title="路灯不亮", content="镇上的路灯三天没有亮了", name="张小满", phone="13907700001", region="450602"))
    play.do("reviewer@county", "pass_review")
    play.do("dispatcher@county", "dispatch", unit=str(station.pk), opinion="请核实并答复")
    set_scope(centres_of(person))
    assert visible_to(staff_actor(person)).get().number == play.number
    play.do("liaison@town", "sign").replied("liaison@town")
    set_scope(centres_of(cast.staff["reviewer@county"]))
    play.do("reviewer@county", "pass_check")
    assert play.states[-4:] == ["to_sign", "handling", "to_check", "to_follow_up"]


@pytest.mark.req("R074")
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(parents=st.lists(st.integers(0, 7), min_size=1, max_size=8))
def test_in_any_tree_a_centre_sees_exactly_its_own_branch(cast, parents):
    with transaction.atomic():
        centres = [Centre.objects.create(code="N0", name="n")]
        for place, above in enumerate(parents, start=1):
            centres.append(Centre.objects.create(code=f"N{place}", name="n", parent=centres[above % place]))
        for centre in centres:
            looked_at(centre)
        for centre in centres:
            branch = {each.pk for each in centres if centre.pk in each.lineage}
            set_scope(centres_of(Staff(centre=centre)))
            assert set(Access.objects.values_list("centre_id", flat=True)) == branch
            set_scope(ALL)
        transaction.set_rollback(True)
    set_scope(ALL)
