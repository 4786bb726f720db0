"""Arguments and options that several commands have, and what the shell completes for them."""

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from clickstream.errors import ClickstreamError, CouldNotCheck, UsageError

if TYPE_CHECKING:
    from clickstream.contract.definition.tables import Table
    from clickstream.settings import Settings


def path_parser(name: str, source: str = "flag") -> Callable[[str], Path]:
    """Return what reads the path that this option or argument names; it refuses a URL."""

    def path(value: str) -> Path:
        from clickstream.settings import path_of_flag

        return path_of_flag(name, value, source=source)

    return path


def path_option(name: str, takes: str, text: str, default: str = "") -> Any:  # noqa: ANN401 - typer's own
    """An option that names a path; it refuses a URL."""
    return typer.Option(
        name, parser=path_parser(name), metavar=takes, show_default=default or True, help=text
    )


def table_names() -> list[str]:
    """The tables, for the shell to complete."""
    with suppress(ClickstreamError):  # the command itself refuses a pipeline that cannot be loaded
        from clickstream.settings import PIPELINE

        return [table.name for table in PIPELINE.tables]
    return []


def part_names() -> list[str]:
    """The parts, for the shell to complete."""
    from clickstream.contract.part_names import PART_NAMES

    return list(PART_NAMES)


def restartable_names() -> list[str]:
    """The parts that can be restarted alone, for the shell to complete."""
    return [name for name in part_names() if name != "cluster"]


def log_names() -> list[str]:
    """The parts, and the logs that are here, for the shell to complete."""
    with suppress(ClickstreamError):  # the command itself refuses a setting that cannot be used
        from clickstream.operate.logs import log_names as names_in
        from clickstream.settings import load

        return [*dict.fromkeys((*part_names(), *names_in(load()[0].paths.state.absolute())))]
    return part_names()


AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]
TableName = Annotated[
    str, typer.Argument(metavar="TABLE", help="The name of the table.", autocompletion=table_names)
]
Parts = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="PART",
        help="Name broker, cluster, producer or stream.",
        show_default="all",
        autocompletion=part_names,
    ),
]
OfDemo = Annotated[bool, typer.Option("--demo", help="Use the output of the demo.")]
DemoFolder = Annotated[
    Path | None, path_option("--folder", "PATH", "With --demo: use this folder of the demo.", "data/demo")
]
ReportFile = Annotated[
    Path | None, path_option("--report", "FILE", "Write the report of the run to this HTML file.")
]


def table_of(name: str) -> "Table":
    """The table of this name."""
    from clickstream.settings import PIPELINE

    by_name = {each.name: each for each in PIPELINE.tables}
    if name not in by_name:
        raise UsageError(f"There is no table {name!r}.", next_step=f"The tables are {', '.join(by_name)}.")
    return by_name[name]


def settings_of(*, of_demo: bool, folder: Path | None) -> "Settings":
    """The settings of the run that was chosen."""
    from clickstream.pipeline.demo.demo_settings import default_demo_folder, demo_settings
    from clickstream.pipeline.demo.own_folder import was_made_by
    from clickstream.settings import load

    if not of_demo:
        if folder is not None:
            raise UsageError("--folder works with --demo only.", next_step="Add --demo, or set OUTPUT_PATH.")
        return load()[0]
    where = folder or default_demo_folder()
    if not was_made_by("demo", where):
        raise CouldNotCheck(f"No demo has run in {where}.", next_step="Run `clickstream demo` first.")
    return demo_settings(folder=where)
