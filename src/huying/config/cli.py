"""The command line `huying`: the database and the processes here, everything else a Django management command."""

import os
import sys

from huying.config import environment
from huying.config.arguments import DJANGOS, speak_chinese
from huying.kernel.errors import Refusal

NO_DATABASE = 3
MISSING = {"42P01", "42703"}  # SQLSTATE of an unknown table, of an unknown column
USAGE = """用法：huying 命令 [参数]；huying 命令 --help 查看某个命令的参数

启动与数据库
  up                启动数据库、网页、实时推送、后台任务与电话（同 bin/up）
  db start|stop|status
                    单独启动、停止、查看内置数据库
  web、live、worker、gateway
                    单独运行某一种进程
  switch prepare|render|run|drain
                    准备、配置、单独运行电话交换机（Asterisk）；drain 不再接新来电，通话全部结束后停下
  requirements      由测试中的标记重新生成 docs/requirements.md 与 .json

业务与维护"""


def main() -> int:
    """Exit code: 0 done, 1 refused, 2 wrongly called, 3 no database."""
    speak_chinese()
    os.umask(0o077)  # attachments, logs and secrets are nobody else's business
    name, arguments = (sys.argv[1] if len(sys.argv) > 1 else "help"), sys.argv[2:]
    try:
        return OWN.get(name, lambda rest: _django([name, *rest]))(arguments)
    except (Refusal, environment.BadSetting) as refusal:
        print(refusal, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def _up(arguments: list[str]) -> int:
    from huying.config.launch import up

    return up.main(arguments)


def _web(arguments: list[str]) -> int:
    from huying.config.launch import servers

    return servers.web()


def _live(arguments: list[str]) -> int:
    from huying.config.launch import servers

    return servers.live()


def _gateway(arguments: list[str]) -> int:
    _set_up()
    from huying.gateway import process

    return process.main()


def _db(arguments: list[str]) -> int:
    from huying.config.launch import cluster

    data = environment.data_folder()
    word = arguments[0] if len(arguments) == 1 else ""
    if environment.text("DATABASE_URL"):
        print("已设置 DATABASE_URL，使用的是它指定的数据库；内置数据库由 huying db 单独管理", file=sys.stderr)
    if word == "start":
        print("数据库已启动" if cluster.start(data) else "数据库已在运行")
    elif word == "stop":
        print("数据库已停止" if cluster.stop(data) else "数据库没有运行")
    elif word == "status":
        alive = cluster.running(data)
        print("数据库正在运行" if alive else "数据库没有运行")
        return 0 if alive else NO_DATABASE
    else:
        print("用法：huying db start|stop|status", file=sys.stderr)
        return 2
    return 0


def _switch(arguments: list[str]) -> int:
    from huying.config.launch import switch

    return switch.command(arguments)


def _requirements(arguments: list[str]) -> int:
    from huying.config import requirements

    return requirements.main(arguments)


def _help(arguments: list[str]) -> int:
    """Our rooms' commands with what they say of themselves; Django's own stay unlisted, but work."""
    from django.core.management import get_commands, load_command_class

    if arguments:
        return _django([arguments[0], "--help"])
    _set_up()
    print(USAGE)
    for name, room in sorted(get_commands().items()):
        if isinstance(room, str) and room.startswith("huying.") and name not in OWN:
            print(f"  {name.replace('_', '-'):<16}  {load_command_class(room, name).help}")
    return 0


def _set_up() -> None:
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "huying.config.settings")
    django.setup()


def _django(arguments: list[str]) -> int:
    """A management command; one Chinese line instead of a traceback for whatever a person can put right."""
    from django.core.management import CommandError, get_commands
    from django.core.management.base import SystemCheckError

    _set_up()
    from django.db import OperationalError, ProgrammingError

    name, *rest = arguments
    name = name.replace("-", "_") if name.replace("-", "_") in get_commands() else name
    if name not in get_commands():
        print(f"没有命令 {name!r}，执行 huying help 查看全部命令", file=sys.stderr)
        return 2
    if name == "migrate" and not any(part.startswith("--database") for part in rest):
        rest.append("--database=owner")  # the application's login may not change tables
    try:
        _run(name, rest)
    except SystemCheckError:
        raise
    except CommandError as error:
        print(error, file=sys.stderr)
        return error.returncode
    except OperationalError as error:
        if not _is_away(error):
            raise
        print("数据库没有运行，请先执行 bin/up", file=sys.stderr)
        return NO_DATABASE
    except ProgrammingError as error:
        if getattr(error.__cause__, "sqlstate", "") not in MISSING:
            raise
        print("数据库结构尚未更新，请先执行 bin/up 或 huying upgrade", file=sys.stderr)
        return NO_DATABASE
    return 0


def _run(name: str, arguments: list[str]) -> None:
    from django.core.management import get_commands, load_command_class
    from django.core.management.base import BaseCommand
    from django.db import connections

    room = get_commands()[name]
    command = room if isinstance(room, BaseCommand) else load_command_class(room, name)
    if isinstance(room, str) and room.startswith("huying."):
        command.suppressed_base_arguments = set(DJANGOS)
        command.requires_system_checks = ()  # `bin/check` and the tests check; it takes a second
    parser = command.create_parser("huying", name.replace("_", "-"))
    parser.called_from_command_line = True  # a wrong argument is told with the usage and ends with 2
    options = vars(parser.parse_args(arguments))
    positional = options.pop("args", ())
    try:
        command.execute(*positional, **options)
    finally:
        connections.close_all()


def _is_away(error: Exception) -> bool:
    """No server behind the socket or the port, or one that is just starting or stopping."""
    text = str(error)
    signs = ("No such file", "Connection refused", "connection to server", "connection failed", "timeout expired")
    return any(sign in text for sign in signs)


OWN = {
    "up": _up, "web": _web, "live": _live, "gateway": _gateway, "db": _db, "switch": _switch, "requirements": _requirements,
    "help": _help,
    "--help": _help, "-h": _help,
}


if __name__ == "__main__":
    sys.exit(main())
