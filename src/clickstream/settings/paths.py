"""Where a run keeps things."""

from pathlib import Path
from typing import Annotated

from pydantic import Field

from clickstream.settings.kinds import SettingsGroup, Worded
from clickstream.settings.local_path import LocalPath

A_RUN_ID = "a name of at most 64 letters, digits, dots, dashes and underscores, a letter or a digit first"


class PathSettings(SettingsGroup):
    """Where a run keeps things; relative paths begin at the project folder."""

    output: LocalPath = Field(Path("data/output"), alias="OUTPUT_PATH")
    """The landed tables, in a folder for each run."""
    checkpoint: LocalPath = Field(Path("data/checkpoints"), alias="CHECKPOINT_PATH")
    """Spark's checkpoints, in a folder for each run; they belong to its output."""
    run_id: Annotated[str, Worded(A_RUN_ID)] = Field(
        "default", alias="RUN_ID", pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$"
    )
    """The run's folder under OUTPUT_PATH and CHECKPOINT_PATH; runs of other names stand beside it."""
    state: LocalPath = Field(Path(".clickstream"), alias="STATE_PATH")
    """The embedded broker's data, logs, and what `up` started."""
    cache: LocalPath | None = Field(None, alias="CACHE_PATH")
    """Downloaded jars, shared by all projects; by default the user's cache folder."""
