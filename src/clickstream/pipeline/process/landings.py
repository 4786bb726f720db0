"""What lands the batches of each query of a run."""

from collections.abc import Callable
from functools import partial

from clickstream.clock import Clock
from clickstream.contract.definition.pipeline import Pipeline
from clickstream.contract.definition.tables import QUERIES
from clickstream.contract.progress import BatchProgress
from clickstream.contract.run.layout import Layout
from clickstream.contract.run.terms import RunTerms
from clickstream.settings import SinkSettings
from clickstream.sinks.landing.micro_batch import Landing


def landings_of(
    pipeline: Pipeline,
    layout: Layout,
    terms: RunTerms,
    sink: SinkSettings,
    *,
    clock: Clock,
    on_batch: Callable[[BatchProgress], None],
    reached: Callable[[str, str], None],
) -> dict[str, Landing]:
    """What lands the batches, by query; for one start of the queries, as attempts do not share folders.

    `reached` is called with the query and each of `points.POINTS` in turn.
    """
    return {
        query: Landing(
            pipeline,
            query,
            run_id=terms.run_id,
            topic=terms.topic,
            layout=layout,
            settings=sink,
            clock=clock,
            on_batch=on_batch,
            reached=partial(reached, query),
        )
        for query in QUERIES
    }
