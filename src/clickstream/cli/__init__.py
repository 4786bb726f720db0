"""The command line, in street order: parse, call, print, exit."""


def main() -> None:
    """Run the command line and leave with its exit code."""
    try:
        from clickstream.cli.entry import run
    except KeyboardInterrupt:  # so early that nothing has begun
        raise SystemExit(130) from None
    run()
