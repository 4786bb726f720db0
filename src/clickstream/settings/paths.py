"""The folders of a run: paths on this machine, never a URL, so that no folder `s3a:` is created."""

import os
import re
from pathlib import Path
from typing import Annotated

from pydantic import BeforeValidator, Field
from pydantic_core import PydanticCustomError

from clickstream.errors import SettingInvalid
from clickstream.settings.kinds.group import SettingsGroup, Worded, refused
from clickstream.settings.project import in_project

A_RUN_ID = "a name of at most 64 letters, digits, dots, dashes and underscores, a letter or a digit first"
A_PATH = "a path on this machine, such as data/mine or /srv/clickstream"
# Of `s3a://bucket`, a pathlib.Path has kept `s3a:/bucket`. Other letters before a colon may be a name.
# A blank or a quote before it does not make a file name of it.
_URL = re.compile(r"[\s'\"]*(?:[A-Za-z][A-Za-z0-9+.-]*:[/\\]|file:)", re.IGNORECASE)
_LONGEST_NAME_BYTES = 255
# Linux takes 4,096 bytes, which also holds the names that we put below the folder.
_LONGEST_PATH_BYTES = 3_000
_UNEXPANDED = re.compile(r"\$\w|\$[{(]|%\w+%")


def local_path(value: object) -> Path:
    """Read a path on this machine; a leading `~` is the user's home folder.

    Raises:
        PydanticCustomError: it is a URL, a variable that no shell has expanded, or not a name at all; says
            what would be right.
    """
    text = str(value)
    if _URL.match(text):
        raise refused(
            A_PATH + "; mount storage of other machines as a folder",
            why="it is a URL, and output, checkpoints and state need atomic renames and flushes to disk",
        )
    if _UNEXPANDED.match(text):
        raise refused(
            A_PATH + "; in .env write ${NAME} for a variable", why="the variable in it was not expanded"
        )
    if not text.strip() or not text.isprintable():
        raise refused(A_PATH, why="it is blank or has control characters")
    try:
        path = Path(text).expanduser()
    except RuntimeError as error:
        raise refused(A_PATH, why="the home folder of `~` is not known") from error
    if max((len(os.fsencode(name)) for name in path.parts), default=0) > _LONGEST_NAME_BYTES:
        raise refused(A_PATH, why=f"a name in it is longer than {_LONGEST_NAME_BYTES} bytes")
    if len(os.fsencode(path)) > _LONGEST_PATH_BYTES:
        raise refused(A_PATH, why=f"it is longer than {_LONGEST_PATH_BYTES:,} bytes")
    return path


def path_of_flag(flag: str, value: str, *, source: str = "flag") -> Path:
    """The path that a flag of the command line names, or an argument, which `source` then says.

    Raises:
        SettingInvalid: as `local_path`.
    """
    try:
        return local_path(value)
    except PydanticCustomError as error:
        context = error.context or {}
        raise SettingInvalid(flag, value, context["expected"], source=source, why=context["why"]) from None


def _of_project(value: object) -> Path:
    return in_project(local_path(value))


LocalPath = Annotated[Path, BeforeValidator(_of_project), Worded(A_PATH)]
"""A setting's path; a relative one is in the project."""


class PathSettings(SettingsGroup):
    """The folders of a run; relative paths begin at the project folder."""

    output: LocalPath = Field(Path("data/output"), alias="OUTPUT_PATH")
    """The landed tables, in a folder for each run."""
    checkpoint: LocalPath = Field(Path("data/checkpoints"), alias="CHECKPOINT_PATH")
    """Spark's checkpoints, in a folder for each run."""
    run_id: Annotated[str, Worded(A_RUN_ID)] = Field(
        "default", alias="RUN_ID", pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$"
    )
    """Name of the run: its folder under OUTPUT_PATH and CHECKPOINT_PATH."""
    state: LocalPath = Field(Path(".clickstream"), alias="STATE_PATH")
    """The embedded broker's data, logs, and records of what `up` started."""
    cache: LocalPath | None = Field(None, alias="CACHE_PATH")
    """Downloaded jars, shared by all projects; by default the user's cache folder."""
