"""Which broker `up` starts, and why: the choice is made once, and said."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from clickstream.contract.part_names import EMBEDDED_KAFKA, STREAM
from clickstream.errors import DockerFailed, RunInProgress, SettingInvalid
from clickstream.operate.parts.names import running, running_container
from clickstream.runtime.kafka.docker import EngineAnswer
from clickstream.runtime.kafka.redpanda import keeps_volume
from clickstream.settings import Settings

Backend = Literal["redpanda", "embedded", "external"]
_REDPANDA_MEMORY = "1536m"
"""The limit of its container in the compose file."""


@dataclass(frozen=True, slots=True)
class ChosenBackend:
    """A backend, and the end of the sentence that says why it is this one."""

    name: Backend
    reason: str


def chosen_backend(settings: Settings, ask_engine: Callable[[], EngineAnswer]) -> ChosenBackend:
    """The backend of these settings; `auto` stays with the broker that this folder has.

    What happens to run on the machine does not change it: a checkpoint's offsets are those of one broker's
    topic.

    Raises:
        SettingInvalid: a backend of the kit was chosen, and KAFKA_BOOTSTRAP_SERVERS names another broker.
        RunInProgress: another backend than the one that was asked for runs here.
    """
    wanted = settings.broker.backend
    if settings.broker.bootstrap_servers:
        if wanted in ("redpanda", "embedded"):
            raise SettingInvalid(
                "BROKER_BACKEND", wanted, "external or auto, or unset KAFKA_BOOTSTRAP_SERVERS"
            )
        return ChosenBackend("external", "KAFKA_BOOTSTRAP_SERVERS names it")
    here = _running_here(settings)
    if here is not None:
        if wanted not in ("auto", here):
            raise RunInProgress(
                f"BROKER_BACKEND={wanted} is set, but the {here} broker runs for this folder.",
                next_step="Stop it with `clickstream down`, or leave out the backend.",
            )
        return ChosenBackend(here, "it runs here")
    if wanted == "redpanda":
        return _redpanda_or_refusal(ask_engine(), "BROKER_BACKEND=redpanda is set")
    if wanted == "embedded":
        return ChosenBackend("embedded", "BROKER_BACKEND selects it")
    state = settings.paths.state.absolute()
    if keeps_volume(state):
        return _redpanda_or_refusal(ask_engine(), "its data is kept for this folder")
    if (state / "kafka" / "data").exists():
        return ChosenBackend("embedded", "its data is kept here")
    engine = ask_engine()
    return ChosenBackend("redpanda" if engine.ready else "embedded", engine.reason)


def _running_here(settings: Settings) -> Backend | None:
    if running(EMBEDDED_KAFKA, settings) is not None:
        return "embedded"
    return None if running_container(settings) is None else "redpanda"


def _redpanda_or_refusal(engine: EngineAnswer, why: str) -> ChosenBackend:
    if engine.ready:
        return ChosenBackend("redpanda", why)
    raise DockerFailed(
        f"Redpanda cannot be started, though {why}: {engine.reason}.",
        next_step="Start Docker, or use `clickstream up --backend embedded` with other folders.",
    )


def heaps_to_start(settings: Settings, backend: Backend | None, *, job: bool = True) -> list[str]:
    """How much memory the broker, and the job if `job`, may take as far as they do not run yet."""
    heaps = [settings.stream.driver_memory] if job and running(STREAM, settings) is None else []
    if backend == "embedded" and running(EMBEDDED_KAFKA, settings) is None:
        heaps.append(settings.runtime.embedded_kafka_memory)
    if backend == "redpanda":
        heaps.append(_REDPANDA_MEMORY)
    return heaps
