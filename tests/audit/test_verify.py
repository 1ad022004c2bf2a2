"""The history shows every hand that touched it."""

import pytest
from django.db import DatabaseError, connection, transaction

from huying.audit.operations import anchor
from huying.audit.queries import verify
from workorders.play import Play

pytestmark = pytest.mark.django_db


@pytest.fixture
def play(cast):
    return Play(cast).handling()


def owner(statement: str, *values: object) -> None:
    """Somebody with the owner's rights changes the database by hand."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        cursor.execute(statement, values)


@pytest.mark.req("R055")
@pytest.mark.parametrize("statement", ["UPDATE audit_event SET reason = 'x'", "DELETE FROM audit_event",
                                       "UPDATE audit_access SET reason = 'x'", "DELETE FROM audit_anchor",
                                       "TRUNCATE audit_event"])
def test_the_application_can_neither_change_nor_remove_history(play, statement):
    with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
        owner(statement)


def test_untouched_history_is_whole(play, tmp_path):
    anchor(tmp_path / "anchors.log")
    assert list(verify(tmp_path / "anchors.log")) == []
