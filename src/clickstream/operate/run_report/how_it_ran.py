"""How a run was made: settings without secrets, versions of all parts, and the command that repeats it."""

import os
import platform
import shlex
from collections.abc import Iterable, Mapping
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from clickstream.contract.part_names import PRODUCER, STREAM
from clickstream.errors import JavaNotFound
from clickstream.masking import MASK, masked
from clickstream.pipeline.demo.demo_settings import DEMO_DEFAULTS, DEMO_EVENTS
from clickstream.report.commands import pasteable
from clickstream.report.run_report import SettingFacts
from clickstream.runtime.java.find import find_java
from clickstream.runtime.java.jars import KAFKA
from clickstream.runtime.java.lockfile import read_lock
from clickstream.runtime.processes.started import StartedProcess
from clickstream.settings import SECRETS, SETTINGS, Settings, in_project, values_of

_DISTRIBUTIONS = ("clickstream-devkit", "pyspark", "confluent-kafka", "polars", "numpy", "orjson", "jinja2")
_KAFKA_ARTIFACT = "kafka_2.13"
_OF_PLACES = frozenset(
    {"CACHE_PATH", "JAVA_HOME", "KAFKA_BOOTSTRAP_SERVERS", "EMBEDDED_KAFKA_PORT", "REDPANDA_PORT"}
)
"""Settings that do not change what a run computes."""
_OF_DEMO = frozenset({"OUTPUT_PATH", "CHECKPOINT_PATH", "STATE_PATH"})
"""Settings that follow from a demo's folder."""


def used_values(settings: Settings) -> dict[str, str]:
    """Every setting as text: as the job and the producer that were started run with it, else as it is now."""
    used = values_of(settings)
    for part in (STREAM, PRODUCER):
        started = StartedProcess.load(part, settings.paths.state)
        if started is not None:
            used |= {name: value for name, value in started.settings.items() if name in used}
    return used


def setting_facts(values: Mapping[str, str]) -> tuple[SettingFacts, ...]:
    """The settings in the order of the pipeline; of a secret only whether it is set."""
    return tuple(
        SettingFacts(name, _masked(name, value), _is_default(name, value)) for name, value in values.items()
    )


def versions(settings: Settings) -> dict[str, str]:
    """The versions of all parts, and the machine that they run on here."""
    found = {name: _version(name) for name in _DISTRIBUTIONS}
    found["Kafka (embedded)"] = next(
        jar.version for jar in read_lock(KAFKA) if jar.artifact == _KAFKA_ARTIFACT
    )
    try:
        found["Java"] = str(find_java(settings.runtime.java_home).version)
    except JavaNotFound:
        found["Java"] = "not found"
    found["Python"] = platform.python_version()
    found["machine"] = (
        f"{platform.system()} {platform.release()}, {platform.machine()}, {os.cpu_count()} cores"
    )
    return found


def repeat_demo(values: Mapping[str, str], events: int) -> tuple[str, ...]:
    """The command that runs the same demo again."""
    demo_defaults = {name: str(value) for name, value in DEMO_DEFAULTS.items()}
    changed = {
        name: value
        for name, value in _changed(values).items()
        if name not in _OF_DEMO
        and demo_defaults.get(name) != value
        and not _is_same_moment(name, value, demo_defaults)
    }
    count = "" if events == DEMO_EVENTS else f" --events {events}"
    return (pasteable(f"{_assignments(changed)}clickstream demo{count}"), *_secrets(values))


def repeat_run(values: Mapping[str, str], records: int | None) -> tuple[str, ...]:
    """The commands that run the same again: with simulated time, step by step; else the kit as it runs."""
    changed = _changed(values)
    exports = tuple(f"export {name}={shlex.quote(value)}" for name, value in changed.items())
    simulated = ("up broker", f"produce --count {records}", "stream --available-now", "check")
    steps = simulated if values.get("START_TIME") and records else ("up", "check")
    return (*exports, *(pasteable(f"clickstream {step}") for step in steps), *_secrets(values))


def _changed(values: Mapping[str, str]) -> dict[str, str]:
    return {
        name: _masked(name, value)
        for name, value in values.items()
        if name not in _OF_PLACES | SECRETS and not _is_default(name, value)
    }


def _assignments(values: Mapping[str, str]) -> str:
    return "".join(f"{name}={shlex.quote(value)} " for name, value in values.items())


def _secrets(values: Mapping[str, str]) -> Iterable[str]:
    return (f"# {name} must be set; it is not shown" for name in values if name in SECRETS and values[name])


def _is_default(name: str, value: str) -> bool:
    default = SETTINGS[name].default
    if default is None:
        return not value
    text = str(default)
    return value == text or (isinstance(default, Path) and value == str(in_project(Path(text)).absolute()))


def _is_same_moment(name: str, value: str, defaults: Mapping[str, str]) -> bool:
    """Whether a time of the demo's is the default one, written in another form."""
    return name in defaults and value.replace(" ", "T") == defaults[name].replace(" ", "T")


def _masked(name: str, value: str) -> str:
    if name in SECRETS:
        return f"{MASK} (set)" if value else ""
    return masked(value)


def _version(distribution: str) -> str:
    try:
        return version(distribution)
    except PackageNotFoundError:
        return "not installed"
