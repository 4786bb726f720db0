"""`clickstream add table`: another table in the project's pipeline file, and a story of it."""

import re
from enum import StrEnum
from pathlib import Path
from shutil import copymode
from typing import Annotated

import typer

from clickstream.cli.help import Commands
from clickstream.cli.printing.terminal import show_text
from clickstream.errors import DefinitionInvalid, UsageError, writing

app = Commands(help="Add to the project's pipeline file.", no_args_is_help=True)

_NAME = re.compile(r"(?=.{1,50}$)[a-z][a-z0-9]*(?:_[a-z0-9]+)*")


class Kind(StrEnum):
    """The kinds of tables that can be added."""

    TUMBLING = "tumbling"
    SESSION = "session"


_TEXTS = {
    Kind.TUMBLING: {
        "argument": "window",
        "function": "window",
        "length": "1 minute",
        "meaning": "Length of windows.",
        "what": "window",
    },
    Kind.SESSION: {
        "argument": "gap",
        "function": "session_window",
        "length": "20 seconds",
        "meaning": "Gap that ends a session.",
        "what": "session",
    },
}


def _kind(text: str) -> Kind:
    try:
        return Kind(text)
    except ValueError as error:
        raise typer.BadParameter(f"{text!r} is neither tumbling nor session.") from error


@app.callback()
def add() -> None:
    """Add to the project's pipeline file."""


@app.command()
def table(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Name the table: small letters, digits and _.")],
    kind: Annotated[
        Kind,
        typer.Option("--kind", parser=_kind, metavar="tumbling|session", help="Choose windows or sessions."),
    ] = Kind.TUMBLING,
) -> None:
    """Add a table and a story to the pipeline file.

    The table counts the events of each key. Change both halves to what you need. The polars half is a stub:
    until you write it, the check reports the table as `not checked`.

    Example: clickstream add table visits --kind session
    """
    from clickstream.cli.project import filled
    from clickstream.cli.project.pipeline_file import event_of, with_table
    from clickstream.report.commands import from_here, python_command
    from clickstream.settings import PIPELINE, SETTINGS
    from clickstream.settings.pipeline.loaded import PLACE

    file, _, pipeline = PLACE.rpartition(":")
    if not file.endswith(".py"):
        raise UsageError(
            f"PIPELINE={PLACE} is not a file of your own.",
            next_step="Run `clickstream init my_project`, and this command in its folder.",
        )
    _refuse_unusable(name)
    path = Path(file)
    shown = from_here(path)
    text = path.read_text(encoding="utf-8")
    story = path.parent / "tests" / f"test_{name}.py"
    setting = f"{name}_{_TEXTS[kind]['argument']}".upper()
    if story.exists():
        raise UsageError(f"{from_here(story)} exists already.", next_step="Choose another name.")
    for taken in (name.upper(), setting, f"{name}_by_spark", f"{name}_by_polars"):
        if taken in SETTINGS or re.search(rf"\b{taken}\b", text):
            raise UsageError(
                f"The table needs the name {taken}, which is in use.", next_step="Choose another name."
            )
    values = {
        **_TEXTS[kind],
        "table": name,
        "constant": name.upper(),
        "kind": kind,
        "setting": setting,
        "event": event_of(text, shown, pipeline),
        "key": PIPELINE.event.key_field,
        "time": PIPELINE.event.time_field,
    }
    changed = with_table(text, shown, pipeline, name.upper(), filled("table.py", **values))
    _refuse_unsound(changed, path, pipeline)
    with writing(shown, next_step="Make its folder writable."):
        story.parent.mkdir(exist_ok=True)
        with story.open("x", encoding="utf-8") as opened:
            opened.write(filled("test_table.py", **values))
        _replace(path, changed)
    show_text(f"added {name} to {shown}, and a story in {from_here(story)}")
    show_text(f"{name} is `not checked` until you write {name}_by_polars in {shown}")
    show_text(f"next: {python_command('-m', 'pytest', from_here(story))}")


def _refuse_unusable(name: str) -> None:
    """Refuse a name that no table can have, and that of another table."""
    from clickstream.settings import PIPELINE

    if not _NAME.fullmatch(name):
        raise UsageError(
            f"A table cannot have the name {name!r}.",
            next_step="Use small letters, digits and _, such as clickstream add table visits.",
        )
    if name in {each.name.lower() for each in PIPELINE.tables}:
        raise UsageError(f"There is a table {name} already.", next_step="Choose another name.")


def _refuse_unsound(changed: str, path: Path, pipeline: str) -> None:
    """Load the changed file before it replaces the other one."""
    from tempfile import TemporaryDirectory

    from clickstream.contract.definition.loading import load_definition

    with TemporaryDirectory() as folder:
        trial = Path(folder) / path.name
        trial.write_text(changed, encoding="utf-8")
        try:
            load_definition(f"{trial}:{pipeline}", path.parent)
        except DefinitionInvalid as error:
            raise DefinitionInvalid(
                f"The table does not fit the pipeline: {error.sentence.replace(str(trial), str(path))}",
                next_step="Nothing was changed. Choose another name, or add the table yourself.",
            ) from error


def _replace(path: Path, text: str) -> None:
    """Write the whole file or nothing."""
    new = path.with_name(f".{path.name}.new")
    new.write_text(text, encoding="utf-8")
    copymode(path, new)
    new.replace(path)
