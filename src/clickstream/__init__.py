"""generate → broker → stream → sinks → check → report: a clickstream pipeline that proves itself."""

from importlib.metadata import version

__version__ = version("clickstream-devkit")
