"""A plan of repair for people: what is landed anew, what is lost, and how to read the topic once more."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime

from clickstream.check.repair_plan import Loss, Remedy, RepairPlan

_REASONS_SHOWN = 3


def plan(found: RepairPlan, run_id: str) -> str:
    """Everything that is damaged, line by line; ends with commands where something is lost."""
    return "\n".join(_lines(found, run_id))


def done(found: RepairPlan) -> str:
    """What was landed anew, in one sentence, and what it is worth."""
    batches = sum(len(remedy.records) for remedy in found.remedies if remedy.rows)
    records = sum(not remedy.rows for remedy in found.remedies)
    said = []
    if found.removals:
        said.append(f"{_count(len(found.removals), 'useless record', 'useless records')} removed.")
    if found.leftovers:
        said.append(f"{_count(len(found.leftovers), 'file', 'files')} removed that no record names.")
    if records:
        said.append(
            f"{_count(records, 'lost record', 'lost records')} written anew, with the job's own files."
        )
    if batches:
        whose = "rows put there by the checker itself, not proved"
        said.append(f"{_count(batches, 'batch', 'batches')} repaired: {whose}.")
    return " ".join([*said, "See it with `clickstream check`."])


def _lines(found: RepairPlan, run_id: str) -> Iterator[str]:
    if found.is_empty:
        yield "Nothing is damaged: every record and every file is as it landed."
        return
    for remedy in found.remedies:
        what = f"to be landed anew, {_rows(remedy)}" if remedy.rows else "its record to be written anew"
        yield f"{_batches(remedy.query, remedy.first, remedy.last)}: {what}"
        yield from _reasons(remedy.why)
        if not remedy.rows:
            yield "    The job's files are there, and hold what the topic gives."
    for removal in found.removals:
        yield f"{removal.path.name} of {removal.query}: to be removed"
        yield from _reasons((removal.why,))
    yield from (f"{path}: no record names it: to be removed" for path in found.leftovers)
    for loss in found.losses:
        yield f"{_batches(loss.query, loss.first, loss.last)}: lost, {', '.join(loss.tables)}"
        yield f"    {loss.why}"
        yield from (f"    {what}" for what in _what_is_lost(loss))
    if found.losses and found.gone:
        yield (
            "What is lost cannot be put back here: point KAFKA_BOOTSTRAP_SERVERS at the broker that has the"
            " run's topic, or keep what landed as it is, and begin a new run with another RUN_ID."
        )
    elif found.losses:
        yield "What is lost cannot be put back here. To read the topic once more, into another output:"
        yield from (f"    {command}" for command in _replay(found, run_id))


def _rows(remedy: Remedy) -> str:
    return ", ".join(
        f"{_count(rows, 'row', 'rows')} of {table}" for table, rows in remedy.row_counts().items()
    )


def _batches(query: str, first: int, last: int) -> str:
    return f"{query}, batch {first}" if first == last else f"{query}, batches {first} to {last}"


def _reasons(sentences: tuple[str, ...]) -> Iterator[str]:
    yield from (f"    {sentence}" for sentence in sentences[:_REASONS_SHOWN])
    if len(sentences) > _REASONS_SHOWN:
        yield f"    … and {len(sentences) - _REASONS_SHOWN:,} more; `clickstream check` names all"


def _what_is_lost(loss: Loss) -> Iterable[str]:
    for partition, (start, end) in loss.offsets.items():
        if end is None:
            yield f"partition {partition}: offsets from {start:,} on"
        elif start < end:
            yield f"partition {partition}: offsets {start:,} to {end - 1:,}"
    if loss.windows_ms is not None:
        low, high = loss.windows_ms
        if low < high:
            after = "all windows that ended" if not low else f"windows that ended after {_moment(low)} and"
            yield f"{after} not after {_moment(high)}"
        else:
            yield "no window: the watermark did not move"


def _replay(found: RepairPlan, run_id: str) -> Iterator[str]:
    chosen = f"RUN_ID={run_id}-replayed KAFKA_TOPIC={found.terms.topic} KAFKA_STARTING_OFFSETS=earliest"
    yield f"{chosen} clickstream stream --available-now"
    yield f"{chosen} clickstream check"


def _count(number: int, one: str, many: str) -> str:
    return f"{number:,} {one if number == 1 else many}"


def _moment(epoch_ms: int) -> str:
    try:
        moment = datetime.fromtimestamp(epoch_ms / 1_000, UTC)
    except (ValueError, OverflowError, OSError):
        return f"{epoch_ms} ms"
    return moment.isoformat(timespec="milliseconds").removesuffix("+00:00") + "Z"
