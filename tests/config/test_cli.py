"""The command line: Chinese help, one line instead of a traceback, exit codes that a script can tell apart."""

import os
import subprocess
import sys

import pytest

from config.installation import clean_environment
from huying.config import cli
from huying.kernel.errors import Refusal


def run(capsys, monkeypatch, *arguments):
    monkeypatch.setattr(sys, "argv", ["huying", *arguments])
    monkeypatch.setattr(os, "umask", lambda mask: 0)  # the tests' own files stay as they are
    code = cli.main()
    said = capsys.readouterr()
    return code, said.out, said.err


def test_help_lists_the_rooms_commands_in_chinese(capsys, monkeypatch):
    code, out, _ = run(capsys, monkeypatch, "help")
    assert code == 0
    for name in ("deadline", "token", "import", "verify", "leak-trace", "worker", "upgrade"):
        (line,) = [line for line in out.splitlines() if line.split()[:1] == [name]]
        assert any("\u4e00" <= sign <= "\u9fff" for sign in line), line
    assert "runserver" not in out


def test_unknown_command(capsys, monkeypatch):
    assert run(capsys, monkeypatch, "begone") == (2, "", "没有命令 'begone'，执行 huying help 查看全部命令\n")


def test_a_refusal_is_one_line(capsys, monkeypatch):
    def refuse(name, arguments):
        raise Refusal("先签收，再办理")

    monkeypatch.setattr(cli, "_run", refuse)
    assert run(capsys, monkeypatch, "verify") == (1, "", "先签收，再办理\n")


def test_hyphen_and_underscore_name_the_same_command(capsys, monkeypatch):
    seen = []
    monkeypatch.setattr(cli, "_run", lambda name, arguments: seen.append(name))
    run(capsys, monkeypatch, "leak-trace")
    run(capsys, monkeypatch, "leak_trace")
    assert seen == ["leak_trace", "leak_trace"]


def test_migrating_is_the_owners_work(capsys, monkeypatch):
    seen = []
    monkeypatch.setattr(cli, "_run", lambda name, arguments: seen.append(arguments))
    run(capsys, monkeypatch, "migrate", "org")
    assert seen == [["org", "--database=owner"]]


@pytest.mark.parametrize("command", [["verify"], ["token", "agent1"]])
def test_without_database_it_says_what_to_do(command, tmp_path):
    done = subprocess.run(
        [sys.executable, "-m", "huying.config.cli", *command], env=clean_environment(tmp_path / "data"),
        capture_output=True, text=True, timeout=60,
    )
    assert (done.returncode, done.stdout, done.stderr) == (3, "", "数据库没有运行，请先执行 bin/up\n")


def test_nonsense_in_a_setting_is_one_line(tmp_path):
    done = subprocess.run(
        [sys.executable, "-m", "huying.config.cli", "verify"],
        env=clean_environment(tmp_path / "data") | {"HUYING_PORT": "http"}, capture_output=True, text=True, timeout=60,
    )
    assert (done.returncode, done.stderr) == (1, "HUYING_PORT='http'：应为 1 到 65535 之间的整数\n")
