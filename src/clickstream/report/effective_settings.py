"""The effective settings, each with its origin: a table for people, JSON for machines."""

import json
from collections.abc import Sequence

from rich.markup import escape
from rich.table import Table

from clickstream.report.tables import markdown_table
from clickstream.settings import EffectiveSetting

_WITH_MEANINGS = 120
"""Columns from which on a meaning takes a line or two; with fewer it is left out, and values stay whole."""


def as_table(effective: Sequence[EffectiveSetting], width: int | None) -> Table:
    """A row per setting in the order of the pipeline; values that are not defaults are highlighted.

    Names are never cut, and long values are folded. `width` is in columns; None means no limit.
    """
    has_meanings = width is None or width >= _WITH_MEANINGS
    where = (
        "" if has_meanings else f"Meanings: docs/configuration.md, or here from {_WITH_MEANINGS} columns on."
    )
    table = Table(title="Settings", title_justify="left", caption=where, caption_justify="left")
    table.add_column("setting", no_wrap=True)
    table.add_column("value", overflow="fold")
    table.add_column("from", no_wrap=True)
    if has_meanings:
        table.add_column("meaning")
    group = effective[0].group if effective else ""
    for setting in effective:
        if setting.group != group:
            table.add_section()
            group = setting.group
        style = "" if setting.source == "default" else "bold"
        meaning = [escape(_first_sentence(setting.meaning))] if has_meanings else []
        table.add_row(setting.name, escape(setting.value), setting.source, *meaning, style=style)
    return table


def as_json(effective: Sequence[EffectiveSetting]) -> str:
    """An object of settings by name, each with `value`, `from` and `group`; values are strings."""
    content = {
        setting.name: {"value": setting.value, "from": setting.source, "group": setting.group}
        for setting in effective
    }
    return json.dumps(content, indent=2)


def as_markdown(effective: Sequence[EffectiveSetting]) -> str:
    """The table of settings as docs/configuration.md has it: name, value and meaning."""
    rows = (
        (f"`{each.name}`", f"`{each.value}`" if each.value else "", _one_line(each.meaning))
        for each in effective
    )
    return markdown_table(("setting", "default", "meaning"), rows)


def _one_line(meaning: str) -> str:
    return " ".join(meaning.split())


def _first_sentence(meaning: str) -> str:
    return _one_line(meaning).split(". ")[0].rstrip(".")
