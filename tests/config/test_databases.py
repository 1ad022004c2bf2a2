"""The tests' own footing: they work as the application, and nothing they commit stays behind."""

import pytest
from django.db import ProgrammingError, connection, connections, transaction

from huying.org.models import Centre


@pytest.mark.django_db
def test_tests_work_as_the_application():
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user, current_setting('is_superuser')")
        assert cursor.fetchone() == ("huying_app", "off")
    for statement in ("DELETE FROM audit_event", "UPDATE audit_event SET kind = ''", "TRUNCATE org_centre"):
        with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


@pytest.mark.django_db
def test_numbers_are_drawn_inside_a_test_that_is_rolled_back():
    assert connections["numbers"] is connections["default"]


@pytest.mark.django_db(transaction=True)
class TestCommitted:
    """Twice the same, in whichever order: the second finds no trace of the first."""

    @pytest.mark.parametrize("round", [1, 2])
    def test_rows_and_counters_are_gone(self, round, django_user_model):
        from cast import build

        assert Centre.objects.count() == 0
        build()
        centre = Centre.objects.get(code="DEMO")
        assert connections["numbers"] is not connections["default"]
        with connections["owner"].cursor() as cursor:
            cursor.execute("SELECT count(*) FROM org_centre WHERE id = %s", [centre.pk])
            assert cursor.fetchone() == (1,)

    @pytest.mark.parametrize("round", [1, 2])
    def test_what_the_migrations_filled_is_back(self, round):
        from huying.workorders.models import OrderTemplate

        names = set(OrderTemplate.objects.values_list("code", flat=True))
        assert len(names) >= 3
        OrderTemplate.objects.filter(code=min(names)).update(code="changed")
        last = OrderTemplate.objects.order_by("-pk").first()
        OrderTemplate.objects.filter(pk=last.pk).update(code="last")
