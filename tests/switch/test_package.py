"""Fetching Asterisk: once, whole or not at all, from where apt goes on this machine. Programs of the test stand in."""

import os
import stat
import threading
import time
from pathlib import Path

import pytest

from huying.switch import package

FETCH = """#!/bin/sh
echo run >> "{log}"
for word; do
  case $word in --aptopt=*) cp "${{word#--aptopt=}}" "{log}.apt" ;; esac
  before=$tree; tree=$site; site=$word
done
echo "$before $tree $site" > "{log}.words"
sleep {seconds}
mkdir -p "$tree/dev" "$tree/etc" "$tree/usr/sbin" "$tree/usr/lib/x86_64-linux-gnu/asterisk/modules"
mkdir -p "$tree/usr/share/asterisk/documentation"
cd "$tree/usr/lib/x86_64-linux-gnu"
[ {broken} = yes ] || printf '#!/bin/sh\\necho "Asterisk {version}+dfsg-1"\\n' > ld-linux-x86-64.so.2
chmod +x ld-linux-x86-64.so.2
for name in {modules}; do : > asterisk/modules/$name.so; done
"""
APT = """'http://mirror.test/deb/debian/dists/bookworm/InRelease' x 0
'http://mirror.test/deb/debian-security/dists/bookworm-security/InRelease' x 0
"""


class Machine:
    def __init__(self, folder: Path) -> None:
        self.programs, self.cache, self.log = folder / "bin", folder / "cache", folder / "log"
        self.programs.mkdir()
        self.program("apt-get", f"cat <<'END'\n{APT}END\n")
        self.program("apt-config", "echo 'Acquire::http::Proxy \"http://proxy.test:3128\";'\n")
        self.mmdebstrap()

    def program(self, name: str, text: str) -> None:
        path = self.programs / name
        path.write_text(text if text.startswith("#!") else f"#!/bin/sh\n{text}")
        path.chmod(0o755)

    def mmdebstrap(self, version: str = "22.10.1", seconds: float = 0, broken: bool = False) -> None:
        words = {"log": self.log, "version": version, "seconds": seconds, "broken": "yes" if broken else "no"}
        self.program("mmdebstrap", FETCH.format(**words, modules=" ".join(package.NEEDED)))

    def runs(self) -> int:
        return self.log.read_text().count("run") if self.log.exists() else 0


@pytest.fixture
def machine(tmp_path, monkeypatch):
    there = Machine(tmp_path)
    monkeypatch.setenv("PATH", f"{there.programs}:/usr/bin:/bin")
    monkeypatch.setattr(package, "SAFE", {"PATH": f"{there.programs}:/usr/bin:/bin", "LC_ALL": "C"})
    monkeypatch.setattr(package, "installed", lambda: None)
    monkeypatch.delenv("HUYING_SWITCH_MIRROR", raising=False)
    return there


def test_is_fetched_once_and_then_found(machine):
    found = package.fetch(machine.cache)
    assert found.version == "22.10.1" and found.tree == machine.cache / "asterisk-22.10.1"
    assert sorted(path.name for path in machine.cache.iterdir()) == ["asterisk-22.10.1", "fetch.lock"]
    assert [path.name for path in found.tree.iterdir()] == ["usr"]  # no device files
    assert package.fetch(machine.cache) == package.find(machine.cache) == found and machine.runs() == 1
    assert machine.log.with_suffix(".words").read_text().split()[::2] == ["forky", "http://mirror.test/deb/debian"]


@pytest.mark.parametrize(("uid", "wanted"), [(0, False), (999, True)])
def test_a_service_account_needs_neither_root_nor_name_spaces(machine, monkeypatch, uid, wanted):
    machine.program("mmdebstrap", f'echo "$@" > {machine.log}; echo E: enough; exit 1\n')
    monkeypatch.setattr(package.os, "geteuid", lambda: uid)
    with pytest.raises(package.NoSwitch):
        package.fetch(machine.cache)
    assert ("--mode=chrootless" in machine.log.read_text().split()) is wanted


def test_goes_through_apts_proxy_and_takes_an_old_snapshot(machine):
    package.fetch(machine.cache)
    said = machine.log.with_suffix(".apt").read_text()
    assert 'Acquire::http::Proxy "http://proxy.test:3128"' in said and 'Check-Valid-Until "false"' in said


def test_two_at_a_time_fetch_once(machine):
    machine.mmdebstrap(seconds=0.5)
    found = []
    threads = [threading.Thread(target=lambda: found.append(package.fetch(machine.cache))) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 3 and found[0] == found[1] == found[2] and machine.runs() == 1


def test_what_was_left_half_done_is_never_used(machine):
    half = machine.cache / "draft-left" / "tree" / "usr"
    half.mkdir(parents=True)
    assert package.find(machine.cache) is None
    package.fetch(machine.cache)
    assert not half.exists()


def test_a_failure_is_told_and_leaves_nothing(machine):
    machine.program("mmdebstrap", "echo 'I: running'; echo 'E: Failed to fetch http://x'; echo 'E: later'; exit 25\n")
    with pytest.raises(package.NoSwitch, match="未成功：E: Failed to fetch http://x。请检查网络"):
        package.fetch(machine.cache)
    assert [path.name for path in machine.cache.iterdir()] == ["fetch.lock"]
    machine.mmdebstrap()
    assert package.fetch(machine.cache).version == "22.10.1"


def test_a_mirror_that_hangs_is_given_up(machine, monkeypatch):
    monkeypatch.setattr(package, "SECONDS", 0.2)
    machine.mmdebstrap(seconds=120)
    begun = time.monotonic()
    with pytest.raises(package.NoSwitch, match="没有完成，请检查网络"):
        package.fetch(machine.cache)
    assert time.monotonic() - begun < 60  # what it had started itself went with it


@pytest.mark.parametrize(("version", "broken"), [("18.9.0", False), ("22.1.0", True)])
def test_what_does_not_serve_is_not_kept(machine, version, broken):
    machine.mmdebstrap(version, broken=broken)
    with pytest.raises(package.NoSwitch, match="不能在本机运行"):
        package.fetch(machine.cache)
    assert package.find(machine.cache) is None


def test_the_newest_in_the_cache_is_taken(machine):
    machine.cache.mkdir()
    for version in ("22.9.0", "22.10.1", "22.8.2"):
        machine.mmdebstrap(version)
        package.fetch(machine.cache.with_name(version)).tree.rename(machine.cache / f"asterisk-{version}")
    assert package.find(machine.cache).version == "22.10.1"


def test_without_the_tool_or_a_mirror_it_says_what_to_do(machine, monkeypatch):
    machine.program("apt-get", "echo \"'https://cloud.test/apt/dists/cloud/InRelease' x 0\"\n")
    with pytest.raises(package.NoSwitch, match="HUYING_SWITCH_MIRROR"):
        package.fetch(machine.cache)
    monkeypatch.setenv("HUYING_SWITCH_MIRROR", "http://own.test/debian")
    assert package.mirror() == "http://own.test/debian"
    monkeypatch.setattr(package, "SAFE", {"PATH": str(machine.cache)})
    with pytest.raises(package.NoSwitch, match="apt-get install mmdebstrap"):
        package.fetch(machine.cache)
    monkeypatch.delenv("HUYING_SWITCH_MIRROR")
    with pytest.raises(package.NoSwitch, match="没有可用的 apt"):
        package.mirror()


def test_a_cache_that_cannot_be_written_is_named(tmp_path, machine):
    (tmp_path / "file").touch()
    with pytest.raises(package.NoSwitch, match="HUYING_SWITCH_CACHE"):
        package.fetch(tmp_path / "file" / "cache")


@pytest.mark.parametrize(("version", "serves"), [("Asterisk 22.1.0", True), ("Asterisk certified/20.7-cert2", True),
                                                  ("Asterisk 18.10.0", False), ("Segmentation fault", False)])
def test_the_machines_own_asterisk_serves_when_it_is_new_enough(tmp_path, monkeypatch, version, serves):
    there = Machine(tmp_path)
    monkeypatch.setenv("PATH", f"{there.programs}:/usr/bin:/bin")
    there.program("asterisk", f"echo '{version}'\n")
    modules = tmp_path / "modules"
    monkeypatch.setattr(package, "_module_folders", lambda usr: iter([modules]))
    found = package.find(there.cache)
    assert (found is not None) is serves
    if found:
        assert found.command == (str(there.programs / "asterisk"),) and found.modules == modules and found.tree is None


def test_a_node_is_furnished_and_moves_to_another_package(tmp_path, machine):
    found = package.fetch(machine.cache)
    folder = tmp_path / "switch"
    package.furnish(folder, found)
    package.furnish(folder, found)
    assert (folder / "lib" / "modules").readlink() == found.modules
    assert all((folder / name).stat().st_mode & 0o077 == 0 for name in package.FOLDERS)
    machine.mmdebstrap("23.1.0")
    newer = package.fetch(tmp_path / "other-cache")
    package.furnish(folder, newer)
    assert (folder / "lib" / "modules").readlink() == newer.modules
    assert (folder / "documentation").readlink() == newer.documentation


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")
def test_what_root_makes_belongs_to_the_owner_of_the_folder(tmp_path, machine):
    folder = tmp_path / "switch"
    folder.mkdir()
    os.chown(folder, 12345, 12345)
    package.furnish(folder, package.fetch(machine.cache))
    assert {(folder / name).stat().st_uid for name in package.FOLDERS} == {12345}


def test_the_cache_is_outside_of_clone_and_data(monkeypatch, tmp_path):
    monkeypatch.delenv("HUYING_SWITCH_CACHE", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert package.cache_folder() == tmp_path / "huying"
    monkeypatch.setenv("XDG_CACHE_HOME", "relative")
    assert package.cache_folder() == Path("~/.cache/huying").expanduser()
    monkeypatch.setenv("HUYING_SWITCH_CACHE", str(tmp_path / "own"))
    assert package.cache_folder() == tmp_path / "own"


@pytest.mark.phone
def test_the_real_one_runs_without_root_and_without_chroot():
    try:
        found = package.fetch(package.cache_folder())
    except package.NoSwitch as refusal:
        pytest.skip(str(refusal))
    assert int(found.version.split(".")[0]) >= package.OLDEST
    assert (found.documentation / "core-en_US.xml").exists()
    if found.tree:
        special = [path for path in found.tree.rglob("*") if not path.is_symlink()
                   and not (stat.S_ISREG(path.stat().st_mode) or stat.S_ISDIR(path.stat().st_mode))]
        assert special == []
