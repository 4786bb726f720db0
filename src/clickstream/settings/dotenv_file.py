"""The file `.env`: refused where python-dotenv would ignore a line, or a key is a typing error."""

from pathlib import Path

from dotenv.parser import parse_stream

from clickstream.errors import SettingUnknown, UsageError
from clickstream.settings.misspelt import nearest_in_file

ENCODING = "utf-8-sig"
"""UTF-8; some editors put a byte-order mark before the first name."""


def refuse_unreadable(dotenv: Path) -> None:
    """Return only if every line is NAME=value and no name is close to a setting; a missing file is fine.

    Lines are never shown: one may be a password's.

    Raises:
        UsageError: the file is not UTF-8 text, or a line is not NAME=value.
        SettingUnknown: a key is not a setting, but resembles one.
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
        nearest = nearest_in_file(binding.key) if binding.key else ""
        if binding.key and nearest:
            raise SettingUnknown(binding.key, nearest, f"{dotenv} (line {line})")
