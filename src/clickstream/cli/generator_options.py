"""The options of the generator's settings, which `produce` and `demo` share."""

from typing import Annotated, Any

import typer

from clickstream.cli.help import SETTING

Seed = Annotated[
    str | None, typer.Option("--seed", metavar="NUMBER", help="Set the seed of the stream (SEED).")
]
Rate = Annotated[
    str | None,
    typer.Option("--rate", metavar="NUMBER", help="Send this many events per second (MSGS_PER_SEC)."),
]
LateRate = Annotated[
    str | None,
    typer.Option("--late-rate", metavar="SHARE", help="Make this share of the events late (LATE_RATE)."),
]
MalformedRate = Annotated[
    str | None,
    typer.Option(
        "--malformed-rate", metavar="SHARE", help="Make this share of messages malformed (MALFORMED_RATE)."
    ),
]
DuplicateRate = Annotated[
    str | None,
    typer.Option(
        "--duplicate-rate", metavar="SHARE", help="Send this share of the records twice (DUPLICATE_RATE)."
    ),
]
OutOfOrder = Annotated[
    str | None,
    typer.Option(
        "--out-of-order",
        metavar="SHARE",
        help="Swap this share of records with the next (OUT_OF_ORDER_RATE).",
    ),
]
FutureRate = Annotated[
    str | None,
    typer.Option(
        "--future-rate", metavar="SHARE", help="Date this share of events into the future (FUTURE_RATE)."
    ),
]
MissingFieldRate = Annotated[
    str | None,
    typer.Option(
        "--missing-field-rate",
        metavar="SHARE",
        help="Leave a field out of this share of events (MISSING_FIELD_RATE).",
    ),
]


def given_settings(ctx: typer.Context) -> dict[str, Any]:
    """The values of the command's options that take the place of settings, by the settings' names."""
    values: dict[str, Any] = {}
    for option in ctx.command.params:
        if (setting := SETTING.search(getattr(option, "help", None) or "")) and option.name in ctx.params:
            value = ctx.params[option.name]
            values[setting["name"]] = None if value is False else value
    return values
