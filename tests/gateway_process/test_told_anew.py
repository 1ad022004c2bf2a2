"""What the gateway tells the switch of the configuration, and a switch that has nothing yet."""

import asyncio
from types import SimpleNamespace

import pytest

from huying.gateway import configure
from huying.gateway.configure import OURS, Configure
from huying.gateway.phones import Phones
from huying.switch import ami


class Line:
    """A connection that notes what it was asked; `link` None is a switch that is away."""

    def __init__(self) -> None:
        self.link: object | None = object()
        self.reloaded: list[str] = []

    async def action(self, name, **fields):
        assert name == "Reload"
        self.reloaded.append(fields["Module"])

    async def listed(self, name, **fields):
        raise ami.ActionRefused(ami.Message([("Response", "Error"), ("Message", "No endpoints found")]))


class Database:
    async def do(self, job):
        return job()


@pytest.fixture
def told(monkeypatch, tmp_path):
    """A configuration whose files change as `told.written` says."""
    found = SimpleNamespace(line=Line(), written=())

    async def nothing(*_):
        pass

    monkeypatch.setattr(configure, "plan_of_node", lambda _: SimpleNamespace(folder=tmp_path))
    monkeypatch.setattr(configure, "prompt_texts", dict)
    monkeypatch.setattr(configure, "recorded_prompts", dict)
    monkeypatch.setattr(configure, "blocked_numbers", set)
    monkeypatch.setattr(configure, "keep_equal", nothing)
    monkeypatch.setattr(configure, "_note", lambda *_: None)
    monkeypatch.setattr(configure.render, "write", lambda _: found.written)
    found.configure = Configure(tmp_path, found.line, Database(), nothing)
    return found


def test_files_written_while_the_switch_was_away_are_told_when_it_is_back(told):
    asyncio.run(told.configure.bring())
    assert sorted(told.line.reloaded) == sorted(OURS)  # by whoever was here before, perhaps
    told.line.reloaded.clear()
    link, told.line.link, told.written = told.line.link, None, ("app_queue",)
    asyncio.run(told.configure.bring())
    told.line.link, told.written = link, ()
    asyncio.run(told.configure.bring())
    asyncio.run(told.configure.bring())
    assert told.line.reloaded == ["app_queue"]


def test_a_switch_without_any_telephone_is_no_broken_connection():
    phones = Phones(Line(), Database())
    asyncio.run(phones.load(restarted=False))
    assert phones.gone == {}
