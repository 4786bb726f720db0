"""The command line, in street order: parse, call, print, exit."""


def main() -> None:
    """Run the command line and leave with its exit code."""
    from clickstream.cli.entry import run

    run()
