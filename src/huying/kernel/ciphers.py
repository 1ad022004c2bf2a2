"""Fields encrypted at rest and found again by a keyed hash (R253).

A sealed field is `version(1) algorithm(1) key id(2) nonce(12) ciphertext tag(16)`; the first four bytes and the
caller's context are authenticated with it, so a value cannot be moved to another row or field unnoticed.
"""

import os
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from huying.kernel import keyfiles
from huying.kernel.digest import hmac_sm3
from huying.kernel.errors import Refusal
from huying.kernel.keyfiles import BadKeyFile, MissingKey
from huying.kernel.phones import normalise_phone

__all__ = ["ALGORITHMS", "BadKeyFile", "KeyRing", "MissingKey", "TamperedData", "key_id_of", "normalise_phone"]

_VERSION = 1
_HEADER = 4
_NONCE = 12
_TAG = 16
OVERHEAD = _HEADER + _NONCE + _TAG
"""How many bytes a sealed value is longer than the plain one."""


class TamperedData(Refusal):
    """A sealed field was changed, moved to another place, or sealed with another key of the same number."""

    code = "tampered_data"
    message = "加密数据校验失败：数据被改动、被移到别处，或密钥文件与加密时不同，请联系系统运维员"


class Algorithm(NamedTuple):
    """One way to seal: its number in the blob, its key length, and (key, nonce, text, aad) in both directions."""

    number: int
    key_bytes: int
    seal: Callable[[bytes, bytes, bytes, bytes], bytes]
    open: Callable[[bytes, bytes, bytes, bytes], bytes]


def _seal_sm4(key: bytes, nonce: bytes, text: bytes, aad: bytes) -> bytes:
    worker = Cipher(algorithms.SM4(key), modes.GCM(nonce)).encryptor()
    worker.authenticate_additional_data(aad)
    return worker.update(text) + worker.finalize() + worker.tag


def _open_sm4(key: bytes, nonce: bytes, sealed: bytes, aad: bytes) -> bytes:
    text, tag = sealed[:-_TAG], sealed[-_TAG:]
    worker = Cipher(algorithms.SM4(key), modes.GCM(nonce, tag)).decryptor()
    worker.authenticate_additional_data(aad)
    return worker.update(text) + worker.finalize()


def _seal_aes(key: bytes, nonce: bytes, text: bytes, aad: bytes) -> bytes:
    return AESGCM(key).encrypt(nonce, text, aad)


def _open_aes(key: bytes, nonce: bytes, sealed: bytes, aad: bytes) -> bytes:
    return AESGCM(key).decrypt(nonce, sealed, aad)


ALGORITHMS = {
    "SM4-GCM": Algorithm(1, 16, _seal_sm4, _open_sm4),
    "AES-GCM": Algorithm(2, 32, _seal_aes, _open_aes),
}
_BY_NUMBER = {algorithm.number: algorithm for algorithm in ALGORITHMS.values()}


def key_id_of(blob: bytes) -> int:
    """Return the number of the key a field was sealed with, for rotation. Raises TamperedData for what is no blob."""
    return _header(bytes(blob))[1]


class KeyRing:
    """The keys of an installation: the newest one of the algorithm's length seals, every one opens."""

    def __init__(self, folder: Path, algorithm: str, keys: dict[int, bytes], index_key: bytes) -> None:
        self.folder = folder
        self.algorithm = algorithm
        self._keys = keys
        self._index_key = index_key

    @classmethod
    def load(cls, folder: str | os.PathLike[str], algorithm: str = "SM4-GCM") -> "KeyRing":
        """Read `<number>.key` and `index.key` (hex) from `folder`; an empty or absent folder gets its first keys.

        A ring without a key of the algorithm's length gets one, so the setting can change between SM4 and AES while
        old fields stay readable. Several processes may load at once. Raises BadKeyFile, MissingKey (keys but no
        index.key: a new one would make every search fail without a word) and ValueError for an unknown algorithm.
        """
        if algorithm not in ALGORITHMS:
            raise ValueError(f"unknown algorithm {algorithm!r}, choose from {', '.join(ALGORITHMS)}")
        path = Path(folder)
        index_key = keyfiles.read_or_create_index(path)
        ring = cls(path, algorithm, keyfiles.read_numbered(path), index_key)
        if ring.newest_id is None:
            ring.add_key()
        return ring

    @property
    def newest_id(self) -> int | None:
        """The number of the key that seals: fields with another one (see `key_id_of`) are due for rotation."""
        length = ALGORITHMS[self.algorithm].key_bytes
        return max((number for number, key in self._keys.items() if len(key) == length), default=None)

    def add_key(self) -> int:
        """Create a key, use it from now on and return its number. Other processes find it when they meet it."""
        number = keyfiles.create_numbered(self.folder, ALGORITHMS[self.algorithm].key_bytes)
        self._keys = keyfiles.read_numbered(self.folder)
        return number

    def reload(self) -> None:
        """Read the folder again, for a process that should seal with a key another one has added."""
        self._keys = keyfiles.read_numbered(self.folder)

    def encrypt(self, text: str, *, context: bytes) -> bytes:
        """Seal `text`; `context` (for example b"citizens.phone") must be given again to open it."""
        return self.seal(text.encode(), context=context)

    def seal(self, plain: bytes, *, context: bytes) -> bytes:
        """`encrypt` for bytes; the result is `OVERHEAD` bytes longer."""
        algorithm, number = ALGORITHMS[self.algorithm], self.newest_id
        if number is None:
            raise MissingKey(f"没有可用于 {self.algorithm} 的密钥")
        header = bytes((_VERSION, algorithm.number)) + number.to_bytes(2, "big")
        nonce = os.urandom(_NONCE)
        return header + nonce + algorithm.seal(self._keys[number], nonce, plain, header + context)

    def decrypt(self, blob: bytes, *, context: bytes) -> str:
        """Open a sealed field. Raises TamperedData, and MissingKey when its key is not in the folder."""
        return self.open(blob, context=context).decode()

    def open(self, blob: bytes, *, context: bytes) -> bytes:
        """`decrypt` for bytes."""
        blob = bytes(blob)
        algorithm, number = _header(blob)
        if number not in self._keys:
            self.reload()
        key = self._keys.get(number)
        if key is None:
            raise MissingKey(f"缺少 {number} 号密钥（{number}.key），请从备份恢复到密钥目录")
        if len(key) != algorithm.key_bytes:
            raise TamperedData
        nonce, sealed = blob[_HEADER : _HEADER + _NONCE], blob[_HEADER + _NONCE :]
        try:
            return algorithm.open(key, nonce, sealed, blob[:_HEADER] + context)
        except InvalidTag:
            raise TamperedData from None

    def blind_index(self, value: str, *, purpose: str) -> bytes:
        """Return the 32-byte HMAC-SM3 a sealed value is found by. Normalise the value first (`normalise_phone`).

        Values of different purposes never share a hash; the key of it never rotates.
        """
        return hmac_sm3(self._index_key, purpose.encode() + b"\0" + value.encode())


def _header(blob: bytes) -> tuple[Algorithm, int]:
    if len(blob) < _HEADER + _NONCE + _TAG or blob[0] != _VERSION or blob[1] not in _BY_NUMBER:
        raise TamperedData
    return _BY_NUMBER[blob[1]], int.from_bytes(blob[2:4], "big")
