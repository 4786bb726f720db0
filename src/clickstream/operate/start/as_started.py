"""A part that died starts again with the arguments that it was started with, unless others are given now."""

from collections.abc import Iterator

from clickstream.operate.parts.differences import differences
from clickstream.operate.parts.names import MODULE, child_command
from clickstream.operate.parts.used_settings import flags_in, flags_of
from clickstream.runtime.processes.started import StartedProcess
from clickstream.settings import Settings


def command_again(
    name: str, base: tuple[str, ...], given: tuple[str, ...], settings: Settings, *, without: str = ""
) -> tuple[str, ...]:
    """The command line of a part that does not run.

    Args:
        name: the part.
        base: the command and its switches, for the first start.
        given: flags with their values that are given now.
        settings: where the kit is.
        without: a flag that the part no longer has.
    """
    earlier = StartedProcess.load(name, settings.paths.state.absolute())
    if earlier is None:
        return child_command(*base, *given)
    kept = _arguments(earlier.command) or base
    return child_command(*with_arguments(kept, given, without=without))


def what_changes(name: str, given: tuple[str, ...], settings: Settings) -> Iterator[str]:
    """In lines: with which arguments a part that died starts again, and what is no longer as it was."""
    earlier = StartedProcess.load(name, settings.paths.state.absolute())
    if earlier is None or earlier.is_running():
        return
    rate = flags_in(earlier.command).get("--rate")
    if rate and "--rate" not in given:
        yield f"{name} starts again as it was started: --rate {rate}"
    for each in differences(earlier, settings, flags_of(given)).settings:
        yield f"{name} starts with {each.name}={each.now}; the one before ran with {each.runs_with}"


def with_arguments(
    command: tuple[str, ...], arguments: tuple[str, ...], *, without: str = ""
) -> tuple[str, ...]:
    """A command line in which these flags, each followed by its value, replace those of the same name."""
    flags = {*arguments[::2], without}
    kept: list[str] = []
    words = iter(command)
    for word in words:
        if word in flags:
            next(words, None)
        else:
            kept.append(word)
    return (*kept, *arguments)


def _arguments(command: tuple[str, ...]) -> tuple[str, ...]:
    """What is behind the module's name: the Python and its switches are those of now."""
    return command[command.index(MODULE) + 1 :] if MODULE in command else ()
