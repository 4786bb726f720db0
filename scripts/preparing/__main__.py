"""Installs what is locked, by hash, into private environments; instant when nothing changed.

scripts/prepare starts it, with the Python that the environments shall have. It makes

- `.tools`, from scripts/tools.txt: pip, Poetry and tox;
- `.venv`, which the commands run in: what poetry.lock has for the kit, and the kit as its sources are;
- or, in place of `.venv`, the environment that `--into` names, from other groups of poetry.lock.

Whatever is missing, such as the network, ends it with one sentence and exit 3; the next run goes on from
there. Standard library only: it runs before anything is installed.
"""

import argparse
import sys
from pathlib import Path

from environments import ROOT, VENV, Environment, unusable
from installing import make_environment, make_tools
from running import NotReadyError

NOT_READY = 3
INTERRUPTED = 130


def main() -> int:
    """Make what the command line asks for; the exit code says whether it is there."""
    parser = argparse.ArgumentParser(prog="scripts/prepare", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--tools", action="store_true", help="make .tools and nothing else")
    parser.add_argument("--into", type=Path, help="the environment to make in place of .venv")
    parser.add_argument("--groups", default="main", help="groups of poetry.lock, with commas between")
    parser.add_argument("--without", action="append", default=[], help="a locked package to leave out")
    parser.add_argument("--kit", choices=("editable", "wheel"), help="how to install the kit itself")
    asked = parser.parse_args()
    try:
        if why_not := unusable(ROOT):
            raise NotReadyError(f"Not prepared: {why_not}. Move the project to another folder.")
        make_tools()
        if asked.into:
            directory = (ROOT / asked.into).resolve()
            make_environment(Environment(directory, asked.groups, frozenset(asked.without), asked.kit))
        elif not asked.tools:
            make_environment(VENV)
    except NotReadyError as error:
        print(error, file=sys.stderr)
        return NOT_READY
    except OSError as error:
        print(f"Not prepared: {error.strerror}: {error.filename or ROOT}.", file=sys.stderr)
        return NOT_READY
    except KeyboardInterrupt:
        print("Interrupted; the next run goes on from here.", file=sys.stderr)
        return INTERRUPTED
    return 0


if __name__ == "__main__":
    sys.exit(main())
