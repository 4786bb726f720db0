"""Reading run.json: the one place that every command reads a run's terms through."""

import json
import re
from contextlib import suppress
from pathlib import Path

from clickstream.contract.definition.description import describe
from clickstream.contract.definition.pipeline import Pipeline
from clickstream.contract.run.layout import Layout, ways_out
from clickstream.contract.run.terms import RunTerms, other_contract, other_pipeline
from clickstream.errors import CheckpointMismatch

_PLAIN_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*")


class UnusableTerms(CheckpointMismatch):
    """A run.json that cannot be used: a sentence, and what to do about it.

    The sentence may quote the file: what cannot be printed in it is escaped.
    """

    def __init__(self, sentence: str, next_step: str) -> None:
        printable = "".join(each if each.isprintable() else ascii(each)[1:-1] for each in sentence)
        super().__init__(printable, next_step=next_step)


class OtherContract(UnusableTerms):
    """The run was written with another contract: other fields, tables, columns or rules."""


def read_terms(layout: Layout, pipeline: Pipeline) -> RunTerms | None:
    """The terms beside a run's output; None if no run has begun there.

    Raises:
        OtherContract: the run was written with another contract; says how that differs.
        UnusableTerms: the file cannot be read, or does not hold the terms of a run.
    """
    return _read(layout, pipeline, layout.output_terms_path(), layout.checkpoint_terms_path())


def read_checkpoint_terms(layout: Layout, pipeline: Pipeline) -> RunTerms | None:
    """The terms beside a run's checkpoints; otherwise as `read_terms`."""
    return _read(layout, pipeline, layout.checkpoint_terms_path(), layout.output_terms_path())


def written_run_id(layout: Layout) -> str | None:
    """The id of the run beside the output, of any contract; None if there is none."""
    with suppress(OSError, ValueError, LookupError, TypeError, RecursionError):
        return str(json.loads(layout.output_terms_path().read_text(encoding="utf-8"))["run_id"])
    return None


def written_tables(layout: Layout, pipeline: Pipeline) -> dict[str, str]:
    """The query of every table that this contract or the contract of the run has, by table name."""
    tables = {table.name: table.query for table in pipeline.tables}
    for path in (layout.output_terms_path(), layout.checkpoint_terms_path()):
        with suppress(OSError, ValueError, LookupError, TypeError, AttributeError, RecursionError):
            described = json.loads(path.read_text(encoding="utf-8"))["contract"]["tables"]
            # They name folders: a changed file must not lead anywhere else.
            tables |= {
                table: query
                for table, query in described.items()
                if _PLAIN_NAME.fullmatch(table) and _PLAIN_NAME.fullmatch(query)
            }
    return tables


def _read(layout: Layout, pipeline: Pipeline, path: Path, copy: Path) -> RunTerms | None:
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        raise _unusable(layout, path, copy, error) from error
    try:
        content = json.loads(text)
        ours = describe(pipeline)
        other = other_contract(content, ours) if isinstance(content, dict) else ""
        if not other:
            return RunTerms.from_json(text, ours)
    except (ValueError, RecursionError) as error:
        raise _unusable(layout, path, copy, error) from error
    next_step = (
        "Set PIPELINE to the pipeline that wrote the run, as FILE.py:NAME. Or set another RUN_ID."
        if other_pipeline(content, ours)
        else f"Start a new run with another RUN_ID. {ways_out(layout)}"
    )
    raise OtherContract(f"The run of {path} was written with {other}.", next_step)


def _unusable(layout: Layout, path: Path, copy: Path, error: Exception) -> UnusableTerms:
    why = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return UnusableTerms(
        f"{path} does not hold the terms of a run: {why}.",
        f"Copy {copy} to it. {ways_out(layout)}",
    )
