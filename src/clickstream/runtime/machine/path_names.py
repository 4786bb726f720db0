"""Whether Java, Spark and Hadoop can use the folders of a run by their names."""

import re
import sys
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from clickstream.contract.diagnosis import Diagnosis, ok, problem

_SUBJECT = "paths"
_BEFORE_THE_PLACE_IN_A_JAR = re.compile(r"!(?:/|$)")
_NO_TEXT = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")


KIT, HERE = "the folder of the installed kit", "the folder of the project"
"""Folders that no setting names."""


@dataclass(frozen=True, slots=True)
class NamedFolder:
    """A folder, what names it, and what is done with it."""

    name: str
    """A setting or a variable, such as `OUTPUT_PATH`; or `KIT` or `HERE`."""
    folder: Path
    on_class_path: bool = False
    """Java loads classes from it."""
    in_a_list: bool = False
    """Spark names it in a list with commas between."""


def folders_of_this_machine() -> tuple[NamedFolder, ...]:
    """The working folder, that for temporary files, and that of the installed kit with its Spark."""
    return (
        NamedFolder(HERE, Path.cwd()),
        NamedFolder("TMPDIR", Path(tempfile.gettempdir()), in_a_list=True),
        NamedFolder(KIT, Path(sys.prefix), on_class_path=True),
    )


def diagnose_names(folders: Iterable[NamedFolder]) -> Iterator[Diagnosis]:
    """A problem for each name that cannot work, or one finding that all of them can."""
    problems = [_problem(each, why) for each in folders for why in [_objection(each)] if why]
    yield from problems or [ok(_SUBJECT, "Java and Spark can use the names of all folders.")]


def _objection(named: NamedFolder) -> str:
    path = str(named.folder)
    if _NO_TEXT.search(path):
        return "control characters or bytes that are not UTF-8, which Java cannot open"
    # Hadoop reads what is before a colon as a scheme, and Java's class path is divided at colons.
    if ":" in path:
        return "a colon, which Hadoop and Java's class path do not allow"
    if named.on_class_path and _BEFORE_THE_PLACE_IN_A_JAR.search(path):
        return "a name that ends in an exclamation mark, which Java's class path does not allow"
    if named.in_a_list and "," in path:
        return "a comma, where Spark splits its list of temporary folders"
    return ""


def _problem(named: NamedFolder, why: str) -> Diagnosis:
    shown = ascii(str(named.folder))[1:-1] if _NO_TEXT.search(str(named.folder)) else str(named.folder)
    if named.name in (KIT, HERE):
        step = "Move the project" if named.name == HERE else "Install the kit again"
        return problem(
            _SUBJECT,
            f"{named.name[0].upper()}{named.name[1:]} is {shown}: the path has {why}.",
            f"{step} in a folder with another name.".replace("project in", "project to"),
        )
    elsewhere = f"~/clickstream/{named.name.partition('_')[0].lower()}"
    return problem(
        _SUBJECT,
        f"{named.name} is the folder {shown}: the path has {why}.",
        f"mkdir -p {elsewhere} && export {named.name}={elsewhere}",
    )
