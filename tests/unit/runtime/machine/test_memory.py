"""In a container the memory that is left is that of its limit, not that of the machine."""

from pathlib import Path

import psutil
import pytest

from clickstream.runtime.machine.resources import available_bytes

GIB = 2**30
PLENTY = 1 << 50


@pytest.fixture(autouse=True)
def machine(monkeypatch: pytest.MonkeyPatch) -> None:
    free = psutil.virtual_memory()._replace(available=8 * GIB)
    monkeypatch.setattr(psutil, "virtual_memory", lambda: free)


def group(folder: Path, limit: str, used: int, cached: int = 0) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "memory.max").write_text(f"{limit}\n")
    (folder / "memory.current").write_text(f"{used}\n")
    (folder / "memory.stat").write_text(f"anon 1\ninactive_file {cached}\nactive_file 0\n")


def left(tmp_path: Path, own: str) -> int:
    (tmp_path / "self").write_text(own)
    return available_bytes(tmp_path / "cgroup", tmp_path / "self")


def test_without_groups_it_is_the_machines(tmp_path: Path) -> None:
    assert available_bytes(tmp_path / "none", tmp_path / "none") == 8 * GIB
    group(tmp_path / "cgroup", "max", GIB)
    assert left(tmp_path, "0::/\n") == 8 * GIB
    assert left(tmp_path, "4:memory:/old\n") == 8 * GIB


def test_a_containers_limit_leaves_what_is_not_used_and_what_can_be_given_back(tmp_path: Path) -> None:
    group(tmp_path / "cgroup", str(2 * GIB), GIB, cached=GIB // 2)
    assert left(tmp_path, "0::/\n") == 3 * GIB // 2


def test_the_narrowest_of_nested_groups_counts(tmp_path: Path) -> None:
    group(tmp_path / "cgroup" / "user", str(GIB), GIB // 4)
    group(tmp_path / "cgroup" / "user" / "mine", str(2 * GIB), 0)
    assert left(tmp_path, "0::/user/mine\n") == 3 * GIB // 4
