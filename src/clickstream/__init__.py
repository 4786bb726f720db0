"""generate → broker → stream → sinks → check → report: a clickstream pipeline that verifies its own output.

`clickstream.read(TABLE)` gives the landed rows of a table as a polars LazyFrame.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from clickstream.check.landed.reading import read as read


def __getattr__(name: str) -> object:
    """The version and `read`, when they are asked for: `--help` needs neither, and polars takes long."""
    if name == "__version__":
        from importlib.metadata import version

        return version("clickstream-devkit")
    if name == "read":
        from clickstream.check.landed.reading import read

        return read
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
