"""The ledger in a few lines: a chain of equations, and a row per fault."""

from typing import Any

from rich.console import Console, Group

from clickstream.check.ledger_verdict import FaultAccount, LedgerVerdict
from clickstream.report.verdict.ledger import ledger

LATE = {"page_metrics": 3, "geo_metrics": 3, "sessions": 1}


def an_account(fault: str, **changed: Any) -> FaultAccount:
    counts = {"acknowledged": 0, "landed": 0, "rejected": 0, "not_read": 0}
    return FaultAccount(fault=fault, **{**counts, "late_dropped": dict.fromkeys(LATE, 0), **changed})


def a_ledger(*faults: FaultAccount, **changed: Any) -> LedgerVerdict:
    counts = {
        "producers": 1,
        "closed": 1,
        "running": 0,
        "produced": 1_100,
        "acknowledged": 1_100,
        "failed": 0,
        "in_topic": 1_100,
        "from_running": 0,
        "from_others": 0,
        "committed": 1_100,
        "landed": 1_000,
        "rejected": 100,
    }
    return LedgerVerdict(faults=faults, **{**counts, **changed})


def lines_of(found: LedgerVerdict) -> list[str]:
    console = Console(width=80, highlight=False)
    with console.capture() as captured:
        console.print(Group(*ledger(found)))
    return [line.rstrip() for line in captured.get().strip().split("\n")]


def test_all_equal_is_a_chain_of_three_lines():
    assert lines_of(a_ledger()) == [
        "Ledger of 1 producer",
        "  sent 1,100 = acknowledged 1,100",
        "  in the topic 1,100 = acknowledged 1,100",
        "  in the topic 1,100 = landed 1,000 + rejected 100",
    ]


def test_what_is_not_accounted_for_stands_as_a_summand_of_its_own():
    found = a_ledger(
        producers=3,
        running=1,
        produced=1_110,
        failed=4,
        in_topic=1_300,
        from_running=197,
        from_others=3,
        committed=1_100,
    )
    assert lines_of(found) == [
        "Ledger of 3 producers, 1 still sending, 1 ended without closing the ledger",
        "  sent 1,110 = acknowledged 1,100 + 4 failed + 6 not known",
        "  in the topic 1,300 = acknowledged 1,100",
        "    + 197 from a producer that is still running",
        "    + 3 from another producer or a killed one",
        "  in the topic 1,300 = landed 1,000 + rejected 100 + 200 not read",
    ]


def test_what_is_not_equal_is_not_written_so():
    lines = lines_of(a_ledger(in_topic=1_000, committed=1_000, landed=800))
    assert "  in the topic 1,000 ≠ acknowledged 1,100" in lines
    assert "  in the topic 1,000 ≠ landed 800 + rejected 100" in lines


def test_kinds_of_a_fault_share_a_row():
    lines = lines_of(
        a_ledger(
            an_account("late", acknowledged=9, landed=7, not_read=2, late_dropped=LATE),
            an_account("malformed:empty", acknowledged=60, rejected=60),
            an_account("malformed:truncated", acknowledged=41, rejected=40, not_read=1),
        )
    )
    rows = [line.strip("│ ").replace("│", " ").split() for line in lines if line.startswith("│")]
    assert rows == [["late", "9", "7", "0", "2", "1", "to", "3"], ["malformed", "101", "0", "100", "1", "-"]]
    assert max(map(len, lines)) <= 80
