"""Pytest plugin (`-p huying.config.testing`): tests get a data folder and a PostgreSQL of their own.

Loaded before the settings are read, which is too early for a conftest. Nothing a test does can reach an installation's
data: HUYING_DATA and DATABASE_URL of the caller are put aside (HUYING_TEST_DATA names another folder).
"""

import fcntl
import os
from collections.abc import Iterator
from typing import IO

import pytest

from huying.config import environment
from huying.config.launch import cluster

DATA = environment.ROOT / "build" / "test"

os.environ["HUYING_DATA"] = environment.text("HUYING_TEST_DATA") or str(DATA)
os.environ["DATABASE_URL"] = ""
(environment.data_folder() / "static").mkdir(parents=True, exist_ok=True)  # else WhiteNoise warns, and a warning is an error
os.environ["HUYING_PG_OPTIONS"] = "fsync=off full_page_writes=off synchronous_commit=off"
os.environ.setdefault("HUYING_TEST_RUN", str(os.getpid()))  # workers of xdist inherit it from their controller


@pytest.hookimpl(wrapper=True)
def pytest_sessionfinish(session: pytest.Session) -> Iterator[None]:
    """The last run to end stops the server; runs at the same time share it."""
    yield
    lock = session.config.stash.get(LOCK, None)
    if lock is None:
        return
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        cluster.stop(environment.data_folder())
    except BlockingIOError:
        pass
    finally:
        lock.close()


LOCK = pytest.StashKey[IO[str]]()


def pytest_sessionstart(session: pytest.Session) -> None:
    if hasattr(session.config, "workerinput") or session.config.option.collectonly:
        return
    data = environment.data_folder()
    data.mkdir(parents=True, exist_ok=True, mode=0o711)
    lock = (data / "runs.lock").open("w")
    fcntl.flock(lock, fcntl.LOCK_SH)
    session.config.stash[LOCK] = lock
