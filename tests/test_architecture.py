"""The house as drawn in docs/architecture.md; import-linter holds most of it, this the rest."""

import ast
import subprocess
import sys

import grimp
import pytest
from django.apps import apps

from contracts import ROOT, SOURCE, heights, rooms

PUBLIC = {"operations", "queries", "policies", "models", "fields", "events", "workflow", "rules", "catalog"}
LAYERS = PUBLIC | {
    "urls", "views", "api", "tasks", "receivers", "management", "middleware", "forms", "templatetags", "apps",
    "migrations",
}
NO_NAMES = {"utils", "util", "helpers", "helper", "services", "service", "common", "misc"}
LONGEST_FILE, LONGEST_FUNCTION = 300, 40
EVERYBODYS = "huying.ui.templatetags.ui"  # the components that every room's own tags are built of


@pytest.fixture(scope="module")
def graph():
    return grimp.build_graph("huying", cache_dir=None)


def sources():
    return [path for path in SOURCE.rglob("*.py") if "migrations" not in path.parts]


def named(path):
    return path.relative_to(ROOT).as_posix()


def test_import_contracts_hold():
    done = subprocess.run(
        [sys.executable, "-c", "from importlinter.cli import lint_imports; raise SystemExit(lint_imports())"],
        cwd=ROOT, capture_output=True, text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_rooms_meet_only_through_their_public_parts(graph):
    strays = []
    for importer in graph.modules:
        for imported in graph.find_modules_directly_imported_by(importer):
            here, there = importer.split("."), imported.split(".")
            if len(there) < 3 or len(here) < 2 or there[1] not in rooms() or here[1] in {there[1], "config"}:
                continue
            if there[2] not in PUBLIC and imported != EVERYBODYS:
                strays.append(f"{importer} -> {imported}")
    assert not strays, "\n".join(sorted(strays))


def test_views_do_not_import_another_rooms_pages(graph):
    """import-linter compares views with views; forms, urls and template tags of another room are as private."""
    pages = {"views", "forms", "urls", "templatetags"}
    strays = []
    for importer in graph.modules:
        here = importer.split(".")
        if len(here) < 3 or here[2] not in pages or here[1] == "config":
            continue
        for imported in graph.find_modules_directly_imported_by(importer):
            there = imported.split(".")
            if len(there) > 2 and there[1] != here[1] and there[2] in pages and imported != EVERYBODYS:
                strays.append(f"{importer} -> {imported}")
    assert not strays, "\n".join(sorted(strays))


def test_every_room_is_in_the_contract():
    found = {path.name for path in SOURCE.iterdir() if path.is_dir() and any(path.glob("*.py"))}
    assert found == set(heights())
    furnished = {path.parent.name for part in ("operations", "views", "models") for path in SOURCE.glob(f"*/{part}*")}
    assert furnished - {"config"} <= rooms()


def test_rooms_hold_nothing_but_the_named_parts():
    strange = [
        named(path) for room in rooms() for path in (SOURCE / room).iterdir()
        if (path.suffix == ".py" or (path.is_dir() and any(path.rglob("*.py"))))
        and path.stem not in LAYERS | {"__init__"}
    ]
    strange += [named(path) for path in sources() if path.stem in NO_NAMES or path.parent.name in NO_NAMES]
    assert not strange, "\n".join(strange)


def test_relations_point_downwards():
    """A string ForeignKey is invisible to import-linter."""
    height, wrong = heights(), []
    for model in apps.get_models():
        for field in model._meta.get_fields():
            if field.auto_created or not field.related_model:
                continue
            here, there = (each._meta.app_label for each in (model, field.related_model))
            if here != there and here in height and there in height and height[here] <= height[there]:
                wrong.append(f"{here}.{model.__name__}.{field.name} -> {there}")
    assert not wrong, wrong


def test_files_are_short():
    long = {named(path): count for path in sources() if (count := len(path.read_text().splitlines())) > LONGEST_FILE}
    assert not long, long


def test_functions_are_short():
    long = {}
    for path in sources():
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                said = node.body[0].end_lineno - node.body[0].lineno + 1 if ast.get_docstring(node) else 0
                if (count := node.end_lineno - node.lineno + 1 - said) > LONGEST_FUNCTION:
                    long[f"{named(path)}:{node.lineno} {node.name}"] = count
    assert not long, long


def test_nothing_names_this_machine():
    """No path of a developer's machine and no registry's address gets into the project."""
    files = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    strays = []
    for name in files.split("\0"):
        if name.startswith(("src/", "requirements/", "frontend/", "bin/", "deploy/")) and (ROOT / name).is_file():
            text = (ROOT / name).read_text(errors="replace")
            strays += [f"{name}: {word}" for word in FORBIDDEN if word in text]
    assert not strays, "\n".join(strays)


FORBIDDEN = ("/wo" + "rk/", "../sha" + "red", "pypi." + "org", "pythonhosted" + ".org", "registry.npm" + "js")
