"""What all tests share. They run as the application's login, so row-level security and append-only rights are real."""

import os

import pytest
from django.db import connections
from django.test import TransactionTestCase
from hypothesis import HealthCheck, settings

import databases

settings.register_profile("unhurried", deadline=None, suppress_health_check=[HealthCheck.too_slow])  # machines may be busy
settings.load_profile("unhurried")
TransactionTestCase.databases = {"default", "numbers", "owner"}
TransactionTestCase._fixture_teardown = lambda self: databases.empty_tables()


@pytest.fixture(scope="session")
def django_db_setup(django_test_environment, django_db_blocker):
    with django_db_blocker.unblock(), databases.prepared():
        yield


@pytest.fixture(autouse=True)
def _numbers_inside(request):
    """A test that is rolled back has one session: serial numbers, elsewhere drawn on a second one, are drawn there."""
    committed = {"transactional_db", "live_server", "django_db_reset_sequences"} & set(request.fixturenames)
    marker = request.node.get_closest_marker("django_db")
    if committed or (marker and marker.kwargs.get("transaction")) or not (marker or "db" in request.fixturenames):
        yield
        return
    own = connections["numbers"]
    connections["numbers"] = connections["default"]
    yield
    connections["numbers"] = own


@pytest.fixture(autouse=True)
def _nothing_remembered():
    """What a process remembers for a moment (counts, choices) is not the next test's."""
    yield
    from django.core.cache import cache

    cache.clear()


@pytest.fixture(autouse=True)
def _whole_country(request):
    """Tests see all tenants unless they open a narrower scope, as a request does; without any, nothing is visible.

    Taken back by the rollback, or by the closing of the connection after a test that commits.
    """
    if "_django_db_helper" in request.fixturenames or request.node.get_closest_marker("django_db"):
        request.getfixturevalue("_django_db_helper")
        from huying.audit.queries import ALL, set_scope

        set_scope(ALL)


@pytest.fixture
def cast(db):
    """The fixed cast (tests/cast.py): two cities, a few units, one person per role."""
    import cast as stage

    return stage.build()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    """In CI nothing is left out quietly, save what needs the shared data that is no part of the project."""
    report = yield
    if report.skipped and os.environ.get("CI") == "true" and not hasattr(report, "wasxfail"):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
        if not reason.removeprefix("Skipped: ").startswith("shared/data"):
            report.outcome = "failed"
            report.longrepr = f"CI 中不允许跳过：{reason}"
    return report
