"""The last verdict on a run, kept beside its batch records for commands that show it later."""

import json
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import datetime

from pydantic import TypeAdapter, ValidationError

from clickstream.check.findings import Verdict
from clickstream.clock import Clock
from clickstream.contract.run.layout import Layout
from clickstream.contract.run.run_file import written_run_id
from clickstream.sinks.durable import write_atomically

_VERSION = 1


@dataclass(frozen=True, slots=True)
class LastVerdict:
    """A verdict of a run, and when the check ended."""

    verdict_version: int
    run_id: str
    checked_at: datetime
    verdict: Verdict

    def batches_since(self, batches: dict[str, int]) -> int:
        """How many of these batches, counted by query, landed after the check looked."""
        checked = {query.query: query.batches for query in self.verdict.queries}
        return sum(max(0, count - checked.get(query, 0)) for query, count in batches.items())


_FILE = TypeAdapter(LastVerdict)


def just_made(layout: Layout, verdict: Verdict, clock: Clock) -> LastVerdict:
    """A verdict on this run that was made now."""
    return LastVerdict(_VERSION, written_run_id(layout) or "", clock.now(), verdict)


def keep_verdict(layout: Layout, verdict: Verdict, clock: Clock) -> None:
    """Write down a verdict that was made now; where the output cannot be written, it is only printed."""
    content = asdict(just_made(layout, verdict, clock))
    with suppress(OSError):
        write_atomically(layout.verdict_path(), json.dumps(content, default=str) + "\n")


def last_verdict(layout: Layout) -> LastVerdict | None:
    """The last verdict on this run; None if there is none, or its file cannot be read or is another run's."""
    try:
        found = _FILE.validate_json(layout.verdict_path().read_bytes())
    except (OSError, ValidationError):
        return None
    is_this_runs = found.verdict_version == _VERSION and found.run_id == written_run_id(layout)
    return found if is_this_runs else None
