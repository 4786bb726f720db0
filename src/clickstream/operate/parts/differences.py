"""In which settings a running part differs from those of now, and which command applies these."""

import shlex
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import count

from clickstream.contract.diagnosis import first_refusal
from clickstream.contract.part_names import (
    BROKER,
    CLUSTER,
    EMBEDDED_KAFKA,
    PRODUCER,
    REDPANDA,
    SPARK_MASTER,
    STREAM,
)
from clickstream.contract.progress import Differences, RunningPart, SettingDifference
from clickstream.contract.run.layout import Layout
from clickstream.errors import ClickstreamError, UsageError
from clickstream.operate.parts.names import running
from clickstream.operate.parts.used_settings import flags_in, run_of, used_by, values_for, way_of
from clickstream.pipeline.run import layout_of
from clickstream.pipeline.start.start_checks import run_checks
from clickstream.runtime.kafka.containers import StartedContainer
from clickstream.runtime.processes.started import StartedProcess
from clickstream.settings import OF_THIS_MACHINE, Settings, given_in_environment, shown

_PORTS = {EMBEDDED_KAFKA: "EMBEDDED_KAFKA_PORT", REDPANDA: "REDPANDA_PORT"}


def differences(
    part: StartedProcess | StartedContainer, settings: Settings, given: Mapping[str, str] | None = None
) -> Differences:
    """The settings that would change if a part was started again now, with these flags besides its own."""
    flags = dict(given or {})
    found = list(_of_port(part, settings))
    if isinstance(part, StartedProcess):
        found += _of_values(part, settings, {**flags_in(part.command), **flags})
    if not found:
        return Differences()
    names = {each.name for each in found}
    apply, why = _command(part.name, names, settings, flags)
    used = used_by(part.name, part.settings if isinstance(part, StartedProcess) else {})
    return Differences(
        tuple(found), _with_values(apply, names | (used - OF_THIS_MACHINE) | {"STATE_PATH"}), why
    )


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


def _of_values(part: StartedProcess, settings: Settings, flags: Mapping[str, str]) -> list[SettingDifference]:
    before = part.settings
    if not before:
        return []
    now = values_for(settings, flags, before)
    names = used_by(part.name, before) | used_by(part.name, now)
    return [
        _difference(name, before[name], now[name])
        for name in now
        if name in names and name in before and name not in _PORTS.values() and before[name] != now[name]
    ]


def _of_port(part: StartedProcess | StartedContainer, settings: Settings) -> list[SettingDifference]:
    """A port differs only if another one is given: a default does not move a part that runs."""
    name = _PORTS.get(part.name)
    given = settings.runtime.given_port(name.lower()) if name else None
    runs_with = part.address.rpartition(":")[2]
    if name is None or not given or str(given) == runs_with:
        return []
    return [SettingDifference(name, runs_with, str(given))]


def _difference(name: str, before: str, now: str) -> SettingDifference:
    runs_with, worded = shown(before), shown(now)
    return SettingDifference(name, runs_with, "another value" if worded == runs_with else worded)


def _command(part: str, names: set[str], settings: Settings, flags: Mapping[str, str]) -> tuple[str, str]:
    words = "".join(f" {flag} {value}" for flag, value in flags.items())
    match part:
        case _ if part == PRODUCER:
            return f"clickstream restart producer{words}", ""
        case _ if part == STREAM:
            return _of_job(names, settings)
        case _ if part == EMBEDDED_KAFKA and "EMBEDDED_KAFKA_PORT" not in names:
            return "clickstream restart broker", ""
        case _:
            return _all_again(settings), ""


def _with_values(apply: str, names: Iterable[str]) -> str:
    """The command with the values of the environment, which may have been given to only one command."""
    before, _, last = apply.rpartition("clickstream ")
    values = {name: f"{name}={shlex.quote(value)} " for name, value in given_in_environment(names).items()}
    if "STATE_PATH" in values:
        before = before.replace("clickstream ", f"{values['STATE_PATH']}clickstream ")
    given = "".join(value for name, value in values.items() if name != "RUN_ID" or "RUN_ID=" not in before)
    return f"{before}{given}clickstream {last}"


def _of_job(names: set[str], settings: Settings) -> tuple[str, str]:
    if "STATE_PATH" in names:
        return _all_again(settings), ""
    try:
        first_refusal(run_checks(settings, landed=False))
    except UsageError as refused:
        return _with_new_run(settings), refused.sentence
    except ClickstreamError:
        pass  # the restart itself will say what is missing
    layout = layout_of(settings.paths)
    if names & {"KAFKA_BOOTSTRAP_SERVERS"} and layout.checkpoint_terms_path().exists():
        return _with_new_run(settings), "The offsets of its checkpoint are those of the other broker's topic."
    return "clickstream restart stream", ""


def _all_again(settings: Settings, values: str = "") -> str:
    """Stop everything, then start the same parts with the flags that they had: `down` forgets them."""
    started = {part.name: part for part in StartedProcess.load_all(settings.paths.state)}
    words = ["clickstream up"]
    if not {PRODUCER, STREAM} <= started.keys():
        parts = {PRODUCER: PRODUCER, SPARK_MASTER: CLUSTER, STREAM: STREAM}
        words += [parts[name] for name in parts if name in started] or [BROKER]
    if PRODUCER in started:
        words += [word for flag in flags_in(started[PRODUCER].command).items() for word in flag]
    if {SPARK_MASTER, STREAM} <= started.keys():
        words += ["--spark", "standalone"]
    return f"clickstream down && {values}{' '.join(words)}"


def _with_new_run(settings: Settings) -> str:
    return _all_again(settings, f"RUN_ID={_new_run_id(settings)} ")


def _new_run_id(settings: Settings) -> str:
    layout, stem = layout_of(settings.paths), settings.paths.run_id[:60]
    candidates = (f"{stem}-{number}" for number in count(2))
    return next(run_id for run_id in candidates if not layout.of_run(run_id).is_there())
