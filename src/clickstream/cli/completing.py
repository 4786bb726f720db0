"""What the shell completes for us: names that are looked up at once, without a broker or a JVM."""

from collections.abc import Callable
from pathlib import Path


def table_names(incomplete: str) -> list[str]:
    """The tables that begin so."""
    from clickstream.contract.tables import TABLES

    return [table.name for table in TABLES if table.name.startswith(incomplete)]


def part_names(incomplete: str) -> list[str]:
    """The parts that begin so."""
    from clickstream.contract.part_names import PART_NAMES

    return [name for name in PART_NAMES if name.startswith(incomplete)]


def restartable_names(incomplete: str) -> list[str]:
    """The parts that can be restarted alone and that begin so."""
    return [name for name in part_names(incomplete) if name != "cluster"]


def log_names(incomplete: str) -> list[str]:
    """The parts and the logs there are here that begin so."""
    from clickstream.contract.part_names import PART_NAMES
    from clickstream.operate.logs import log_names as names_in

    names = dict.fromkeys((*PART_NAMES, *_of_settings(names_in)))
    return [name for name in names if name.startswith(incomplete)]


def _of_settings(names_in: Callable[[Path], list[str]]) -> list[str]:
    from clickstream.errors import ClickstreamError
    from clickstream.settings import load

    try:
        return names_in(load()[0].paths.state.absolute())
    except ClickstreamError:
        return []  # a setting that cannot be used is for the command to say
