"""Whether Java, Spark and Hadoop can use the folders of a run by their names."""

import re
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

from clickstream.errors import MachineNotReady

_NO_TEXT = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")


def folders_of_this_machine() -> dict[str, Path]:
    """The working folder, that for temporary files, and that of the installed kit with its Spark."""
    return {
        "The project": Path.cwd(),
        "TMPDIR": Path(tempfile.gettempdir()),
        "The installed kit": Path(sys.prefix),
    }


def usable_names(folders: Mapping[str, Path]) -> str:
    """That Java and Spark can use the names of these folders; each by its setting or in words.

    Raises:
        MachineNotReady: they cannot use one.
    """
    for name, folder in folders.items():
        path = str(folder.absolute())
        if _NO_TEXT.search(path):
            path, why = ascii(path)[1:-1], "control characters or bytes that are not UTF-8"
        elif ":" in path:
            why = "a colon, which Hadoop and Java's class path do not allow"
        elif "," in path and name == "TMPDIR":
            why = "a comma, where Spark splits its list of temporary folders"
        else:
            continue
        elsewhere = f"~/clickstream/{name.partition('_')[0].lower()}"
        raise MachineNotReady(
            f"{name}: the path {path} has {why}.",
            next_step=f"mkdir -p {elsewhere} && export {name}={elsewhere}"
            if name.isupper()
            else "Move it to a folder with another name.",
        )
    return "Java and Spark can use the names of all folders."
