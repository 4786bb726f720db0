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
"""JSON's own types; the order of fields, tables and columns counts."""

_SHOWN = 5


def describe(pipeline: Pipeline, version: int = RULES_VERSION) -> Description:
    """Everything that decides which rows land and what they look like."""
    return {
        "pipeline": pipeline.name,
        "version of the rules": version,
        "limits": {
            "largest number": event.NUMBER_LIMIT,
            "levels of nesting": event.MAX_NESTING_LEVELS,
            "characters of a number": event.MAX_NUMBER_CHARACTERS,
            "characters of a name": event.MAX_NAME_CHARACTERS,
        },
        # Those of a field follow from the field.
        "reasons": [reason for reason in reasons_of(pipeline.event) if ":" not in reason],
        "fields": {field.name: _field(field, pipeline.event) for field in pipeline.event.fields},
        "tables": {
            table.name: {
                "query": table.query,
                "kind": str(table.kind),
                "key": list(table.key),
                "window": table.window,
                "columns": {column.name: str(column.type) for column in table.columns},
            }
            for table in pipeline.tables
        },
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
    was, now = _entries(theirs), _entries(ours)
    lacks = [name for name in now if name not in was and not _is_below(name, now, was)]
    has = [name for name in was if name not in now and not _is_below(name, was, now)]
    changed = [
        f"{name} as {was[name]}, now {now[name]}" for name in now if name in was and was[name] != now[name]
    ]
    words = [f"lacks {_listed(lacks)}"] if lacks else []
    words += [f"has {_listed(has)}, unknown here"] if has else []
    words += [f"has {_listed(changed)}"] if changed else []
    return " and ".join(words) or "has the same parts in another order"


def _entries(description: Description) -> dict[str, str]:
    """Every part of a description by its name in words; tables before their columns."""
    entries = {"the version of the rules": str(description["version of the rules"])}
    entries |= {f"the limit {name!r}": str(value) for name, value in description["limits"].items()}
    entries |= {f"reason {reason}": "" for reason in description["reasons"]}
    entries |= {f"field {name}": str(kind) for name, kind in description["fields"].items()}
    for table, parts in description["tables"].items():
        entries[f"table {table}"] = ""
        entries[f"the query of table {table}"] = str(parts["query"])
        entries[f"the key of table {table}"] = ", ".join(parts["key"])
        entries[f"the kind of table {table}"] = str(parts["kind"])
        # Runs of version 0.1 do not say it.
        entries |= {f"the window of table {table}": str(parts["window"])} if "window" in parts else {}
        entries |= {f"column {name} of table {table}": str(kind) for name, kind in parts["columns"].items()}
    return entries


def _is_below(name: str, entries: dict[str, str], others: dict[str, str]) -> bool:
    """Whether the entry is part of a table that the other contract does not have at all."""
    _, is_part, table = name.partition(" of table ")
    whole = f"table {table}"
    return bool(is_part) and whole in entries and whole not in others


def _listed(words: list[str]) -> str:
    more = f" and {len(words) - _SHOWN} more" if len(words) > _SHOWN else ""
    return ", ".join(words[:_SHOWN]) + more
