"""The folder for temporary files: JVMs unpack native libraries there, and must be allowed to run them."""

import os
import shlex
import tempfile
from collections.abc import Callable
from pathlib import Path

from clickstream.contract.diagnosis import Caution
from clickstream.errors import MachineNotReady
from clickstream.runtime.machine.resources import nearest_existing

_BELOW_STATE = "tmp"

Runs = Callable[[Path], bool]


def runs_programs(folder: Path) -> bool:
    """Whether a file in a folder may be executed: not if its file system is mounted `noexec`."""
    return not os.statvfs(folder).f_flag & getattr(os, "ST_NOEXEC", 0)


def temporary_folder(state: Path, runs: Runs = runs_programs) -> Path | None:
    """Where JVMs of this kit keep temporary files: the system's folder, else one below the state folder.

    The latter is made if it is needed. None if neither can be written and run programs.
    """
    system = _system_folder()
    if system is not None and runs(system):
        return system
    if not runs(nearest_existing(state)):
        return None
    own = state.absolute() / _BELOW_STATE
    try:
        own.mkdir(parents=True, exist_ok=True)
    except OSError:
        return None
    return own


def folder_runs_programs(state: Path, tmpdir: str, runs: Runs = runs_programs) -> str | Caution:
    """Where JVMs can unpack and run native libraries; makes nothing. `tmpdir` is TMPDIR, empty if unset.

    Raises:
        MachineNotReady: nowhere.
    """
    system = _system_folder()
    if system is not None and runs(system):
        if tmpdir and system != Path(tmpdir).absolute():
            return Caution(
                f"TMPDIR={tmpdir} cannot be written, so {system} is used.", f"mkdir -p {shlex.quote(tmpdir)}"
            )
        return f"{system} can be written, and its files can be executed."
    why = f"{system} is mounted noexec" if system else "no temporary folder can be written"
    if runs(nearest_existing(state)):
        return f"{why[0].upper()}{why[1:]}, so {state.absolute() / _BELOW_STATE} is used."
    raise MachineNotReady(
        f"Native libraries (snappy, zstd, lz4) cannot be loaded: {why}, and so is STATE_PATH={state}.",
        next_step='mkdir -p "$HOME/tmp" && export TMPDIR="$HOME/tmp"   # or another that runs programs',
    )


def _system_folder() -> Path | None:
    try:
        return Path(tempfile.gettempdir()).absolute()
    except OSError:
        return None
