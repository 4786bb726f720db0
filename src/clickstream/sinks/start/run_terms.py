"""The terms of a run: written at the first start, and compared at every later one."""

import shlex

from clickstream.contract.definition.description import describe
from clickstream.contract.definition.pipeline import Pipeline
from clickstream.contract.definition.tables import QUERIES
from clickstream.contract.run.layout import Layout, free_run_id, ways_out
from clickstream.contract.run.run_file import read_checkpoint_terms, read_terms
from clickstream.contract.run.terms import RunTerms
from clickstream.duration import Duration
from clickstream.errors import CheckpointMismatch
from clickstream.sinks.durable import write_atomically, writing
from clickstream.sinks.start.checkpoint_files import refuse_damaged
from clickstream.sinks.start.same_run import first_mismatch

_SETTINGS: dict[str, str] = {
    "topic": "KAFKA_TOPIC",
    "starting_offsets": "KAFKA_STARTING_OFFSETS",
    "watermark_delay_ms": "WATERMARK_DELAY",
    "future_tolerance_ms": "FUTURE_TOLERANCE",
    "shuffle_partitions": "SPARK_SQL_SHUFFLE_PARTITIONS",
}


def claim(layout: Layout, terms: RunTerms, pipeline: Pipeline) -> RunTerms:
    """Begin a run on these terms, or continue the run that began here if it has the same terms.

    Call it while the checkpoint is `held` (run_lock.py). It writes the terms to the output first and then to
    the checkpoint; the next start completes what a crash between the two left.

    Args:
        layout: the run's paths; the folders are created.
        terms: what this start was asked for, with a new run_id.
        pipeline: what the run computes.

    Returns:
        The terms of the run, with the run_id that it began with.

    Raises:
        CheckpointMismatch: the run was written with another contract, a term differs, or output and
            checkpoint are not of one run.
        CheckpointDamaged: a file of the checkpoint that the run continues from cannot be read.
        FolderNotWritable: a folder cannot be written.
    """
    contract = describe(pipeline)
    begun = begun_run(layout, terms, pipeline)
    if begun is None:
        begun = terms
        with writing(layout.output):
            write_atomically(layout.output_terms_path(), begun.to_json(contract))
    with writing(layout.checkpoint):
        if not layout.checkpoint_terms_path().exists():
            write_atomically(layout.checkpoint_terms_path(), begun.to_json(contract))
    return begun


def begun_run(layout: Layout, terms: RunTerms, pipeline: Pipeline) -> RunTerms | None:
    """The run that began here, if these terms may continue it; None if no run has begun. Writes nothing.

    It may be called while a job runs on the checkpoint. Without a topic id in `terms`, the topic is not
    compared.

    Raises:
        CheckpointMismatch: a term differs, or output and checkpoint are not of one run.
        CheckpointDamaged: a file of the checkpoint that the run continues from cannot be read.
        FolderNotWritable: a folder cannot be read.
    """
    with writing(layout.output):
        in_output = read_terms(layout, pipeline)
    with writing(layout.checkpoint):
        in_checkpoint = read_checkpoint_terms(layout, pipeline)
    begun = in_checkpoint or in_output
    if begun is None:
        _refuse_unclaimed(layout)
        return None
    if in_output is None:
        raise _mismatch(
            layout, f"the checkpoint {layout.checkpoint} has no output of its run in {layout.output}"
        )
    if in_checkpoint is not None and in_checkpoint.run_id != in_output.run_id:
        raise _mismatch(
            layout,
            f"the checkpoint {layout.checkpoint} is of run {in_checkpoint.run_id},"
            f" the output {layout.output} of run {in_output.run_id}",
        )
    if in_checkpoint is None and _has_landed(layout):
        raise _mismatch(
            layout,
            f"the output {layout.output} has landed batches, the checkpoint {layout.checkpoint} is gone",
        )
    _refuse_other_terms(begun, terms, layout, pipeline)
    refuse_damaged(layout, len(pipeline.windowed_tables))
    with writing(layout.output):
        mismatch = first_mismatch(layout)
    if mismatch is not None:
        raise _mismatch(layout, mismatch)
    return begun


def _refuse_unclaimed(layout: Layout) -> None:
    """Refuse a checkpoint or landed batches without terms: their run is unknown."""
    if any((path / "offsets").exists() for path in layout.checkpoint.glob("*/")):
        raise _mismatch(layout, f"the checkpoint {layout.checkpoint} does not name its run")
    if _has_landed(layout):
        raise _mismatch(layout, f"the output {layout.output} does not name its run")


def _has_landed(layout: Layout) -> bool:
    return any(layout.record_paths(query) for query in QUERIES)


def _refuse_other_terms(begun: RunTerms, asked: RunTerms, layout: Layout, pipeline: Pipeline) -> None:
    both = [(setting, _worded(begun, name), _worded(asked, name)) for name, setting in _SETTINGS.items()]
    for table in pipeline.windowed_tables:
        before, asked_for = (Duration(terms.windows_ms[table.name]) for terms in (begun, asked))
        both.append((table.window, str(before), str(asked_for)))
    for setting, was, now in both:
        if was != now:
            raise CheckpointMismatch(
                f"{setting} is {now}, but the checkpoint {layout.checkpoint} began with {was}.",
                next_step=f"Set {setting} to {was} again, or use {now} in a new run:"
                # With the value, which may have been given to only one command.
                f" `{setting}={shlex.quote(now)} {_new_run(setting, layout)}`.",
            )
    # A broker that cannot tell gives no topic id: then there is nothing to compare.
    if begun.topic_id and asked.topic_id and begun.topic_id != asked.topic_id:
        raise CheckpointMismatch(
            f"The topic {asked.topic} was deleted and created again since the checkpoint"
            f" {layout.checkpoint} was begun: its id is {asked.topic_id}, it was {begun.topic_id}.",
            next_step=f"Read the new topic into a new run: `{_new_run('KAFKA_TOPIC', layout)}`.",
        )


def _worded(terms: RunTerms, name: str) -> str:
    value = getattr(terms, name)
    return str(Duration(value)) if name.endswith("_ms") else str(value)


def _new_run(setting: str, layout: Layout) -> str:
    new = free_run_id(layout)
    if setting == _SETTINGS["starting_offsets"]:  # a replay always begins at the topic's beginning
        return f"RUN_ID={new} clickstream stream"
    return f"clickstream replay --run-id {new}"


def _mismatch(layout: Layout, what: str) -> CheckpointMismatch:
    return CheckpointMismatch(
        f"The output and the checkpoint do not belong together: {what}.",
        next_step=f"Restore both from the same backup.\n{ways_out(layout)}",
    )
