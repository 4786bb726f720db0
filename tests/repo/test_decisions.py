"""Every decision record has the four parts, and the records are numbered without a gap."""

import re
from pathlib import Path

import pytest

from repo.project import ROOT

RECORDS = sorted((ROOT / "docs" / "decisions").glob("*.md"))


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: record.name)
def test_a_record_has_status_context_decision_and_consequences(record: Path) -> None:
    parts = re.split(r"^## (.+)\n", record.read_text(), flags=re.MULTILINE)
    assert re.match(rf"# {record.name[:4]} \S", parts[0])
    assert parts[1::2] == ["Status", "Context", "Decision", "Consequences"]
    assert all(text.strip() for text in parts[2::2])


def test_the_records_are_numbered_without_a_gap() -> None:
    assert [record.name[:5] for record in RECORDS] == [f"{n:04d}-" for n in range(1, len(RECORDS) + 1)]
    assert RECORDS
