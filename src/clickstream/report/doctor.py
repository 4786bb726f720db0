"""What the doctor found: a line for each finding, with how to fix it below; or JSON.

The JSON is one object: `healthy` (no problem was found) and `findings`, each with `subject`, `health`
(`ok`, `warning`, `problem`), `sentence` and `fix` (how to fix it; empty if nothing is wrong).
"""

import json
from collections.abc import Sequence
from dataclasses import asdict

from rich.console import Group, RenderableType
from rich.text import Text

from clickstream.contract.diagnosis import Diagnosis, Health
from clickstream.report.commands import pasteable

_STYLES = {Health.OK: "green", Health.WARNING: "yellow", Health.PROBLEM: "bold red"}
_WIDTH = max(len(health) for health in Health)


def as_text(found: Sequence[Diagnosis]) -> RenderableType:
    """A line per finding, in the order in which they were looked at, and a last one that counts."""
    lines: list[Text] = []
    for each in found:
        head = f"{each.health:<{_WIDTH}}"
        lines.append(
            Text.assemble(
                (head, _STYLES[each.health]), "  ", (f"{each.subject}: ", "bold"), pasteable(each.sentence)
            )
        )
        lines += [
            Text.assemble(" " * _WIDTH, ("  → ", "bold"), step) for step in pasteable(each.fix).splitlines()
        ]
    return Group(*lines, Text(_summary(found)))


def as_json(found: Sequence[Diagnosis]) -> str:
    """One JSON object; the module says what is in it."""
    healthy = all(each.health is not Health.PROBLEM for each in found)
    return json.dumps({"healthy": healthy, "findings": [_pasteable(each) for each in found]}, indent=2)


def _pasteable(found: Diagnosis) -> dict[str, str]:
    return {**asdict(found), "sentence": pasteable(found.sentence), "fix": pasteable(found.fix)}


def _summary(found: Sequence[Diagnosis]) -> str:
    problems = sum(each.health is Health.PROBLEM for each in found)
    warnings = sum(each.health is Health.WARNING for each in found)
    ok = len(found) - problems - warnings
    return f"{_counted(problems, 'problem')}, {_counted(warnings, 'warning')}, {ok} OK"


def _counted(count: int, what: str) -> str:
    return f"{count} {what}{'' if count == 1 else 's'}"
