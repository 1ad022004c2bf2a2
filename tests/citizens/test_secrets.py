"""What stands in the database of a person, and who may read it."""

from uuid import uuid4

import pytest
from django.apps import apps
from django.db import connection, connections

from huying.audit.models import Access
from huying.calls.models import SwitchRecord
from huying.citizens.fields import key_ring
from huying.citizens.models import Caller, Contact
from huying.citizens.operations import reveal
from huying.citizens.operations.reveal import ReasonMissing
from huying.citizens.operations.rotate import rotate, secret_columns
from huying.kernel import clock
from huying.kernel.ciphers import TamperedData, key_id_of
from huying.org.models import Authenticator
from huying.org.policies import NotAllowed
from huying.portal.models import OnlineDraft
from huying.portal.operations.drafts import keep_typed, open_draft
from huying.portal.queries.drafts import seal_code, shown_code
from huying.portal.queries.drafts import typed_in as online_typed
from huying.workorders.models import Draft
from huying.workorders.operations.drafts import save_draft, typed_in
from huying.workorders.queries.access import accesses, reveal_count
from workorders.play import PHONE, Play

pytestmark = pytest.mark.django_db(databases=["default", "numbers", "owner"])


def raw(table: str) -> bytes:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {table}")
        return b"|".join(bytes(value) if isinstance(value, memoryview | bytes) else str(value).encode()
                         for row in cursor.fetchall() for value in row)


@pytest.mark.req("R253")
def test_no_plain_name_phone_or_address_in_any_table(cast):
    play = Play(cast, id_number="450602199001011234").handling()
    with connection.cursor() as cursor:
        cursor.execute("SELECT DISTINCT table_name FROM information_schema.table_privileges"
                       " WHERE table_schema = 'public' AND privilege_type = 'SELECT'")
        tables = [row[0] for row in cursor.fetchall()]
    assert {"citizens_contact", "citizens_caller", "audit_event", "workorders_workorder"} <= set(tables)
    everything = b"".join(raw(table) for table in tables)
    for secret in ("张小满", PHONE, "450602199001011234", "3 栋 2 单元 501"):
        assert secret.encode() not in everything
    assert play.order.contact.phone == PHONE


def test_found_by_keyed_hash_however_the_number_is_written(cast):
    first = Play(cast).order
    second = Play(cast, phone="+86 139-0770-0001").order
    assert first.caller_id == second.caller_id
    assert Caller.objects.count() == 1


def test_masked_on_screen(cast):
    masked = Play(cast).order.contact.masked
    assert masked["phone"] == "139****0001" and masked["name"] == "张**" and "501" not in masked["address"]


@pytest.mark.req("R154", "R167")
def test_revealing_asks_why_and_leaves_a_row(cast):
    order = Play(cast).order
    actor = cast.actor("agent1")
    say = {"contact": order.contact, "field": "phone", "stream": "order", "stream_id": order.pk}
    with pytest.raises(ReasonMissing):
        reveal(actor=actor, reason=" ", **say)
    assert reveal(actor=actor, reason="回拨核实地址", **say) == PHONE
    (row,) = accesses(order, field="phone")
    assert (row["reason"], reveal_count(order)) == ("回拨核实地址", 1) and row["who"].startswith("话务员甲#")
    with pytest.raises(NotAllowed):
        reveal(actor=cast.actor("buyer1"), reason="想看一看号码", **say)
    assert Access.objects.filter(kind="reveal").count() == 1


def test_a_value_moved_to_another_column_does_not_open(cast):
    order = Play(cast).order
    with connection.cursor() as cursor:
        cursor.execute("UPDATE citizens_contact SET name = phone WHERE id = %s", [order.contact_id])
    with pytest.raises(TamperedData):
        Contact.objects.get(pk=order.contact_id)


def test_rotation_seals_everything_with_the_new_key(cast):
    order = Play(cast).order
    newest = key_ring().add_key()
    done = dict(rotate())
    assert done["citizens_contact"] == 1 and done["citizens_caller"] == 1
    with connection.cursor() as cursor:
        cursor.execute("SELECT phone FROM citizens_contact WHERE id = %s", [order.contact_id])
        assert key_id_of(bytes(cursor.fetchone()[0])) == newest
    assert Contact.objects.get(pk=order.contact_id).phone == PHONE
    assert sum(dict(rotate()).values()) == 0


def test_rotation_seals_what_people_are_still_typing_and_the_keys_of_phones(cast):
    agent, key, online = cast.actor("agent1"), uuid4(), uuid4()
    save_draft(actor=agent, key=key, typed={"phone": [PHONE], "title": ["路灯不亮"]})
    draft = open_draft(cast.demo, "general", online)
    keep_typed(draft, {"name": "张小满"})
    OnlineDraft.objects.filter(pk=draft.pk).update(code=seal_code(online, "246810"))
    phone = Authenticator.objects.create(user=cast.staff["agent1"], name="手机")
    newest = key_ring().add_key()
    done = dict(rotate())
    assert done["workorders_draft"] == done["portal_onlinedraft"] == done["org_authenticator"] == 1
    for table, column in (("workorders_draft", "secret"), ("portal_onlinedraft", "sealed"),
                          ("portal_onlinedraft", "code"), ("org_authenticator", "key")):
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT {column} FROM {table}")
            assert key_id_of(bytes(cursor.fetchone()[0])) == newest, column
    assert typed_in(Draft.objects.get(key=key))["phone"] == [PHONE]
    row = OnlineDraft.objects.get(key=online)
    assert (online_typed(row), shown_code(row)) == ({"name": "张小满"}, "246810")
    assert Authenticator.objects.get().key == phone.key
    assert sum(dict(rotate()).values()) == 0


def test_a_draft_opens_in_its_own_row_only(cast):
    first, second = uuid4(), uuid4()
    for key in (first, second):
        save_draft(actor=cast.actor("agent1"), key=key, typed={"phone": [PHONE]})
    row = Draft.objects.get(key=first)
    Draft.objects.filter(key=second).update(secret=row.secret)
    with pytest.raises(TamperedData):
        typed_in(Draft.objects.get(key=second))


def test_whatever_is_sealed_anywhere_is_sealed_anew_by_rotation():
    """Every column of bytes in any room is a hash of a known length, or one the rotation knows."""
    known = {(model, field.column) for model, fields in secret_columns() for field in fields}
    columns = [(model, field) for model in apps.get_models() for field in model._meta.concrete_fields
               if model.__module__.startswith("huying.") and field.get_internal_type() == "BinaryField"]
    open_ = {"PromptSound.data"}  # what every caller hears is no secret
    assert {f"{model.__name__}.{field.name}" for model, field in columns
            if field.max_length is None and (model, field.column) not in known} == open_


@pytest.mark.django_db(transaction=True, databases=["default", "numbers", "owner"])
def test_facts_that_the_application_may_not_change_are_sealed_anew_by_the_owner():
    record = SwitchRecord.objects.create(key=bytes(16), body='{"caller": "13907700001"}', linkedid="1", kind="CHAN_START", at=clock.now())
    newest = key_ring().add_key()
    assert dict(rotate())["calls_switchrecord"] == 1
    with connections["owner"].cursor() as cursor:
        cursor.execute("SELECT body FROM calls_switchrecord")
        assert key_id_of(bytes(cursor.fetchone()[0])) == newest
    assert SwitchRecord.objects.get(pk=record.pk).body == record.body
