"""The folders of these settings, and where a run keeps its output and checkpoints."""

from pathlib import Path

from clickstream.contract.layout import Layout
from clickstream.settings import PathSettings


def layout_of(paths: PathSettings) -> Layout:
    """The run's layout, absolute: parts that run in the background see the same files."""
    return Layout(
        output=paths.output.expanduser().absolute() / paths.run_id,
        checkpoint=paths.checkpoint.expanduser().absolute() / paths.run_id,
    )


def folders_of(paths: PathSettings) -> dict[str, Path]:
    """The folders that a pipeline writes to, by setting."""
    return {"STATE_PATH": paths.state, "OUTPUT_PATH": paths.output, "CHECKPOINT_PATH": paths.checkpoint}
