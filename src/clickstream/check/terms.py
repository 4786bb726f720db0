"""The terms of the run that a command reads, with lengths that can be computed with."""

from clickstream.contract.definition.pipeline import Pipeline
from clickstream.contract.run.layout import Layout
from clickstream.contract.run.run_file import UnusableTerms, read_terms
from clickstream.contract.run.terms import RunTerms
from clickstream.duration import LONGEST_MS
from clickstream.errors import CouldNotCheck


def terms_of(layout: Layout, pipeline: Pipeline) -> RunTerms:
    """The terms of the run that has landed here.

    Raises:
        CouldNotCheck: no run has landed here, its terms cannot be used, or it was written with another
            contract.
    """
    path = layout.output_terms_path()
    try:
        terms = read_terms(layout, pipeline)
    except UnusableTerms as error:
        raise CouldNotCheck(error.sentence, next_step=error.next_step) from error
    if terms is None:
        raise CouldNotCheck(
            f"Nothing has landed in {layout.output}: {path} does not exist.",
            next_step="Run the job first (clickstream stream --available-now), or set OUTPUT_PATH and RUN_ID "
            "to a run.",
        )
    lengths = terms.windows_ms.values()
    delays = (terms.watermark_delay_ms, terms.future_tolerance_ms)
    if min(lengths) <= 0 or min(delays) < 0 or max(*lengths, *delays) > LONGEST_MS:
        raise CouldNotCheck(
            f"The run's terms in {path} have an invalid window or delay: zero, negative, or longer than 100"
            " years.",
            next_step=f"Copy {layout.checkpoint_terms_path()} to it.",
        )
    return terms
