"""How commands show their help, in two columns, and a line that names a project elsewhere."""

import inspect
import re
from collections.abc import Callable, Iterator
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup

from clickstream.cli.setting_options import with_pipeline

SETTING = re.compile(r" \((?P<name>[A-Z][A-Z0-9_]+)\)\.?$")
"""How an option's help ends that takes the place of a setting."""
_HUGE = 10**9
"""Larger limits are not shown."""


class Group(TyperGroup):
    """Commands with their whole first sentence, however long the terminal's lines are."""

    def format_options(self, ctx: Any, formatter: Any) -> None:  # noqa: ANN401 - typer exports neither type
        """Write the options, and below them the commands."""
        _write(formatter, "Options", option_rows(self, ctx))
        commands = [(name, self.commands[name]) for name in self.list_commands(ctx)]
        _write(formatter, "Commands", ((name, each.get_short_help_str(_HUGE)) for name, each in commands))


class Command(TyperCommand):
    """A command of the kit."""

    def format_options(self, ctx: Any, formatter: Any) -> None:  # noqa: ANN401 - typer exports neither type
        """Write arguments and options, each with its default, limits and setting."""
        arguments = parameters(self, ctx, "argument")
        _write(formatter, "Arguments", ((each.metavar or each.name, help_of(each)) for each in arguments))
        _write(formatter, "Options", option_rows(self, ctx))

    def invoke(self, ctx: Any) -> Any:  # noqa: ANN401 - typer exports neither type
        """Run the command."""
        _warn_of_misspelt_variables()
        _tell_of_the_project()
        return super().invoke(ctx)


class Commands(typer.Typer):
    """A group of commands that are all of the kind `Command`."""

    def __init__(self, *, cls: type[Group] = Group, **options: Any) -> None:  # noqa: ANN401 - as typer has it
        super().__init__(cls=cls, rich_markup_mode=None, pretty_exceptions_enable=False, **options)

    def command(self, *names: Any, **options: Any) -> Callable[[Any], Any]:  # noqa: ANN401 - as typer has it
        """Register a function as a command, its docstring as the help; an example stays in a line."""

        def registered(function: Callable[..., Any]) -> Callable[..., Any]:
            text = (inspect.getdoc(function) or "").replace("\n\nExample:", "\n\n\b\nExample:")
            register = super(Commands, self).command(*names, cls=Command, help=text, **options)
            return register(with_pipeline(function))

        return registered


def parameters(command: TyperCommand | TyperGroup, ctx: Any, kind: str) -> list[Any]:  # noqa: ANN401
    """A command's parameters of a kind, `argument` or `option`, without hidden ones."""
    found: list[Any] = list(command.get_params(ctx))
    return [each for each in found if each.param_type_name == kind and not each.hidden]


def option_rows(command: TyperCommand | TyperGroup, ctx: Any) -> Iterator[tuple[str, str]]:  # noqa: ANN401
    """Each option's names with what it takes, and its help with default, limits and setting."""
    for option in parameters(command, ctx, "option"):
        names = ", ".join(sorted(option.opts, key=len))
        yield names if option.is_flag else f"{names} {option.metavar}", help_of(option)


def help_of(option: Any) -> str:  # noqa: ANN401 - typer exports no such type
    """What an option does; then, in brackets, its default, its limits, and the setting that it overrides."""
    text = option.help or ""
    setting = SETTING.search(text)
    remarks = [
        f"default: {default}" if (default := default_of(option)) else "",
        "required" if option.required and option.param_type_name == "option" else "",
        _limits(option.min, option.max),
        f"setting {setting['name']}" if setting else "",
    ]
    words = f"{text[: setting.start()]}." if setting else text
    return f"{words} [{'; '.join(filter(None, remarks))}]" if any(remarks) else words


def default_of(option: Any) -> str:  # noqa: ANN401 - typer exports no such type
    """The default as it is shown: the option's, or else its setting's; empty where there is none."""
    if option.required:
        return ""
    if isinstance(option.show_default, str):
        return option.show_default
    if getattr(option, "is_flag", False):  # an argument has no such attribute
        return ""
    if option.default is not None:
        return str(option.default)
    setting = SETTING.search(option.help or "")
    return _default_of_setting(setting["name"]) if setting else ""


def _default_of_setting(name: str) -> str:
    from clickstream.settings import SETTINGS  # only where its help is shown

    default = SETTINGS[name].default
    return "" if default is None else str(default)


def _limits(least: float | None, most: float | None) -> str:
    if most is not None and most < _HUGE:
        return f"{least or 0:,} to {most:,}"
    return f"at least {least:,}" if least and least > 1 else ""


def _write(formatter: Any, title: str, rows: Iterator[tuple[str, str]]) -> None:  # noqa: ANN401
    if found := list(rows):
        with formatter.section(title):
            formatter.write_dl(found)


def _warn_of_misspelt_variables() -> None:
    """Name variables that look like settings; an error would stop people whose shell has such names."""
    from clickstream.cli.printing.terminal import tell
    from clickstream.settings import misspelt_variables

    for name, nearest in misspelt_variables():
        tell(f"warning: {name} in the environment is not a setting and is ignored. Did you mean {nearest}?")


def _tell_of_the_project() -> None:
    from clickstream.cli.printing.terminal import tell
    from clickstream.settings.project import called_from, project_folder

    project = project_folder()
    if project != called_from():
        tell(f"project folder: {project}")
