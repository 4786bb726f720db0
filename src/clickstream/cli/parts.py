"""The argument that names parts, which `up` and `down` share."""

from typing import Annotated

import typer

from clickstream.cli.completing import part_names

Parts = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="PART",
        help="Name broker, cluster, producer or stream.",
        show_default="all",
        autocompletion=part_names,
    ),
]
