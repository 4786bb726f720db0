"""The topic from its beginning into a new run, and a verdict on that run."""

from collections.abc import Callable, Mapping
from pathlib import Path

from clickstream.broker.topics import describe_topic
from clickstream.check.findings import Verdict
from clickstream.clock import Clock
from clickstream.contract.run.layout import free_run_id
from clickstream.contract.stages import Stage
from clickstream.errors import ClickstreamError, Interrupted, UsageError
from clickstream.pipeline.broker_access import reached_broker
from clickstream.pipeline.run import layout_of
from clickstream.pipeline.verify.verify import verify_topic
from clickstream.runtime.java.jars import Progress
from clickstream.settings import BrokerSettings, Settings, load

_BEFORE_ANY_BATCH = frozenset({"run.json", "run.lock", "jvm.lock"})
"""Files that a start writes before its first batch: a replay that ended there can be started again."""


def replay_settings(run_id: str, flags: Mapping[str, object] | None = None) -> Settings:
    """The current settings for a new run that reads the topic from its beginning.

    Raises:
        UsageError: the id is that of the current run, or of another one that exists.
    """
    current = layout_of(load(flags)[0].paths)
    settings, _ = load({**(flags or {}), "RUN_ID": run_id, "KAFKA_STARTING_OFFSETS": "earliest"})
    layout = layout_of(settings.paths)
    instead = f"Use a new id: `clickstream replay --run-id {free_run_id(current)}`."
    if layout == current:
        raise UsageError(f"--run-id {run_id} is the current run (RUN_ID={run_id}).", next_step=instead)
    for folder in (layout.output, layout.checkpoint):
        if _has_begun(folder):
            raise UsageError(f"The run {run_id} already exists: {folder} is not empty.", next_step=instead)
    return settings


def replay(
    settings: Settings,
    job: Callable[[BrokerSettings], None],
    *,
    clock: Clock,
    stop_requested: Callable[[], bool],
    on_stage: Stage,
    on_download: Progress,
) -> Verdict:
    """Run a job with `replay_settings` over what the topic holds now, then check every landed row.

    Uses the broker of the settings, or the one that runs here; if there is none, starts the one that has
    left its data here, and stops it at the end.

    Raises:
        Interrupted: it was asked to stop before the verdict.
    """
    with reached_broker(settings, clock=clock, on_stage=on_stage, on_download=on_download) as broker:
        # The job creates a topic that is missing; there would be nothing to replay.
        describe_topic(broker)
        try:
            job(broker)
        except ClickstreamError as error:
            if _has_begun(layout_of(settings.paths).checkpoint):
                error.next_step = f"{error.next_step} {_how_to_finish(settings)}".strip()
            raise
        if stop_requested():
            raise Interrupted(
                f"The replay into {settings.paths.run_id} was interrupted.",
                next_step=_how_to_finish(settings),
            )
        on_stage("check every landed row …")
        return verify_topic(settings, broker, clock=clock, on_stage=on_stage)


def _has_begun(folder: Path) -> bool:
    return any(path.is_file() and path.name not in _BEFORE_ANY_BATCH for path in folder.rglob("*"))


def _how_to_finish(settings: Settings) -> str:
    run = f"RUN_ID={settings.paths.run_id} KAFKA_STARTING_OFFSETS=earliest"
    return (
        f"To finish the replay: `{run} clickstream stream --available-now`, then `{run} clickstream check`."
        f" Commands for this run need RUN_ID={settings.paths.run_id} before them."
    )
