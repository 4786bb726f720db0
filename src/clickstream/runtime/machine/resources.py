"""Whether this machine has enough for the kit: memory, disk, writable folders."""

import shutil
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import psutil

from clickstream.contract.diagnosis import Caution
from clickstream.errors import FolderNotWritable, MachineNotReady

_JVM_BESIDE_HEAP_BYTES = 300 * 2**20
"""What a JVM takes on top of its heap: code, metadata, threads; measured on the job's."""
_LEAST_HEAP_BYTES = 256 * 2**20
_LEAST_BESIDE_HEAP_BYTES = 200 * 2**20
"""With less the JVM does not get through its first minute; the demo's two take 1.0 GB at their peak."""
_DISK_LOW_BYTES = 2**30

_CGROUPS = Path("/sys/fs/cgroup")
_OWN_CGROUP = Path("/proc/self/cgroup")


def available_bytes(root: Path = _CGROUPS, own: Path = _OWN_CGROUP) -> int:
    """What new processes can take; in a container no more than its limit leaves."""
    free = int(psutil.virtual_memory().available)
    return min([free, *_left_in_groups(root, own)])


def _left_in_groups(root: Path, own: Path) -> list[int]:
    """What the limits of our control group and of those above it leave; none if there is no limit."""
    try:
        paths = [line.split(":", 2)[2] for line in own.read_text().splitlines() if line.startswith("0::")]
    except (OSError, IndexError):
        return []
    # In a container the group's own folder is the root.
    inner = root / (paths[0].lstrip("/") if paths else "")
    folders = [root, *(folder for folder in (inner, *inner.parents) if root in folder.parents)]
    return [left for folder in folders if (left := _left(folder)) is not None]


def _left(folder: Path) -> int | None:
    try:
        limit, used = int((folder / "memory.max").read_text()), int((folder / "memory.current").read_text())
        lines = (folder / "memory.stat").read_text().splitlines()
    except (OSError, ValueError):  # no such group, or the limit is `max`
        return None
    # The kernel gives file pages back before a process is refused memory.
    cached = sum(
        int(line.split()[1]) for line in lines if line.startswith(("inactive_file ", "active_file "))
    )
    return max(0, limit - used + cached)


def heap_bytes(memory: str) -> int:
    """The bytes of a JVM's memory as the settings write it: `384m`, `1g`."""
    return int(memory[:-1]) * (2**30 if memory.endswith("g") else 2**20)


def enough_memory(heaps: Sequence[str], available: Callable[[], int] = available_bytes) -> str | Caution:
    """The free memory, if the JVMs that would be started fit into it; `heaps` are their largest heaps.

    Raises:
        MachineNotReady: they do not even start.
    """
    free_bytes = available()
    needed_bytes = sum(heap_bytes(heap) + _JVM_BESIDE_HEAP_BYTES for heap in heaps)
    least_bytes = sum(min(heap_bytes(heap), _LEAST_HEAP_BYTES) + _LEAST_BESIDE_HEAP_BYTES for heap in heaps)
    if not heaps:
        return f"{_gb(free_bytes)} are free, and all parts run already."
    if free_bytes >= needed_bytes:
        return f"{_gb(free_bytes)} are free, {_gb(needed_bytes)} may be needed."
    sentence = f"{_gb(free_bytes)} of memory are free, and the parts to start may need {_gb(needed_bytes)}"
    if free_bytes < least_bytes:
        raise MachineNotReady(
            f"{sentence}, at least {_gb(least_bytes)}.",
            next_step="Close other programs, or raise the memory limit of the container.",
        )
    return Caution(f"{sentence}.", "export SPARK_DRIVER_MEMORY=512m   # or close other programs")


def nearest_existing(folder: Path) -> Path:
    """The folder, absolute, or the nearest one above it that exists."""
    absolute = folder.absolute()
    return next(each for each in (absolute, *absolute.parents) if each.exists())


def folder_can_be_written(setting: str, folder: Path) -> str:
    """That a folder is writable, or can be created; leaves nothing behind.

    Raises:
        FolderNotWritable: it is not.
    """
    existing = nearest_existing(folder)
    try:
        tempfile.TemporaryFile(dir=existing).close()
    except OSError as error:
        raise FolderNotWritable(
            f"{setting}={folder} cannot be written: {existing}: {error.strerror}.",
            next_step=f"Make {existing} writable, or set {setting} to another folder.",
        ) from error
    return f"{setting}={folder} can be written."


def enough_disk(
    folders: Mapping[str, Path], free: Callable[[Path], int] = lambda path: shutil.disk_usage(path).free
) -> str | Caution:
    """The free space on the fullest disk of these folders, by setting; a caution if it is nearly full."""
    free_bytes, setting = min((free(nearest_existing(folder)), name) for name, folder in folders.items())
    sentence = f"{_gb(free_bytes)} are free for {setting}={folders[setting]}."
    if free_bytes < _DISK_LOW_BYTES:
        return Caution(sentence, f"Free space, or set {setting} to another disk's folder.")
    return sentence


def _gb(size_bytes: int) -> str:
    return f"{size_bytes / 2**30:.1f} GB"
