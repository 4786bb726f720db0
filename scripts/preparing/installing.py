"""Making an environment: Poetry exports and builds, without a network; pip installs, by hash.

Poetry asks the index in a way that many mirrors do not answer. pip does not, and it honours the settings that
a person already has for it.
"""

import importlib.metadata
import os
import re
import shutil
import sys
import tempfile
from pathlib import Path
from typing import TextIO

from environments import (
    ROOT,
    STAMP,
    TOOLS,
    TOOLS_LOCK,
    Environment,
    made_from,
    tools_stamp,
    write_stamp,
)
from running import alone, log_of, run, say, shown

KIT = "clickstream-devkit"

# The only package that comes as source. Its build backend is pinned, too: pip takes it from tools.txt.
BUILT_HERE = "pyspark"

BUILD_EDITABLE = "import sys; from poetry.core.masonry.api import build_editable; build_editable(sys.argv[1])"

TOOLS_PYTHON = TOOLS / "bin" / "python"
BY_HASH = ("--require-hashes", "--only-binary", ":all:")


def make_tools() -> None:
    """Make .tools as scripts/tools.txt says.

    Raises:
        NotReadyError: pip could not install them.
    """
    wanted = tools_stamp()
    if made_from(TOOLS) == wanted:
        return
    with alone(), log_of(TOOLS) as log:
        if made_from(TOOLS) == wanted:
            return
        say("Preparing .tools (pip, Poetry, tox). The first time, all in all, takes a minute or two.")
        # This may be the very .tools that is running: its standard library lies elsewhere, so it may go.
        create(TOOLS, log)
        run(
            [TOOLS_PYTHON, "-I", "-m", "pip", *install_into(TOOLS), *BY_HASH, "--requirement", TOOLS_LOCK],
            log,
        )
        write_stamp(TOOLS, wanted)


def make_environment(environment: Environment) -> None:
    """Make one environment: its Python, the locked packages and no others, and the kit.

    Raises:
        NotReadyError: it could not be made; what was downloaded so far is in pip's cache.
    """
    wanted = environment.stamp()
    if made_from(environment.directory) == wanted:
        return
    with alone(), log_of(environment.directory) as log:
        made = made_from(environment.directory)
        if made == wanted:
            return
        if made.get("python") != wanted["python"]:
            made = {}
            create(environment.directory, log, "--without-pip")
        (environment.directory / STAMP).unlink(missing_ok=True)
        if made.get("locked") != wanted["locked"]:
            install_locked(environment, log)
        if environment.kit and made.get("kit") != wanted["kit"]:
            install_kit(environment, log)
        write_stamp(environment.directory, wanted)


def create(directory: Path, log: TextIO, *options: str) -> None:
    """Make an empty environment of the running Python, in place of what is there."""
    if directory.exists():
        shutil.rmtree(directory)
    base = getattr(sys, "_base_executable", sys.executable)
    run([base, "-I", "-m", "venv", *options, directory], log)


def install_locked(environment: Environment, log: TextIO) -> None:
    """Install what poetry.lock has for the environment's groups, and remove what it has no longer."""
    say(f"Installing the locked packages into {shown(environment.directory)}.")
    with tempfile.TemporaryDirectory() as folder:
        exported = Path(folder) / "requirements.txt"
        poetry(["export", "--only", environment.groups, "--output", exported], log)
        wanted = [
            lines for lines in requirements(exported.read_text()) if name_of(lines) not in environment.without
        ]
        exported.write_text("".join(wanted))
        built = ("--no-binary", BUILT_HERE, "--build-constraint", TOOLS_LOCK)
        pip(
            environment,
            [*install_into(environment.directory), *BY_HASH, *built, "--requirement", exported],
            log,
        )
    leftovers = installed(environment) - {name_of(lines) for lines in wanted} - {KIT, "pip"}
    if leftovers:
        pip(environment, ["uninstall", "--yes", *sorted(leftovers)], log)


def install_kit(environment: Environment, log: TextIO) -> None:
    """Install the kit itself: as a wheel built now, or so that its sources act at once."""
    say(f"Installing the kit into {shown(environment.directory)}.")
    with tempfile.TemporaryDirectory() as folder:
        if environment.kit == "editable":
            run([TOOLS_PYTHON, "-I", "-c", BUILD_EDITABLE, folder], log)
        else:
            poetry(["build", "--format", "wheel", "--output", folder], log)
        # By pip, whose commands also start in a folder whose name has a blank.
        from_here = ("--no-index", "--no-deps", "--force-reinstall")
        pip(environment, [*install_into(environment.directory), *from_here, *Path(folder).glob("*.whl")], log)
    if environment.kit == "editable":
        point_at_sources(environment)


def point_at_sources(environment: Environment) -> None:
    """Let the environment find the sources by a relative path.

    Python 3.11 and 3.12 read such a file in the encoding of the locale: under LC_ALL=C, an absolute path with
    non-ASCII letters would keep every command from starting.
    """
    for pointer in environment.directory.glob(f"lib/python3.*/site-packages/{KIT.replace('-', '_')}.pth"):
        pointer.write_text(os.path.relpath(ROOT / "src", pointer.parent) + "\n", encoding="ascii")


def install_into(directory: Path) -> tuple[str, ...]:
    """`pip install` into this folder, whatever a person's pip.conf has for other projects."""
    return ("install", "--target=", "--no-user", "--root=/", f"--prefix={directory}")


def poetry(arguments: list[str | Path], log: TextIO, **variables: str) -> None:
    """Run the tools' Poetry, with the defaults of Poetry and not with those of this machine."""
    settings = {"POETRY_CONFIG_DIR": str(TOOLS / "poetry"), "POETRY_KEYRING_ENABLED": "false", **variables}
    run([TOOLS_PYTHON, "-I", "-m", "poetry", "--no-interaction", *arguments], log, **settings)


def pip(environment: Environment, arguments: list[str | Path], log: TextIO) -> None:
    """Run the tools' pip on an environment, which needs none of its own."""
    run([TOOLS_PYTHON, "-I", "-m", "pip", "--python", environment.python, *arguments], log)


def requirements(exported: str) -> list[str]:
    """The exported requirements, each with its lines of hashes."""
    return re.findall(r"^\S.*\n(?:[ \t].*\n)*", exported, re.MULTILINE)


def name_of(requirement: str) -> str:
    """The name of a requirement's package."""
    return normalised(re.split(r"[^\w.-]", requirement, maxsplit=1)[0])


def normalised(name: str) -> str:
    """A package's name as the index spells it (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()


def installed(environment: Environment) -> set[str]:
    """The names of the packages in an environment."""
    folders = [str(folder) for folder in environment.directory.glob("lib/python3.*/site-packages")]
    return {normalised(package.name) for package in importlib.metadata.distributions(path=folders)}
