"""The command line `huying`: the database and the processes here, everything else a Django management command."""

import sys

from huying.config import environment
from huying.kernel.errors import Refusal


def main() -> int:
    arguments = sys.argv[1:]
    try:
        if arguments[:1] == ["db"]:
            return _db(arguments[1:])
        return _django(arguments)
    except (Refusal, environment.BadSetting) as refusal:
        print(refusal, file=sys.stderr)
        return 1


def _db(arguments: list[str]) -> int:
    from huying.config.launch import cluster

    data = environment.data_folder()
    word = arguments[0] if len(arguments) == 1 else ""
    if word == "start":
        print("数据库已启动" if cluster.start(data) else "数据库已在运行")
    elif word == "stop":
        print("数据库已停止" if cluster.stop(data) else "数据库没有运行")
    elif word == "status":
        alive = cluster.running(data)
        print("数据库正在运行" if alive else "数据库没有运行")
        return 0 if alive else 3
    else:
        print("用法：huying db start|stop|status", file=sys.stderr)
        return 2
    return 0


def _django(arguments: list[str]) -> int:
    import os

    from django.core.management import execute_from_command_line

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "huying.config.settings")
    execute_from_command_line(["huying", *arguments])
    return 0


if __name__ == "__main__":
    sys.exit(main())
