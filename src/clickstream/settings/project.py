"""Which folder is the project: the current one, or the nearest above it that is one, as git does it."""

import os
import re
import stat
from collections.abc import Iterator
from pathlib import Path

_STATE = ".clickstream"
_OF_THE_KIT = re.compile(r'^name = "clickstream-devkit"$', re.MULTILINE)
_ASSIGNMENT = re.compile(r"^\s*(?:export\s+)?([A-Z][A-Z0-9_]*)\s*=", re.MULTILINE)
_CALLED_FROM = "CLICKSTREAM_CALLED_FROM"


def called_from() -> Path:
    """The caller's folder: the current one, or the one in which a script was called."""
    given = os.environ.get(_CALLED_FROM, "")
    return Path(given) if given and Path(given).is_dir() else Path.cwd()


def project_folder(start: Path | None = None) -> Path:
    """The nearest folder, from `start` (the current one) upwards, that is a project; else `start` itself.

    A project has a `.clickstream` folder, a `.env` with one of our settings, or our own pyproject.toml. The
    search ends at the home folder and at the end of the file system. A folder above `start` that another user
    owns or may write to is not a project: its `.env` would decide what we run.
    """
    here = Path.cwd() if start is None else start
    return next((folder for folder in _upwards(here) if _is_project(folder)), here)


def in_project(path: Path) -> Path:
    """A path of the project; a relative one stays as it is where the project is the current folder."""
    folder = project_folder()
    return path if path.is_absolute() or folder == Path.cwd() else folder / path


def _upwards(here: Path) -> Iterator[Path]:
    yield here
    home = Path(os.path.expanduser("~"))  # noqa: PTH111 - no error where no home is known
    if here == home:
        return
    try:
        device = here.stat().st_dev
        for folder in here.parents[:-1]:
            found = folder.stat()
            if folder == home or found.st_dev != device:
                return
            if found.st_uid == os.getuid() and not found.st_mode & stat.S_IWOTH:
                yield folder
    except OSError:  # a folder that is gone or closed to us: nothing above it can be trusted
        return


def _is_project(folder: Path) -> bool:
    from clickstream.settings.fixed import NAMES  # which need the project's folder

    given = _ASSIGNMENT.findall(_text(folder / ".env"))
    return (
        (folder / _STATE).is_dir()
        or bool(_OF_THE_KIT.search(_text(folder / "pyproject.toml")))
        or not (NAMES - {"JAVA_HOME"}).isdisjoint(given)
    )


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
