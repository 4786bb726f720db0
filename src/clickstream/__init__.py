"""generate → broker → stream → sinks → check → report: a clickstream pipeline that proves itself."""


def __getattr__(name: str) -> str:
    """The version, read when it is asked for: looking it up takes longer than all else that `--help` needs."""
    if name == "__version__":
        from importlib.metadata import version

        return version("clickstream-devkit")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
