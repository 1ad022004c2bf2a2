"""Drafts of an older release, bound to their row in other words, still open after the migration."""

from importlib import import_module
from types import SimpleNamespace
from uuid import uuid4

import pytest
from django.apps import apps
from django.db import connection

from huying.kernel import clock
from huying.kernel.ciphers import TamperedData
from huying.org.fields import key_ring
from huying.portal.models import OnlineDraft
from huying.portal.queries.drafts import shown_code, typed_in

migration = import_module("huying.portal.migrations.0002_drafts_sealed_as_elsewhere")


def test_an_older_draft_opens(cast):
    key, ring = uuid4(), key_ring()
    draft = OnlineDraft.objects.create(
        key=key, centre=cast.demo, template="general", created_at=clock.now(), updated_at=clock.now(),
        sealed=ring.encrypt('{"name": "张小满"}', context=b"portal_onlinedraft.sealed:" + key.bytes),
        code=ring.encrypt("246810", context=b"portal_onlinedraft.code:" + key.bytes),
    )
    with pytest.raises(TamperedData):
        typed_in(draft)
    migration.seal_anew(apps, SimpleNamespace(connection=connection))
    draft.refresh_from_db()
    assert (typed_in(draft), shown_code(draft)) == ({"name": "张小满"}, "246810")
