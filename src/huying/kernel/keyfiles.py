"""Key files on disk: hex text, mode 600, created whole or not at all."""

import os
import re
import secrets
from pathlib import Path

from huying.kernel.errors import Refusal

_INDEX = "index.key"
_INDEX_BYTES = 32
_LENGTHS = (16, 32)
_LARGEST = 0xFFFF


class BadKeyFile(Refusal):
    """A file in the key folder is not a key."""

    code = "bad_key_file"


class MissingKey(Refusal):
    """A key that is needed is not in the key folder."""

    code = "missing_key"


def read_numbered(folder: Path) -> dict[int, bytes]:
    """Return the keys of `1.key`, `2.key` … by number. Raises BadKeyFile."""
    return {_number(path): _read(path) for path in folder.glob("*.key") if path.name != _INDEX}


def create_numbered(folder: Path, length: int) -> int:
    """Create the next key with `length` random bytes and return its number, which no other process gets as well."""
    while True:
        number = max(read_numbered(folder), default=0) + 1
        if number > _LARGEST:
            raise BadKeyFile(f"密钥编号已用到 {_LARGEST}，不能再新增")
        if _create(folder / f"{number}.key", length):
            return number


def read_or_create_index(folder: Path) -> bytes:
    """Return the key of the blind index, creating it in a folder without any key. Raises MissingKey, BadKeyFile."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = folder / _INDEX
    if not path.exists():
        # Created before the first numbered key, so "keys but no index" can only mean that it was lost.
        if read_numbered(folder) and not path.exists():
            raise MissingKey(f"密钥目录里有密钥却没有 {_INDEX}，请从备份恢复；新建会使已有数据全部检索不到")
        _create(path, _INDEX_BYTES)
    key = _read(path)
    if len(key) != _INDEX_BYTES:
        raise BadKeyFile(f"密钥文件 {_INDEX} 应为 {_INDEX_BYTES * 2} 位十六进制")
    return key


def _number(path: Path) -> int:
    if not re.fullmatch(r"[1-9]\d{0,4}", path.stem) or int(path.stem) > _LARGEST:
        raise BadKeyFile(f"密钥文件 {path.name} 的名字应为 1.key、2.key 这样的编号")
    return int(path.stem)


def _read(path: Path) -> bytes:
    try:
        key = bytes.fromhex(path.read_text(encoding="ascii").strip())
    except ValueError:
        key = b""
    if len(key) not in _LENGTHS:
        raise BadKeyFile(f"密钥文件 {path.name} 应为 32 或 64 位十六进制")
    return key


def _create(path: Path, length: int) -> bool:
    """Write a new key file; False when another process was first. A link cannot replace a file, a rename would."""
    draft = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(secrets.token_hex(length) + "\n")
            file.flush()
            os.fsync(file.fileno())
        os.link(draft, path)
    except FileExistsError:
        return False
    finally:
        draft.unlink()
    _settle(path.parent)
    return True


def _settle(folder: Path) -> None:
    """Make the new name survive a power cut: data sealed with a lost key is lost."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
