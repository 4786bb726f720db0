"""A `docker` that starts nothing: it keeps what it is asked, and answers as a test wants it to."""

import json
import stat
import sys
from dataclasses import dataclass
from pathlib import Path

CONTAINER = "4f1c5e0d9a7b"

PROGRAM = """#!{python} -IS
import json, os, sys
from pathlib import Path

here = Path(__file__).parent
words = sys.argv[1:]
variables = {{name: os.environ.get(name) for name in (
    "REDPANDA_PORT", "KAFKA_TOPIC", "KAFKA_PARTITIONS", "KAFKA_REPLICATION_FACTOR", "COMPOSE_PROFILES")}}
with (here / "calls").open("a") as calls:
    calls.write(json.dumps({{"words": words, "variables": variables}}) + "\\n")
# The longest beginning of the command line that an answer is prepared for, options of compose left out.
answers = json.loads((here / "answers.json").read_text())
verb = " ".join(words[9:] if words[:2] == ["compose", "--project-name"] else words)
fitting = [begin for begin in answers if verb.startswith(begin)]
code, out, err = answers[max(fitting, key=len)] if fitting else (0, "", "")
sys.stdout.write(out)
sys.stderr.write(err)
sys.exit(code)
"""


@dataclass(frozen=True)
class Call:
    """One call of the program: its words, and the variables that compose reads."""

    words: tuple[str, ...]
    variables: dict[str, str | None]

    @property
    def verb(self) -> tuple[str, ...]:
        """The words after the options that every call of compose has."""
        return self.words[9:] if self.words[:2] == ("compose", "--project-name") else self.words

    def option(self, name: str) -> str:
        """The word after an option."""
        return self.words[self.words.index(name) + 1]


class FakeDocker:
    """The program in a folder of its own, to be put on PATH; by default all goes well."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir()
        program = folder / "docker"
        program.write_text(PROGRAM.format(python=sys.executable))
        program.chmod(program.stat().st_mode | stat.S_IXUSR)
        self._answers: dict[str, tuple[int, str, str]] = {}
        self.answer("version", out="28.2.2\n")
        self.answer("compose version", out="2.40.0\n")
        self.answer("ps --quiet", out=f"{CONTAINER}\n")
        self.answer("inspect", out="true\n")

    def answer(self, begin: str, code: int = 0, out: str = "", err: str = "") -> None:
        """Say how the program shall answer to command lines that begin so."""
        self._answers[begin] = (code, out, err)
        (self.folder / "answers.json").write_text(json.dumps(self._answers))

    def calls(self) -> list[Call]:
        """What it was asked so far."""
        kept = self.folder / "calls"
        lines = kept.read_text().splitlines() if kept.exists() else []
        return [Call(tuple(call["words"]), call["variables"]) for call in map(json.loads, lines)]

    def verbs(self) -> list[tuple[str, ...]]:
        """The same without the options that every call of compose has."""
        return [call.verb for call in self.calls()]
