"""`clickstream init`: a folder with a pipeline, a story, and what runs both."""

import re
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated

import typer

from clickstream.cli.printing.terminal import show_text
from clickstream.errors import UsageError, writing

FILES = {
    "pyproject.toml": "pyproject.toml",
    "pipeline.py": "pipeline.py",
    "tests/test_amounts.py": "test_amounts.py",
    ".env": "env",
    ".gitignore": "gitignore",
    ".github/workflows/tests.yml": "tests.yml",
}
"""The files of a new project, each with its template."""

_DISTRIBUTION = "clickstream-devkit"
_NAME = re.compile(r"[A-Za-z](?:[A-Za-z0-9_-]{0,62}[A-Za-z0-9])?")


def init(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Name the project and its folder.")],
) -> None:
    """Create a project with your own pipeline and a test.

    Writes six small files: dependencies, pipeline, a story for pytest, settings, ignored files and a CI
    workflow. It never overwrites a file. To update the kit, change its version in pyproject.toml.

    Example: clickstream init my_project
    """
    from importlib.metadata import metadata

    from clickstream.cli.project import filled
    from clickstream.report.commands import python_command
    from clickstream.settings.project import called_from

    if not _NAME.fullmatch(name):
        raise UsageError(
            f"The project cannot have the name {name!r}.",
            next_step="Use a letter, then letters, digits, - and _, such as clickstream init my_project.",
        )
    folder = called_from() / name
    _refuse_existing(folder, name)
    kit = metadata(_DISTRIBUTION)
    values = {
        "project": name,
        "name": name.replace("-", "_"),
        "version": kit["Version"],
        "python": kit["Requires-Python"],
    }
    with writing(f"The folder {name}", next_step="Choose another folder, or make this one writable."):
        for file, template in FILES.items():
            path = folder / file
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("x", encoding="utf-8") as opened:
                opened.write(filled(template, **values))
    show_text("\n".join(f"wrote {name}/{file}" for file in FILES))
    steps = [f"cd {name}", python_command("-m", "pytest")]
    if find_spec("pytest") is None:
        steps.insert(1, python_command("-m", "pip", "install", "pytest"))
    show_text(f"next: {' && '.join(steps)}")


def _refuse_existing(folder: Path, name: str) -> None:
    """Refuse a folder with files; hidden ones, such as .git, may be there."""
    if not folder.exists() and not folder.is_symlink():
        return
    if not folder.is_dir():
        raise UsageError(f"{name} is a file.", next_step="Choose another name.")
    taken = sorted(each.name for each in folder.iterdir() if not each.name.startswith("."))
    taken += [file for file in FILES if (folder / file).exists()]
    if taken:
        raise UsageError(
            f"The folder {name} is not empty: it has {taken[0]}.", next_step="Choose another name."
        )
