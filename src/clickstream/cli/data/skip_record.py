"""`clickstream skip-record`: past a record that Spark cannot read."""

import re
from typing import TYPE_CHECKING, Annotated

import typer

from clickstream.cli.printing.stages import stages
from clickstream.cli.printing.terminal import show_text, tell
from clickstream.errors import UsageError

if TYPE_CHECKING:
    from clickstream.pipeline.process.skip_record import Place

_PLACE = re.compile(r"([0-9]{1,9}):([0-9]{1,18})(?:-([0-9]{1,18}))?")


def skip_record(
    places: Annotated[
        list[str],
        typer.Argument(metavar="PARTITION:OFFSET…", help="Name a record or range, such as 0:17-40."),
    ],
) -> None:
    """Skip records that Spark cannot read.

    The job's error names the partition and offset. The run lists the skipped records, and `check` reports
    them. Readable records of a range are not skipped. Stop the job first, and start it again afterwards.

    Example: clickstream skip-record 0:17
    """
    from clickstream.clock import SystemClock
    from clickstream.pipeline.process.skip_record import skip_records
    from clickstream.settings import load

    asked = [_place(text) for text in places]
    settings, _ = load()
    with stages() as on_stage:
        found = skip_records(
            settings, asked, clock=SystemClock(), on_stage=on_stage, on_download=on_stage.download
        )
    for record in found:
        show_text(
            f"skip partition {record.partition}, offset {record.offset}"
            f" (Kafka timestamp {record.timestamp_ms} ms)"
        )
    count = "this record" if len(found) == 1 else f"these {len(found):,} records"
    tell(f"The run skips {count} from its next start on.")


def _place(text: str) -> "Place":
    from clickstream.pipeline.process.skip_record import Place

    match = _PLACE.fullmatch(text)
    if match is None or (match[3] is not None and int(match[3]) < int(match[2])):
        raise UsageError(
            f"{text!r} is not PARTITION:OFFSET or PARTITION:FIRST-LAST.",
            next_step="Give it as the job's error names it, such as 0:17 or 0:17-40.",
        )
    return Place(int(match[1]), int(match[2]), int(match[3] or match[2]))
