"""Options that take the place of settings, and `--pipeline`, which every command has."""

import functools
import inspect
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

_OPTIONS: Mapping[str, tuple[str, str, str]] = {
    "SEED": ("--seed", "NUMBER", "Set the seed of the stream"),
    "START_TIME": ("--start-time", "TIME", "Simulate events from this time, at full speed"),
    "MSGS_PER_SEC": ("--rate", "NUMBER", "Send this many events per second"),
    "TRAFFIC": ("--traffic", "SHAPE", "Vary the rate, such as burst:30s:300%"),
    "PRODUCERS": ("--producers", "COUNT", "Send with this many processes"),
    "MSG_KEY": ("--key", "FIELD|none", "Choose the key of the records"),
    "UNIFORM": ("--uniform", "", "Draw every field independently, without sessions"),
    "LATE_RATE": ("--late-rate", "SHARE", "Make this share of the events late"),
    "LATE_SECONDS": ("--late-seconds", "DURATION", "Set the maximum lateness"),
    "FUTURE_RATE": ("--future-rate", "SHARE", "Date this share of events into the future"),
    "FUTURE_SECONDS": ("--future-seconds", "DURATION", "Set how far events are ahead at most"),
    "DUPLICATE_RATE": ("--duplicate-rate", "SHARE", "Send this share of the records twice"),
    "OUT_OF_ORDER_RATE": ("--out-of-order", "SHARE", "Swap this share of records with the next"),
    "MISSING_FIELD_RATE": ("--missing-field-rate", "SHARE", "Leave a field out of this share of events"),
    "MALFORMED_RATE": ("--malformed-rate", "SHARE", "Make this share of messages malformed"),
    "BROKER_BACKEND": ("--backend", "auto|redpanda|embedded|external", "Choose the broker to start"),
    "TRIGGER_INTERVAL": ("--trigger-interval", "DURATION", "Start a micro-batch this often"),
    "SPARK_MASTER_URL": ("--master", "URL", "Run on this Spark master"),
}
"""Flag, what it takes (nothing for a switch) and help, by setting."""

FAULTS = (
    *("LATE_RATE", "MALFORMED_RATE", "DUPLICATE_RATE", "OUT_OF_ORDER_RATE", "FUTURE_RATE"),
    "MISSING_FIELD_RATE",
)
"""The settings of how often the generator injects each fault."""

_PIPELINE = "PIPELINE"
_Command = Callable[..., Any]


def with_settings(*names: str) -> Callable[[_Command], _Command]:
    """Give a command an option for each of these settings; it gets their values as `given`, by name."""
    options = {name.lower(): _option(*_OPTIONS[name], name) for name in names}

    def with_options(command: _Command) -> _Command:
        @functools.wraps(command)
        def with_given(**values: Any) -> Any:  # noqa: ANN401 - of any command
            given = {name: values.pop(name.lower()) for name in names}
            # A switch that is not there leaves the setting as it is.
            return command(given={name: value or None for name, value in given.items()}, **values)

        return _declared(with_given, command, options)

    return with_options


def with_pipeline(command: _Command) -> _Command:
    """The command with `--pipeline`, which acts before the settings are read; it does not get the value."""

    @functools.wraps(command)
    def without(*, pipeline: object, **values: Any) -> Any:  # noqa: ANN401 - of any command
        return command(**values)

    return _declared(without, command, {"pipeline": _PipelineOption})


def _option(flag: str, takes: str, help_text: str, setting: str) -> Any:  # noqa: ANN401 - an annotation
    option = typer.Option(flag, metavar=takes or None, help=f"{help_text} ({setting}).")
    return Annotated[str | None, option] if takes else Annotated[bool, option]


def _declared(wrapper: _Command, command: _Command, options: Mapping[str, Any]) -> _Command:
    """Let typer see the command's own parameters, but `given`, and then these options."""
    declared = inspect.signature(command)
    own = [each for each in declared.parameters.values() if each.name != "given"]
    added = [
        inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=None, annotation=option)
        for name, option in options.items()
    ]
    wrapper.__signature__ = declared.replace(parameters=[*own, *added])  # type: ignore[attr-defined]
    wrapper.__annotations__ = {**command.__annotations__, **options}
    return wrapper


def _choose(place: str | None) -> None:
    if not place:
        return
    from clickstream.contract.definition.loading import FLAGS, SUFFIX

    where, _, name = place.rpartition(":")
    if where.endswith(SUFFIX):  # paths of flags begin at the current folder
        place = f"{Path(where).expanduser().resolve()}:{name}"
    FLAGS[_PIPELINE] = place
    os.environ[_PIPELINE] = place  # noqa: TID251 - for the processes that this command starts


_PipelineOption = Annotated[
    str | None,
    typer.Option(
        "--pipeline",
        metavar="PLACE",
        help=f"Run this pipeline, FILE.py:NAME ({_PIPELINE}).",
        callback=_choose,
        is_eager=True,
    ),
]
