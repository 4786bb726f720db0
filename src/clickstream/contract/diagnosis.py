"""What `doctor` says of one thing: how it is, in a sentence, and the command that mends it."""

from dataclasses import dataclass
from enum import StrEnum


class Health(StrEnum):
    """How a thing is."""

    OK = "ok"
    WARNING = "warning"
    """Nothing is broken, but something may not come out as expected."""
    PROBLEM = "problem"
    """It must be mended, or a command will fail."""


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """One finding.

    Args:
        subject: what was looked at, in a word or two, such as `Java`.
        health: how it is.
        sentence: what was found, and where.
        mend: the command that mends it, or what to do where no command can; empty where all is well.
    """

    subject: str
    health: Health
    sentence: str
    mend: str = ""
