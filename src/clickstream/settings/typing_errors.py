"""Typing errors: names that look like settings and are not, and lines of `.env` that would be ignored."""

import difflib
import os
from collections.abc import Iterable
from pathlib import Path

from dotenv.parser import parse_stream

from clickstream.errors import UsageError
from clickstream.settings.groups import SETTINGS

ENCODING = "utf-8-sig"
"""UTF-8; some editors put a byte-order mark before the first name."""

# One letter off in a name of ten, two in one of twenty.
_NEAR = 0.9
_PREFIX = "CLICKSTREAM_"
# Close to a setting, but known to belong to other programs.
_OF_OTHERS = frozenset({"CCACHE_PATH", "KAFKA_NUM_PARTITIONS"})


def refuse_unreadable(dotenv: Path) -> None:
    """Return only if every line is NAME=value and no name is close to a setting; a missing file is fine.

    Lines are never shown: one may be a password's.

    Raises:
        UsageError: the file is not UTF-8 text, a line is not NAME=value, or a key resembles a setting.
    """
    if not dotenv.is_file():
        return
    try:
        with dotenv.open(encoding=ENCODING) as lines:
            bindings = list(parse_stream(lines))
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{dotenv} cannot be read as UTF-8 text.", next_step="Fix or remove it.") from error
    for binding in bindings:
        # The parser counts blank lines before a binding to it.
        text = binding.original.string
        line = binding.original.line + len(text[: len(text) - len(text.lstrip())].splitlines())
        if binding.error:
            raise UsageError(
                f"{dotenv} cannot be read from line {line} on: it is not NAME=value.",
                next_step="Look for a missing = or a quote that is not closed.",
            )
        if binding.key is not None and binding.value is None:
            raise UsageError(
                f"Line {line} of {dotenv} sets nothing: it has no =.",
                next_step="Write NAME=value, or start the line with #.",
            )
        if binding.key and (nearest := _nearest(binding.key)):
            raise UsageError(
                f"{dotenv} (line {line}) sets {binding.key}, which is not a setting of the kit;"
                f" the nearest one is {nearest}.",
                next_step=f"Rename it to {nearest}, or remove the line.",
            )


def misspelt_variables(variables: Iterable[str] = os.environ) -> list[tuple[str, str]]:
    """The variables, by default of this process, that are probably meant as a setting, each with that one.

    These are names in other letter case, with our prefix, or almost equal.
    """
    return [(name, nearest) for name in sorted(variables) if (nearest := _nearest(name))]


def _nearest(name: str) -> str:
    """The setting that a name resembles; empty if it is one, or resembles none."""
    if name in SETTINGS or name in _OF_OTHERS:
        return ""
    # Other programs have variables such as JAVA11_HOME.
    known = SETTINGS.keys() - {"JAVA_HOME"}
    return next(iter(difflib.get_close_matches(name.upper().removeprefix(_PREFIX), known, 1, _NEAR)), "")
