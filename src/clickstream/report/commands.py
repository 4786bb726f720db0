"""Commands and paths as they are printed: they work when pasted where the command was called."""

import os
import re
import shlex
import shutil
import sys
from pathlib import Path

from clickstream.contract.definition.loading import FLAGS
from clickstream.settings.project import called_from, project_folder

_NAME = "clickstream"
COMMAND = re.compile(
    r"(?<![\w./-])(?<!-m )"
    r"(?P<settings>(?:[A-Z][A-Z0-9_]*=(?:'[^']*'|\"[^\"]*\"|[^\s'\"`]+) +)*)"
    r"clickstream (?=[a-z]|--[a-z])"
)
"""`clickstream` with a command after it and settings before it; in any text that we print."""


def command(*words: str) -> str:
    """A command of the kit, such as `check --demo`, to paste into the caller's shell."""
    return pasteable(shlex.join((_NAME, *words)))


def pasteable(text: str) -> str:
    """The text, with every command of the kit as the caller's shell finds it.

    `clickstream` stays where PATH has it. Elsewhere it is the script beside the Python that runs, and where
    the caller's folder is not below the project, a `cd` goes first; then PIPELINE if a flag set it and the
    command does not.
    """
    return COMMAND.sub(
        lambda found: f"{_way()}{_pipeline(found['settings'])}{found['settings']}{_program()} ", text
    )


def python_command(*words: str) -> str:
    """A command of the Python that runs, such as `-m pytest`, to paste into the shell of any folder."""
    python = Path(sys.executable)
    return shlex.join((python.name if _is_on_path(python) else str(python), *words))


def from_here(path: Path) -> str:
    """A path as the caller would write it: relative where both are in the project."""
    here, absolute, project = called_from(), path.expanduser().absolute(), project_folder()
    near = absolute.is_relative_to(here) or (
        absolute.is_relative_to(project) and here.is_relative_to(project)
    )
    return os.path.relpath(absolute, here) if near else str(absolute)


def setting_from_here(value: str) -> str:
    """A value, shortened as `from_here` does if it is an absolute path."""
    return from_here(Path(value)) if value.startswith("/") else value


def _way() -> str:
    project = project_folder()
    return "" if project_folder(called_from()) == project else f"cd {shlex.quote(str(project))} && "


def _pipeline(given: str) -> str:
    return "".join(
        f"{setting}={shlex.quote(place)} " for setting, place in FLAGS.items() if f"{setting}=" not in given
    )


def _program() -> str:
    python = Path(sys.executable)
    script = python.with_name(_NAME)
    if script.exists():
        on_path = shutil.which(_NAME)
        return _NAME if on_path and Path(on_path).samefile(script) else _quoted(script)
    return f"{python.name if _is_on_path(python) else _quoted(python)} -m {_NAME}"


def _is_on_path(python: Path) -> bool:
    on_path = shutil.which(python.name)
    return bool(on_path) and Path(str(on_path)).parent == python.parent


def _quoted(program: Path) -> str:
    """A program's path; relative where it is in the caller's project, which may be moved or mounted."""
    project = project_folder()
    inside = program.is_relative_to(project) and not _way()
    return shlex.quote(os.path.relpath(program, called_from()) if inside else str(program))
