"""How much memory is available: to the machine, and to the control group that this process is in."""

from pathlib import Path

import psutil

_ROOT = Path("/sys/fs/cgroup")
_SELF = Path("/proc/self/cgroup")


def available_bytes(root: Path = _ROOT, own: Path = _SELF) -> int:
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
