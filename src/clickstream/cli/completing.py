"""What the shell completes for us: names that are looked up at once, without a broker or a JVM."""

from collections.abc import Callable
from pathlib import Path


def table_names(incomplete: str) -> list[str]:
    """The tables that begin so."""
    from clickstream.contract.tables import TABLES

    return [table.name for table in TABLES if table.name.startswith(incomplete)]


def part_names(incomplete: str) -> list[str]:
    """The parts that `up` has started here and that begin so."""
    # By their files' names alone: what knows more of parts takes half a second to import.
    names = _of_settings(lambda state: sorted(path.stem for path in (state / "run").glob("*.json")))
    return [name for name in names if name.startswith(incomplete)]


def log_names(incomplete: str) -> list[str]:
    """The logs there are here that begin so."""
    from clickstream.operate.logs import log_names as names_in

    return [name for name in _of_settings(names_in) if name.startswith(incomplete)]


def _of_settings(names_in: Callable[[Path], list[str]]) -> list[str]:
    from clickstream.errors import ClickstreamError
    from clickstream.settings import load

    try:
        return names_in(load()[0].paths.state.absolute())
    except ClickstreamError:
        return []  # a setting that cannot be used is for the command to say
