"""The page about faults names every fault there is, in the words of the code."""

from clickstream.report.torture import faults_markdown
from clickstream.torture.rounds import FAULTS
from repo.project import ROOT


def test_the_table_of_faults_is_the_one_that_the_command_line_prints() -> None:
    table = faults_markdown({fault.name: fault.promise for fault in FAULTS})
    assert table in (ROOT / "docs" / "faults.md").read_text()


def test_every_fault_says_what_must_come_of_it() -> None:
    assert [fault.name for fault in FAULTS if len(fault.promise) < 20] == []
