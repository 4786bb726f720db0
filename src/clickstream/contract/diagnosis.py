"""Checks of a start and of `doctor`: a start refuses the first that fails, `doctor` prints each."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum

from clickstream.contract.stages import Stage
from clickstream.errors import ClickstreamError


class Health(StrEnum):
    """How a thing is."""

    OK = "ok"
    WARNING = "warning"
    """Nothing is broken, but something may not come out as expected."""
    PROBLEM = "problem"
    """It must be fixed, or a command will fail."""


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """One finding of `doctor` about a subject, such as `Java`."""

    subject: str
    health: Health
    sentence: str
    """What was found, and where."""
    fix: str = ""
    """The command that fixes it, or what to do if no command can; empty if all is well."""


@dataclass(frozen=True, slots=True)
class Caution:
    """What a check found if nothing is broken, but something may not come out as expected."""

    sentence: str
    fix: str


@dataclass(frozen=True, slots=True)
class Check:
    """One check of a start.

    `look` returns a sentence on what it found, or a Caution, or raises the ClickstreamError that ends the
    start. It changes nothing.
    """

    subject: str
    look: Callable[[], str | Caution]

    def diagnosis(self) -> Diagnosis:
        """What `doctor` reports."""
        try:
            found = self.look()
        except ClickstreamError as error:
            return Diagnosis(self.subject, Health.PROBLEM, error.sentence, error.next_step)
        if isinstance(found, Caution):
            return Diagnosis(self.subject, Health.WARNING, found.sentence, found.fix)
        return Diagnosis(self.subject, Health.OK, found)


def first_refusal(checks: Iterable[Check], on_stage: Stage = lambda _line: None) -> None:
    """Return only if every check passes; prints what may not come out as expected.

    Raises:
        ClickstreamError: the error of the first check that fails.
    """
    for check in checks:
        found = check.look()
        if isinstance(found, Caution):
            on_stage(f"warning: {found.sentence} → {found.fix}")
