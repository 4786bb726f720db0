"""A finding of `doctor`: how a thing is, in a sentence, and the command that fixes it."""

from dataclasses import dataclass
from enum import StrEnum


class Health(StrEnum):
    """How a thing is."""

    OK = "ok"
    WARNING = "warning"
    """Nothing is broken, but something may not come out as expected."""
    PROBLEM = "problem"
    """It must be fixed, or a command will fail."""


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """One finding about a subject, such as `Java`."""

    subject: str
    health: Health
    sentence: str
    """What was found, and where."""
    fix: str = ""
    """The command that fixes it, or what to do if no command can; empty if all is well."""


def ok(subject: str, sentence: str) -> Diagnosis:
    """A finding that all is well."""
    return Diagnosis(subject, Health.OK, sentence)


def warning(subject: str, sentence: str, fix: str) -> Diagnosis:
    """A finding that something may not come out as expected."""
    return Diagnosis(subject, Health.WARNING, sentence, fix)


def problem(subject: str, sentence: str, fix: str) -> Diagnosis:
    """A finding that a command will fail until it is fixed."""
    return Diagnosis(subject, Health.PROBLEM, sentence, fix)
