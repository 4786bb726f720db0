"""The doctor's findings in words, and as JSON."""

import io
import json

from rich.console import Console

from clickstream.contract.diagnosis import Diagnosis, Health
from clickstream.report.doctor import as_json, as_text

WELL = Diagnosis("Java", Health.OK, "Java 17 in /jvm.")
LOW = Diagnosis("memory", Health.WARNING, "1 GB is free.", "free some")
BROKEN = Diagnosis("ports", Health.PROBLEM, "X_PORT=9 is held by java (pid 7).", "kill 7 [now]")


def shown(*found: Diagnosis) -> list[str]:
    out = io.StringIO()
    Console(file=out, width=200, highlight=False).print(as_text(found))
    return out.getvalue().splitlines()


def test_each_finding_is_a_line_with_its_command_below_and_a_count_at_the_end() -> None:
    assert shown(WELL, LOW, BROKEN) == [
        "ok       Java: Java 17 in /jvm.",
        "warning  memory: 1 GB is free.",
        "         → free some",
        "problem  ports: X_PORT=9 is held by java (pid 7).",
        "         → kill 7 [now]",
        "1 problem, 1 warning, 1 OK",
    ]


def test_the_last_line_counts_in_plain_words() -> None:
    assert shown(WELL)[-1] == "0 problems, 0 warnings, 1 OK"
    assert shown(WELL, LOW, WELL)[-1] == "0 problems, 1 warning, 2 OK"


def test_the_json_has_every_finding_and_whether_something_must_be_mended() -> None:
    assert json.loads(as_json([WELL, LOW]))["healthy"] is True
    told = json.loads(as_json([WELL, BROKEN]))
    assert told["healthy"] is False
    assert told["findings"][1] == {
        "subject": "ports",
        "health": "problem",
        "sentence": "X_PORT=9 is held by java (pid 7).",
        "fix": "kill 7 [now]",
    }
