"""Services that hear and understand callers, as a file describes them: changing the vendor is an edit of that file (R227).

    recogniser = "asr"                 # speech -> text: one of the services below
    understander = ""                  # text -> intent: a service below, or empty for the words at the step's exits
    seconds = 6                        # for both together; the caller waits in silence

    [services.asr]
    url = "https://asr.example.gov.cn/v1"
    headers = {Authorization = "Bearer {secret}"}
    secret = "asr"                     # the file HUYING_DATA/secrets/asr
    send = "json"                      # raw: the bare body; form: a field of a multipart form; json: base64 in an object
    field = "audio.data"               # where it goes (form, json)
    audio = "wav"                      # or pcm: 16 bit, 8 kHz, mono, without a header
    fields = {"audio.rate" = 8000, call = "{call}", length = "{bytes}"}
    answer = "result.0.text"           # where the words stand in the answer
    confidence = "result.0.confidence" # a number; less than `least` counts as not understood
    least = 0.4
    seconds = 4

`{secret}`, `{call}`, `{bytes}` and, to an understander, `{choices}` (exit -> words) stand in values of url, headers, fields.
"""

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from huying.kernel.errors import Refusal

SENDS, SOUNDS = ("raw", "form", "json"), ("wav", "pcm")
MOST_SECONDS = 15


class BadHearing(Refusal):
    code = "bad_hearing"


@dataclass(frozen=True, slots=True)
class Service:
    """One address and the dialect spoken there. Paths are cut at dots; a number in one is a place in a list."""

    name: str
    url: str
    answer: tuple[str, ...]
    send: str = "raw"
    place: tuple[str, ...] = ()  # of the content, for form and json
    audio: str = "wav"
    headers: Mapping[str, str] = field(default_factory=dict)
    fields: Mapping[str, Any] = field(default_factory=dict)
    secret: str = ""  # the secret itself, never shown
    confidence: tuple[str, ...] = ()
    least: float = 0.0
    seconds: float = 4.0

    def __repr__(self) -> str:
        return f"Service({self.name})"


@dataclass(frozen=True, slots=True)
class Hearing:
    """`seconds`: how long the whole may take, 0 without a recogniser. No understander: words at the exits decide."""

    recogniser: Service | None = None
    understander: Service | None = None
    seconds: int = 0


def read_hearing(text: str, secret_of: Callable[[str], str]) -> Hearing:
    """`secret_of` gives the content of a secret's file, "" when there is none. Raises BadHearing."""
    try:
        told = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise BadHearing(f"不是正确的 TOML 文件（{error}）") from error
    _only(told, {"recogniser", "understander", "seconds", "services"}, "文件")
    rows = told.get("services", {})
    if not isinstance(rows, dict) or not all(isinstance(row, dict) for row in rows.values()):
        raise BadHearing("每个服务应写成 [services.名称] 一节")
    services = {name: _service(name, row, secret_of) for name, row in rows.items()}
    chosen = {part: _chosen(told, part, services) for part in ("recogniser", "understander")}
    if chosen["recogniser"] is None:
        raise BadHearing("没有写 recogniser，应是下面某个 [services.名称] 的名称")
    return Hearing(seconds=_whole(told.get("seconds", 6)), **chosen)


def _chosen(told: Mapping[str, Any], part: str, services: Mapping[str, Service]) -> Service | None:
    name = told.get(part, "")
    if name == "":
        return None
    if name not in services:
        raise BadHearing(f"{part} 写的是“{name}”，但没有 [services.{name}] 这一节")
    return services[name]


def _service(name: str, row: dict[str, Any], secret_of: Callable[[str], str]) -> Service:
    known = {"url", "headers", "secret", "send", "field", "audio", "fields", "answer", "confidence", "least", "seconds"}
    where = f"[services.{name}] "
    _only(row, known, where)
    url, send = _text(row, "url", where), row.get("send", "raw")
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname or "@" in parts.netloc:
        raise BadHearing(f"{where}的 url 应以 http:// 或 https:// 开头，口令写在 secret 所指的文件里")
    if send not in SENDS or row.get("audio", "wav") not in SOUNDS:
        raise BadHearing(f"{where}的 send 应是 {'、'.join(SENDS)} 之一，audio 应是 {'、'.join(SOUNDS)} 之一")
    if send != "raw" and not row.get("field"):
        raise BadHearing(f"{where}缺少 field：send = \"{send}\" 时要写明内容放在哪个字段")
    if send == "raw" and row.keys() & {"field", "fields"}:
        raise BadHearing(f"{where}的 send = \"raw\" 时请求体就是内容本身，不能再写 field、fields")
    for table in ("headers", "fields"):
        if not isinstance(row.get(table, {}), dict):
            raise BadHearing(f"{where}的 {table} 应写成 {{名称 = 值}}")
    if bad := [key for key, value in row.get("headers", {}).items() if not _is_header(key, value)]:
        raise BadHearing(f"{where}的请求头“{bad[0]}”应是英文字母、数字和常用符号，不能换行")
    secret = secret_of(_text(row, "secret", where)) if "secret" in row else ""
    if "secret" in row and not (secret and secret.isascii() and secret.isprintable()):
        raise BadHearing(f"{where}的密钥文件 secrets/{row['secret']} 不存在、为空，或不是一行英文字符")
    return Service(
        name, url, _path(_text(row, "answer", where)), send, _path(row.get("field", "")), row.get("audio", "wav"),
        row.get("headers", {}), row.get("fields", {}), secret, _path(row.get("confidence", "")),
        _number(row, "least", 0.0, 0.0, 100.0, where), _number(row, "seconds", 4.0, 0.2, MOST_SECONDS, where),
    )


def _only(row: Mapping[str, Any], known: set[str], where: str) -> None:
    if strange := sorted(row.keys() - known):
        raise BadHearing(f"{where}里的“{strange[0]}”无法识别，可以写的有 {'、'.join(sorted(known))}")


def _text(row: Mapping[str, Any], name: str, where: str) -> str:
    value = row.get(name)
    if not isinstance(value, str) or not value.strip():
        raise BadHearing(f"{where}缺少 {name}")
    return value.strip()


def _path(text: Any) -> tuple[str, ...]:
    if not isinstance(text, str):
        raise BadHearing(f"“{text}”应是用点号连接的路径，如 result.0.text")
    return tuple(text.split(".")) if text else ()


def _is_header(name: str, value: Any) -> bool:
    return isinstance(value, str) and value.isascii() and value.isprintable() and name.replace("-", "").replace("_", "").isalnum() \
        and name.isascii()


def _number(row: Mapping[str, Any], name: str, usual: float, low: float, high: float, where: str) -> float:
    value = row.get(name, usual)
    if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
        raise BadHearing(f"{where}的 {name} 应是 {low:g} 到 {high:g} 之间的数")
    return float(value)


def _whole(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= MOST_SECONDS:
        raise BadHearing(f"seconds 应是 1 到 {MOST_SECONDS} 的整数（秒）")
    return value
