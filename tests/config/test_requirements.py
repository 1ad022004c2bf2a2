"""docs/requirements.* say what the marks in the tests say."""

import ast
import json

import pytest

from contracts import ROOT
from huying.config import requirements

SOURCE = '''
import pytest
pytestmark = [pytest.mark.django_db, pytest.mark.req("R001")]

@pytest.mark.req("R002", "R003")
@pytest.mark.parametrize("x", [1, 2])
def test_plain(x): ...

@pytest.mark.req("R004")
class TestGroup:
    @pytest.mark.req("R002")
    def test_inner(self): ...
    def helper(self): ...

@pytest.mark.req("R009")
def no_test(): ...
'''


def test_marks_of_file_class_and_function():
    assert sorted(requirements.marks(ast.parse(SOURCE))) == [
        ("::TestGroup::test_inner", "R001"), ("::TestGroup::test_inner", "R002"), ("::TestGroup::test_inner", "R004"),
        ("::test_plain", "R001"), ("::test_plain", "R002"), ("::test_plain", "R003"),
    ]


def test_states():
    rows = [{"id": "R001", "kind": "记"}, {"id": "R002", "kind": "记"}, {"id": "R003", "kind": "软"}]
    shown = {"R001": ["tests/a.py::test"]}
    assert [requirements.state(row, shown) for row in rows] == ["met", "recorded", "open"]
    assert json.loads(requirements.as_json(rows, shown)) == {
        "R001": {"status": "met", "tests": ["tests/a.py::test"]},
        "R002": {"status": "recorded", "tests": []},
        "R003": {"status": "open", "tests": []},
    }


def test_a_mark_of_nothing_is_refused(tmp_path):
    (tmp_path / "test_it.py").write_text(SOURCE)
    with pytest.raises(requirements.UnknownRequirement, match="R001"):
        requirements.shown_by(tmp_path, {"R002"})


def test_every_requirement_is_listed():
    listed = json.loads((ROOT / "docs" / "requirements.json").read_text())
    assert list(listed) == [f"R{number:03}" for number in range(1, 328)]
    assert {entry["status"] for entry in listed.values()} <= {"met", "recorded", "open"}
