"""The contract as data, stored with a run: another contract is refused with the difference in words."""

import hashlib
import json
from typing import Any

from clickstream.contract.definition import event
from clickstream.contract.definition.event import Event, EventField
from clickstream.contract.definition.pipeline import Pipeline
from clickstream.contract.definition.rejection import reasons_of
from clickstream.contract.definition.tables import RULES_VERSION

Description = dict[str, Any]
"""JSON's own types: `pipeline` is the name, `tables` the query of each table, `parts` all that must agree.

A part is named in words and has its value as text; the order counts.
"""

_SHOWN = 5


def describe(pipeline: Pipeline, version: int = RULES_VERSION) -> Description:
    """Everything that decides which rows land and what they look like."""
    parts = {
        "the version of the rules": str(version),
        "the largest number": str(event.NUMBER_LIMIT),
        "the levels of nesting": str(event.MAX_NESTING_LEVELS),
        "the characters of a number": str(event.MAX_NUMBER_CHARACTERS),
        "the characters of a name": str(event.MAX_NAME_CHARACTERS),
    }
    # Those of a field follow from the field.
    parts |= {f"reason {reason}": "" for reason in reasons_of(pipeline.event) if ":" not in reason}
    parts |= {f"field {field.name}": _field(field, pipeline.event) for field in pipeline.event.fields}
    for table in pipeline.tables:
        parts |= {
            f"table {table.name}": "",
            f"the query of table {table.name}": table.query,
            f"the kind of table {table.name}": str(table.kind),
            f"the key of table {table.name}": ", ".join(table.key),
            f"the window of table {table.name}": table.window,
        }
        parts |= {f"column {column.name} of table {table.name}": str(column.type) for column in table.columns}
    return {
        "pipeline": pipeline.name,
        "tables": {table.name: table.query for table in pipeline.tables},
        "parts": parts,
    }


def _field(field: EventField, event: Event) -> str:
    default = f", {field.default} if null" if field.default else ""
    return str(field.type) + default + (", the time" if field.name == event.time_field else "")


def hash_of(description: Description) -> str:
    """SHA-256 of a description, in hexadecimal."""
    text = json.dumps(description, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(text.encode("ascii")).hexdigest()


def difference(theirs: Description, ours: Description) -> str:
    """How a run's contract differs from this one, in words, such as `lacks field promo`.

    Raises:
        LookupError, TypeError, AttributeError: `theirs` is not a description.
    """
    was, now = theirs["parts"], ours["parts"]
    lacks = [name for name in now if name not in was and not _is_below(name, now, was)]
    has = [name for name in was if name not in now and not _is_below(name, was, now)]
    changed = [
        f"{name} as {was[name]}, now {now[name]}" for name in now if name in was and was[name] != now[name]
    ]
    words = [f"lacks {_listed(lacks)}"] if lacks else []
    words += [f"has {_listed(has)}, unknown here"] if has else []
    words += [f"has {_listed(changed)}"] if changed else []
    return " and ".join(words) or "has the same parts in another order"


def _is_below(name: str, entries: dict[str, str], others: dict[str, str]) -> bool:
    """Whether the entry is part of a table that the other contract does not have at all."""
    _, is_part, table = name.partition(" of table ")
    whole = f"table {table}"
    return bool(is_part) and whole in entries and whole not in others


def _listed(words: list[str]) -> str:
    more = f" and {len(words) - _SHOWN} more" if len(words) > _SHOWN else ""
    return ", ".join(words[:_SHOWN]) + more
