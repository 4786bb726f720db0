"""The effective settings, each with its origin: a table for people, JSON for machines."""

import json
from collections.abc import Sequence

from rich.markup import escape
from rich.table import Table

from clickstream.settings import EffectiveSetting


def as_table(effective: Sequence[EffectiveSetting]) -> Table:
    """A row per setting in street order; what is not a default stands out."""
    table = Table("setting", "value", "from", "meaning", title="Settings", title_justify="left")
    group = effective[0].group if effective else ""
    for setting in effective:
        if setting.group != group:
            table.add_section()
            group = setting.group
        style = "" if setting.source == "default" else "bold"
        table.add_row(
            setting.name,
            escape(setting.value),
            setting.source,
            escape(_first_sentence(setting.meaning)),
            style=style,
        )
    return table


def as_json(effective: Sequence[EffectiveSetting]) -> str:
    """An object of settings by name, each with `value`, `from` and `group`; values are strings."""
    content = {
        setting.name: {"value": setting.value, "from": setting.source, "group": setting.group}
        for setting in effective
    }
    return json.dumps(content, indent=2)


def as_markdown(effective: Sequence[EffectiveSetting]) -> str:
    """The table of settings as docs/configuration.md has it: name, value, meaning, in street order."""
    rows = ["| setting | default | meaning |", "|---|---|---|"]
    for setting in effective:
        value = f"`{setting.value}`" if setting.value else ""
        rows.append(f"| `{setting.name}` | {value} | {_one_line(setting.meaning)} |")
    return "\n".join(rows)


def _one_line(meaning: str) -> str:
    return " ".join(meaning.split())


def _first_sentence(meaning: str) -> str:
    return _one_line(meaning).split(". ")[0].rstrip(".")
