"""Orders created per second through the API by 8 clients, beside the same rows written by bare psycopg (section 10).

Starts an installation of its own in a temporary folder (database, web, live, worker as `bin/up` runs them), measures,
and leaves nothing behind. Prints one JSON object per line: name, value, unit. `--seconds N` per phase, `--no-worker`.
"""

import argparse
import http.client
import json
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
CLIENTS = 8
WARM_SECONDS = 3.0
ORDERS = "/api/v1/workorders"


def say(name: str, value: float, unit: str) -> None:
    print(json.dumps({"name": name, "value": round(value, 2), "unit": unit}), flush=True)


def free_ports(count: int = 2) -> int:
    """A port that is free, as are those next to it: so many in all."""
    while True:
        with ExitStack() as held:
            first = held.enter_context(socket.socket())
            first.bind(("127.0.0.1", 0))
            port = int(first.getsockname()[1])
            try:
                for after in range(1, count):
                    held.enter_context(socket.socket()).bind(("127.0.0.1", port + after))
            except (OSError, OverflowError):
                continue
            return port


@contextmanager
def installation(*, phone: bool = False) -> Iterator[tuple[Path, int]]:
    """An empty city running in a folder of its own: the folder and the port. `phone`: with the telephone switch."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that what was started is ended
    data, port = Path(tempfile.mkdtemp(prefix="hy-bench-")), free_ports(5)
    data.chmod(0o711)
    os.environ |= {"HUYING_DATA": str(data), "HUYING_PORT": str(port), "DATABASE_URL": ""}
    up = subprocess.Popen(
        [sys.executable, "-m", "huying.config.cli", "up", "--no-demo", *([] if phone else ["--no-phone"]), "--port", str(port)],
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True,
    )
    try:
        wait_ready(up, port)
        yield data, port
    finally:
        up.send_signal(signal.SIGTERM)
        up.wait(60)
        for link in ("pg", "pg-socket", "switch"):  # the cluster of an installation of root's lies elsewhere
            if (data / link).is_symlink():
                shutil.rmtree(Path(os.path.realpath(data / link)), ignore_errors=True)
        shutil.rmtree(data, ignore_errors=True)


def wait_ready(up: "subprocess.Popen[bytes]", port: int) -> None:
    until = time.monotonic() + 300
    while time.monotonic() < until and up.poll() is None:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=5):
                threading.Thread(target=up.stdout.read, daemon=True).start()  # type: ignore[union-attr]
                return
        except OSError:
            time.sleep(0.1)
    up.terminate()  # else its output has no end
    raise SystemExit(f"installation did not start: {up.stdout.read().decode()[-2000:] if up.stdout else ''}")


def city() -> list[str]:
    """A centre with eight agents; their tokens."""
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "huying.config.settings")
    django.setup()
    from huying.org.models import Centre, Employer, Region, Staff
    from huying.org.operations import install_roles
    from huying.org.operations.tokens import issue_token
    from huying.org.queries import ALL, tenant_scope

    with tenant_scope(ALL):
        region = Region.objects.create(code="450602", name="港口区", level=2, full_name="防城港市港口区")
        centre = Centre.objects.create(code="BENCH", name="测试中心", region=region)
        role = install_roles(centre)["agent"]
        tokens = []
        for number in range(CLIENTS):
            person = Staff.objects.create(
                username=f"bench{number}", name=f"话务员{number}", centre=centre, employer=Employer.GOVERNMENT
            )
            person.roles.add(role)
            tokens.append(issue_token(person)[0])
    return tokens


PLACES = ["海湾社区", "兴港大道", "渔洲坪市场", "桃花湾广场", "中华路小学", "迎宾街口", "西湾大桥下", "金花茶小区"]
MATTERS = ["路灯不亮", "井盖松动", "夜间施工噪声", "垃圾没有清运", "自来水压力低", "乱停放车辆", "油烟扰民", "公交车晚点"]


def appeal(rng: random.Random) -> dict[str, Any]:
    place, matter = rng.choice(PLACES), rng.choice(MATTERS)
    return {
        "type": rng.choice(["complaint", "help", "consultation"]), "title": f"{place}{matter}",
        "content": f"市民来电反映：{place}从{rng.randint(1, 28)}日起{matter}，涉及{rng.randint(2, 400)}户居民，影响日常出行和休息，"
                   "多次向物业反映没有结果，希望有关部门尽快到现场核实处理，并电话告知结果。",
        "caller": {"name": rng.choice("王李张刘陈杨赵黄") + rng.choice(["先生", "女士"]), "phone": f"139{rng.randrange(10**8):08d}"},
        "region": "450602", "place": place, "address": f"{rng.randint(1, 30)}栋{rng.randint(1, 30)}单元",
    }


def in_parallel(work: Callable[[int, Callable[[], bool]], int], seconds: float) -> float:
    """Run `work(number, go_on)` in CLIENTS threads for so long; the sum of what they did, per second."""
    done, wrong, until = [0] * CLIENTS, list[BaseException](), time.monotonic() + seconds
    start = time.monotonic()

    def one(number: int) -> None:
        try:
            done[number] = work(number, lambda: time.monotonic() < until)
        except BaseException as error:
            wrong.append(error)

    threads = [threading.Thread(target=one, args=(number,)) for number in range(CLIENTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if wrong:
        raise wrong[0]
    return sum(done) / (time.monotonic() - start)


def through_the_api(port: int, tokens: list[str], times: list[float]) -> Callable[[int, Callable[[], bool]], int]:
    def client(number: int, go_on: Callable[[], bool]) -> int:
        rng, made = random.Random(), 0
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        while go_on():
            headers = {
                "Authorization": f"Bearer {tokens[number]}", "Content-Type": "application/json",
                "Idempotency-Key": uuid.uuid4().hex,
            }
            begun = time.perf_counter()
            connection.request("POST", ORDERS, json.dumps(appeal(rng)).encode(), headers)
            answer = connection.getresponse()
            said = answer.read()
            times.append(time.perf_counter() - begun)
            if answer.status != 201:
                raise SystemExit(f"{answer.status}: {said.decode()[:500]}")
            made += 1
        connection.close()
        return made

    return client


def of_each(data: Path, measure: Callable[[int], float]) -> dict[str, float]:
    """The sum of `measure` over each of our processes and its children."""
    noted = json.loads((data / "processes.json").read_text())
    sums = {}
    children: dict[int, list[int]] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            parts = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        children.setdefault(int(parts[1]), []).append(int(stat.parent.name))
    for name, (pid, _) in noted.items():
        family, todo = [], [pid]
        while todo:
            family.append(one := todo.pop())
            todo += children.get(one, [])
        sums[name] = sum(map(measure, family))
    return sums


def busy(pid: int) -> float:
    """Milliseconds of processor time so far."""
    try:
        parts = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(parts[11]) + int(parts[12])) * 1000 / os.sysconf("SC_CLK_TCK")


def proportional(pid: int) -> float:
    """Proportional memory in MB."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0.0
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("Pss:")), 0.0)


def quantile(times: list[float], share: float) -> float:
    return sorted(times)[min(len(times) - 1, int(len(times) * share))] * 1000


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=float, default=8.0)
    parser.add_argument("--rounds", type=int, default=2)
    options = parser.parse_args()
    from _bare import Bare

    with installation() as (data, port):
        tokens = city()
        times: list[float] = []
        client = through_the_api(port, tokens, times)
        in_parallel(client, WARM_SECONDS)
        times.clear()
        bare = Bare(CLIENTS)
        made, written, spent = [], [], dict[str, float]()
        for _ in range(options.rounds):
            before = of_each(data, busy)
            made.append(in_parallel(client, options.seconds))
            spent = {name: spent.get(name, 0) + time - before.get(name, 0) for name, time in of_each(data, busy).items()}
            written.append(in_parallel(bare.write, options.seconds / 2))
        say("created_per_second", sum(made) / len(made), "1/s")
        say("bare_psycopg_per_second", sum(written) / len(written), "1/s")
        say("ratio", sum(made) / sum(written), "1")
        for share in (0.5, 0.95, 0.99):
            say(f"create_p{round(share * 100)}", quantile(times, share), "ms")
        say("rows_per_order", bare.rows, "1")
        for name, each in spent.items():
            say(f"cpu_{name}_per_order", each / len(times), "ms")
        for name, size in of_each(data, proportional).items():
            say(f"memory_{name}", size, "MB")
        bare.close()


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT / "src"))
    main()
