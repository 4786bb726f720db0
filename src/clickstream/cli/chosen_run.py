"""Whose rows a command looks at: the run of the settings, or with `--demo` the demo's."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from clickstream.cli.flags import folder_flag
from clickstream.errors import CouldNotCheck, UsageError

if TYPE_CHECKING:
    from clickstream.settings import Settings

OfDemo = Annotated[bool, typer.Option("--demo", help="Use what the demo landed.")]
DemoFolder = Annotated[
    Path | None,
    typer.Option(
        "--folder",
        parser=folder_flag,
        metavar="PATH",
        show_default="data/demo",
        help="With --demo: use this folder of the demo.",
    ),
]


def settings_of(*, of_demo: bool, folder: Path | None) -> "Settings":
    """The settings of the run that was chosen.

    Raises:
        UsageError: a folder without --demo.
        CouldNotCheck: no demo has run in the folder.
    """
    from clickstream.pipeline.demo_settings import default_demo_folder, demo_settings
    from clickstream.pipeline.own_folder import is_of
    from clickstream.settings import load

    if not of_demo:
        if folder is not None:
            raise UsageError("--folder works with --demo only.", next_step="Add --demo, or set OUTPUT_PATH.")
        return load()[0]
    where = folder or default_demo_folder()
    if not is_of("demo", where):
        raise CouldNotCheck(f"No demo has run in {where}.", next_step="Run `clickstream demo` first.")
    return demo_settings(folder=where)
