"""What Python's argparse says of a command's arguments, in Chinese, and only what our commands need."""

import argparse

WORDS = {
    "usage: ": "用法：", "positional arguments": "参数", "options": "选项", "show this help message and exit": "显示本说明",
    "argument %(argument_name)s: %(message)s": "%(argument_name)s：%(message)s",
    "unrecognized arguments: %s": "没有这个参数：%s", "not allowed with argument %s": "不能与 %s 同用",
    "ignored explicit argument %r": "不能带值 %r", "the following arguments are required: %s": "缺少 %s",
    "one of the arguments %s is required": "须在 %s 中写一项", "expected one argument": "后面要写一个值",
    "expected at most one argument": "后面最多写一个值", "expected at least one argument": "后面至少写一个值",
    "ambiguous option: %(option)s could match %(matches)s": "%(option)s 不完整，可能是 %(matches)s",
    "invalid %(type)s value: %(value)r": "%(value)r 不是所要的数",
    "invalid choice: %(value)r (choose from %(choices)s)": "没有 %(value)r，可用：%(choices)s",
    "%(prog)s: error: %(message)s\n": "%(prog)s：%(message)s\n",
}
DJANGOS = frozenset({
    "--version", "--verbosity", "--settings", "--pythonpath", "--traceback", "--no-color", "--force-color",
})
"""Options every command inherits from Django: they work, and no help tells of them."""


def speak_chinese() -> None:
    """From now on argparse answers in Chinese; a sentence it has newly learnt stays as it is."""
    argparse._ = lambda text: WORDS.get(text, text)  # type: ignore[attr-defined]
