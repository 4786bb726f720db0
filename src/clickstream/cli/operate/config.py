"""`clickstream config`: the settings as they act here and now."""

from typing import Annotated

import typer

from clickstream.cli.parameters import AsJson
from clickstream.cli.printing.terminal import show, show_json, show_text, width


def config(
    as_json: AsJson = False,
    as_markdown: Annotated[
        bool, typer.Option("--markdown", help="Print the table of settings as Markdown.")
    ] = False,
) -> None:
    """Show every setting, its value and where it comes from.

    A value comes from the first that has it: a command's flag, the environment, `.env`, the default.

    Example: WATERMARK_DELAY='5 minutes' clickstream config
    """
    from clickstream.report import effective_settings
    from clickstream.settings import load

    _, effective = load()
    if as_json:
        show_json(effective_settings.as_json(effective))
    elif as_markdown:
        show_text(effective_settings.as_markdown(effective))
    else:
        show(effective_settings.as_table(effective, width()))
