"""In which settings a running part differs from those of now, and which command applies these."""

import shlex
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import count

from clickstream.contract.diagnosis import first_refusal
from clickstream.contract.part_names import BROKER, EMBEDDED_KAFKA, PRODUCER, REDPANDA, SPARK_MASTER, STREAM
from clickstream.contract.progress import Differences, RunningPart, SettingDifference
from clickstream.contract.run.layout import Layout
from clickstream.errors import ClickstreamError, UsageError
from clickstream.operate.parts.names import running
from clickstream.operate.parts.used_settings import flags_in, run_of, used_by, values_for, way_of
from clickstream.pipeline.run import layout_of
from clickstream.pipeline.start.start_checks import run_checks
from clickstream.runtime.kafka.docker import StartedContainer
from clickstream.runtime.processes.started import StartedProcess
from clickstream.settings import OF_THIS_MACHINE, Settings, given_in_environment, shown

_PORTS = {EMBEDDED_KAFKA: "EMBEDDED_KAFKA_PORT", REDPANDA: "REDPANDA_PORT"}


def differences(
    part: StartedProcess | StartedContainer, settings: Settings, given: Mapping[str, str] | None = None
) -> Differences:
    """The settings that would change if a part was started again now, with these flags besides its own."""
    flags = dict(given or {})
    found = _of_port(part, settings)
    if isinstance(part, StartedProcess):
        now = values_for(part.name, settings, {**flags_in(part.command), **flags})
        found += [
            SettingDifference(name, shown(part.settings[name]), shown(value))
            for name, value in now.items()
            if part.settings.get(name, value) != value
        ]
    if not found:
        return Differences()
    names = {each.name for each in found}
    why = _needs_new_run(names, settings) if part.name == STREAM else ""
    # With the values of the environment, which may have been given to only one command.
    values = given_in_environment(names | (used_by(part.name) - OF_THIS_MACHINE) | {"STATE_PATH"})
    if why:
        values["RUN_ID"] = _new_run_id(settings)
    steps = ["down", _up_again(settings)]
    if part.name in (PRODUCER, STREAM) and not why:
        steps = [f"restart {part.name}{''.join(f' {flag} {value}' for flag, value in flags.items())}"]
    elif part.name == EMBEDDED_KAFKA and _PORTS[EMBEDDED_KAFKA] not in names:
        steps = ["restart broker"]
    before = "".join(f"{name}={shlex.quote(value)} " for name, value in values.items())
    return Differences(tuple(found), " && ".join(f"{before}clickstream {step}" for step in steps), why)


def run_that_runs(settings: Settings) -> Layout | None:
    """The run that the job writes which runs here; None if none runs."""
    job = running(STREAM, settings)
    return None if job is None else run_of(job.settings)


def writes_elsewhere(settings: Settings) -> str:
    """A sentence if the job that runs here lands in another folder than these settings name, or empty."""
    run, here = run_that_runs(settings), layout_of(settings.paths)
    if run is None or run.output == here.output:
        return ""
    return f"The running job writes to {run.output}, not to {here.output} (OUTPUT_PATH, RUN_ID)."


def as_they_run(
    parts: Sequence[RunningPart], settings: Settings, given: Mapping[str, str]
) -> list[RunningPart]:
    """The parts, each with the values that it runs with, and how these differ from the settings of now."""
    return [_as_it_runs(part, settings, given) for part in parts]


def _as_it_runs(part: RunningPart, settings: Settings, given: Mapping[str, str]) -> RunningPart:
    state = settings.paths.state
    written = StartedProcess.load(part.name, state) or StartedContainer.load(part.name, state)
    if written is None:
        return part
    if isinstance(written, StartedProcess):
        address = written.address or way_of(written, settings)
        run = run_of(written.settings)
        part = replace(part, address=address, writes_to=None if run is None else run.output)
    if part.started_now:
        return part
    flags = given if part.name == PRODUCER else {}
    return replace(part, differences=differences(written, settings, flags))


def _of_port(part: StartedProcess | StartedContainer, settings: Settings) -> list[SettingDifference]:
    """A port differs only if another one is given: a default does not move a part that runs."""
    name = _PORTS.get(part.name)
    given = settings.runtime.given_port(name.lower()) if name else None
    runs_with = part.address.rpartition(":")[2]
    if name is None or not given or str(given) == runs_with:
        return []
    return [SettingDifference(name, runs_with, str(given))]


def _needs_new_run(names: set[str], settings: Settings) -> str:
    """Why the job's run cannot continue with the settings of now; empty if it can."""
    try:
        first_refusal(run_checks(settings, landed=False))
    except UsageError as refused:
        return refused.sentence
    except ClickstreamError:
        return ""  # the restart itself will say what is missing
    if "KAFKA_BOOTSTRAP_SERVERS" in names and layout_of(settings.paths).checkpoint_terms_path().exists():
        return "The offsets of its checkpoint are those of the other broker's topic."
    return ""


def _new_run_id(settings: Settings) -> str:
    layout, stem = layout_of(settings.paths), settings.paths.run_id[:60]
    candidates = (f"{stem}-{number}" for number in count(2))
    return next(run_id for run_id in candidates if not layout.of_run(run_id).is_there())


def _up_again(settings: Settings) -> str:
    """The command that starts the same parts with the flags that they had: `down` forgets them."""
    recorded = {part.name: part for part in StartedProcess.load_all(settings.paths.state)}
    parts = [name for name in (PRODUCER, STREAM) if name in recorded]
    words = ["up", *([] if len(parts) == 2 else parts or [BROKER])]
    if PRODUCER in recorded:
        words += [word for flag in flags_in(recorded[PRODUCER].command).items() for word in flag]
    if {SPARK_MASTER, STREAM} <= recorded.keys():
        words += ["--spark", "standalone"]
    return " ".join(words)
