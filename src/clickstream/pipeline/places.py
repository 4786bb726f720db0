"""Where a run of these settings keeps its output and checkpoints."""

from clickstream.contract.layout import Layout
from clickstream.settings import PathSettings


def layout_of(paths: PathSettings) -> Layout:
    """The run's layout, absolute: parts that run in the background see the same files."""
    return Layout(
        output=paths.output.expanduser().absolute() / paths.run_id,
        checkpoint=paths.checkpoint.expanduser().absolute() / paths.run_id,
    )
