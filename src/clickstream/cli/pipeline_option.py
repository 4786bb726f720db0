"""`--pipeline`, which every command has: it acts before the settings are read."""

import functools
import inspect
import os
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer

_SETTING = "PIPELINE"


def _choose(place: str | None) -> None:
    if not place:
        return
    from clickstream.contract.definition.loading import FLAGS, SUFFIX

    where, _, name = place.rpartition(":")
    if where.endswith(SUFFIX):  # paths of flags begin at the current folder
        place = f"{Path(where).expanduser().resolve()}:{name}"
    FLAGS[_SETTING] = place
    os.environ[_SETTING] = place  # noqa: TID251 - for the processes that this command starts


_Option = Annotated[
    str | None,
    typer.Option(
        "--pipeline",
        metavar="PLACE",
        help=f"Run this pipeline, FILE.py:NAME ({_SETTING}).",
        callback=_choose,
        is_eager=True,
    ),
]


def with_pipeline(command: Callable[..., Any]) -> Callable[..., Any]:
    """The command with the option; its own function does not get the value."""

    @functools.wraps(command)
    def without(*, pipeline: object, **given: Any) -> Any:  # noqa: ANN401 - of any command
        return command(**given)

    declared = inspect.signature(command)
    option = inspect.Parameter("pipeline", inspect.Parameter.KEYWORD_ONLY, default=None, annotation=_Option)
    parameters = [*declared.parameters.values(), option]
    without.__signature__ = declared.replace(parameters=parameters)  # type: ignore[attr-defined]
    without.__annotations__ = {**command.__annotations__, "pipeline": _Option}
    return without
