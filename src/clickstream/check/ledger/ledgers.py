"""The ledgers that producers left of the run's topic: read, and classified as closed, open or abandoned."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from clickstream.check.findings import Code, Finding, Severity
from clickstream.contract.ledger import LedgerOpening, SentLedger, read_ledger
from clickstream.contract.run.terms import RunTerms

StillRuns = Callable[[LedgerOpening, Path], bool]
"""Whether the producer that opened the ledger in a file is alive."""

WITHOUT_ACKS = "0"
"""Under this MSG_ACKS an acknowledgement says only that a record was sent."""


@dataclass(frozen=True, slots=True)
class Ledgers:
    """The ledgers of one topic, those of them whose producers still send, and what is wrong with ledgers."""

    ledgers: list[SentLedger]
    running: list[SentLedger]
    findings: list[Finding]

    @property
    def closed(self) -> int:
        """How many producers have accounted for every record."""
        return sum(ledger.closed for ledger in self.ledgers)

    @property
    def are_complete(self) -> bool:
        """Whether the ledgers have every record of these producers, with acknowledgements that mean one."""
        sound = not any(finding.code is Code.LEDGER_UNREADABLE for finding in self.findings)
        return sound and all(ledger.closed and acknowledges(ledger) for ledger in self.ledgers)


def acknowledges(ledger: SentLedger) -> bool:
    """Whether an acknowledged record must be in the topic."""
    return ledger.opening.acks != WITHOUT_ACKS


def read_ledgers(folder: Path, terms: RunTerms, still_runs: StillRuns) -> Ledgers:
    """Read the ledgers of the run's topic; those of other topics, and of one of this name before, are none.

    To be called before the topic is asked for its offsets: what is acknowledged by now is in it then.
    """
    ledgers: list[SentLedger] = []
    findings: list[Finding] = []
    running: list[SentLedger] = []
    for path in sorted(folder.glob("*.jsonl")):
        name = f"{folder.name}/{path.name}"
        try:
            ledger = read_ledger(path.read_bytes())
        except (OSError, ValueError) as error:
            findings.append(
                Finding(
                    Code.LEDGER_UNREADABLE,
                    f"The ledger {name} cannot be read, so what was sent cannot be balanced: {error}.",
                    file=name,
                )
            )
            continue
        if ledger is None or not _is_of(ledger.opening, terms):
            continue
        ledgers.append(ledger)
        if ledger.closed:
            continue
        if still_runs(ledger.opening, path):
            running.append(ledger)
        else:
            findings.append(_abandoned(ledger, name))
    return Ledgers(ledgers, running, findings)


def _is_of(opening: LedgerOpening, terms: RunTerms) -> bool:
    told_apart = opening.topic_id and terms.topic_id
    return opening.topic == terms.topic and (not told_apart or opening.topic_id == terms.topic_id)


def _abandoned(ledger: SentLedger, name: str) -> Finding:
    return Finding(
        Code.LEDGER_OPEN,
        f"The producer of {ledger.opening.started_at} ended without closing its ledger {name}: what it sent "
        f"after its first {ledger.sent.acknowledged:,} acknowledged records is not accounted for.",
        Severity.WARNING,
        file=name,
    )
