"""Where the telephone switch of this installation is and how it is reached: what the environment says of it."""

import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from huying.config import environment

ANYWHERE = {"0.0.0.0", "::", ""}  # noqa: S104


@dataclass(frozen=True, slots=True)
class Ports:
    """Unless set, they follow the port of the pages, so that two installations on a machine do not meet."""

    sip: int
    phone: int  # WebSocket of browser phones
    ami: int
    rtp_low: int
    rtp_high: int


def ports(web: int) -> Ports:
    """Raises BadSetting."""
    one = {
        name: environment.whole(f"HUYING_{name.upper()}_PORT", 0, high=65535) or min(web + step, 65535)
        for name, step in (("sip", 2), ("phone", 3), ("ami", 4))
    }
    low = environment.whole("HUYING_RTP_LOW", 20_000, low=1024, high=65_000)
    high = environment.whole("HUYING_RTP_HIGH", low + 1999, low=1024, high=65_535)
    if high < low + 9:
        raise environment.BadSetting(f"HUYING_RTP_LOW={low} 到 HUYING_RTP_HIGH={high}：至少应有十个端口")
    return Ports(**one, rtp_low=low, rtp_high=high)


def folder(data: Path) -> Path:
    """The switch's own folder; a link leads to it where its account cannot enter ours (huying.config.launch.place)."""
    return Path(os.path.realpath(data / "switch"))


def state_file(data: Path) -> Path:
    return data / "switch.json"


def basis(data: Path, web: int, speech_seconds: int = 0) -> dict[str, Any]:
    """What a `switch.plan.Plan` says of this installation, before any phone or number."""
    chosen = ports(web)
    listens = environment.text("HUYING_HOST", "127.0.0.1")
    near = "127.0.0.1" if listens in ANYWHERE else listens
    host = environment.text("HUYING_SIP_HOST", "127.0.0.1")
    return {
        "node": node_name(),
        "folder": folder(data),
        "host": host,
        "sip_port": chosen.sip,
        "http_port": chosen.phone,
        "ami_port": chosen.ami,
        "rtp_low": chosen.rtp_low,
        "rtp_high": chosen.rtp_high,
        "ami_secret": environment.secret("switch_ami").hex(),
        "web_url": f"http://{f'[{near}]' if ':' in near else near}:{web}",
        "speech_seconds": speech_seconds,
        "web_key": environment.secret("switch_web").hex(),
        "machine": own_addresses() if host.startswith("127.") else (),
    }


def node_name() -> str:
    """What this machine's switch is called among several; it begins the name of each of its calls. Raises BadSetting."""
    name = environment.text("HUYING_NODE", "hy")
    if not re.fullmatch(r"[a-z][a-z0-9]{0,15}", name):
        raise environment.BadSetting(f"HUYING_NODE={name!r}：应为 1 到 16 个小写字母或数字，以字母开头")
    return name


def own_addresses() -> tuple[str, ...]:
    """The IPv4 addresses of this machine's network cards, from the kernel's table of routes."""
    try:
        text = Path("/proc/net/fib_trie").read_text()
    except OSError:
        return ()
    found = re.findall(r"\|-- (\d+\.\d+\.\d+\.\d+)\n\s+/32 host LOCAL", text)
    return tuple(sorted({address for address in found if not address.startswith("127.")}))
