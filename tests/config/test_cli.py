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


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["deadline", "--foo"], "没有这个参数：--foo"), (["leak-trace"], "缺少 number"), (["token"], "缺少"),
        (["deadline", "--kind", "nonsense"], "没有 'nonsense'"), (["deadline", "--start"], "后面要写一个值"),
        (["up", "--port", "abc"], "不是所要的数"), (["up", "--bogus"], "没有这个参数：--bogus"),
    ],
)
def test_wrong_arguments_are_told_in_chinese(capsys, monkeypatch, arguments, says):
    with pytest.raises(SystemExit) as ended:
        run(capsys, monkeypatch, *arguments)
    said = capsys.readouterr().err
    assert ended.value.code == 2 and says in said and said.startswith("用法：") and "error" not in said


@pytest.mark.parametrize("command", ["deadline", "import", "leak-trace", "verify", "user", "regions", "up", "demo", "phone"])
def test_a_commands_help_is_chinese_and_tells_of_nothing_but_the_command(capsys, monkeypatch, command):
    with pytest.raises(SystemExit) as ended:
        run(capsys, monkeypatch, command, "--help")
    said = capsys.readouterr().out
    assert ended.value.code == 0 and said.startswith("用法：") and "选项" in said
    assert not [words for words in ("--pythonpath", "--skip-checks", "options", "exit", "positional") if words in said]


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
