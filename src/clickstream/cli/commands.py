"""What all commands have in common: each names its project folder if that is not the current one."""

from collections.abc import Callable
from typing import Any

import typer
from typer.core import TyperCommand


class Commands(typer.Typer):
    """A group of commands that are all of the kind `Command`."""

    def command(self, *names: Any, **options: Any) -> Callable[[Any], Any]:  # noqa: ANN401 - as typer has it
        """Register a function as a command."""
        return super().command(*names, cls=Command, **options)


class Command(TyperCommand):
    """A command of ours."""

    def invoke(self, ctx: Any) -> Any:  # noqa: ANN401 - of typer's own context, which it does not export
        """Run the command."""
        _tell_of_the_project()
        return super().invoke(ctx)


def _tell_of_the_project() -> None:
    from clickstream.cli.terminal import tell
    from clickstream.settings.project import called_from, project_folder

    project = project_folder()
    if project != called_from():
        tell(f"project folder: {project}")
