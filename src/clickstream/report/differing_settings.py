"""The settings in which running parts differ from those of now, in lines."""

from collections.abc import Iterable, Iterator

from clickstream.contract.progress import Differences
from clickstream.report.commands import pasteable
from clickstream.report.running_parts import from_here_or_as_is


def lines(parts: Iterable[tuple[str, Differences]]) -> Iterator[str]:
    """For each part that differs: every setting with both values, and the command that applies those of now.

    Args:
        parts: the name of each part, and how it differs.
    """
    for name, found in parts:
        if not found.settings:
            continue
        yield f"{name} runs with other settings than those of now:"
        width = max(len(each.name) for each in found.settings)
        for each in found.settings:
            runs_with, now = from_here_or_as_is(each.runs_with), from_here_or_as_is(each.now)
            yield f"  {each.name:<{width}}  runs with {runs_with}, now {now}"
        if found.why:
            yield f"  not by a restart: {found.why}"
        yield f"  to apply them: {pasteable(found.apply)}"
