"""Every error that the kit raises on purpose: one tree, by exit code.

Each error says what happened and where in its sentence, and what to do next in `next_step`.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, ClassVar

from clickstream.masking import masked


class ClickstreamError(Exception):
    """Base of every error a user can cause or meet: a sentence, a next step, and an exit code.

    Args:
        sentence: what failed, and where, in one sentence.
        next_step: what to do about it, in one sentence; empty where nothing can be done.
        details: lines that help to find the cause, such as the end of a log.
        exit_code: that of the process that failed, by default the one of this kind of error.
    """

    exit_code: int = 1

    def __init__(
        self,
        sentence: str,
        *,
        next_step: str = "",
        details: tuple[str, ...] = (),
        exit_code: int | None = None,
    ) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.next_step = next_step
        self.details = details
        if exit_code is not None:
            self.exit_code = exit_code

    def __reduce__(self) -> tuple[Any, ...]:
        """Let every error reach another process; otherwise pickle would call the subclass's constructor."""
        return _restored, (type(self), *self.args), self.__dict__


def _restored(kind: type[ClickstreamError], *args: object) -> ClickstreamError:
    return kind.__new__(kind, *args)


class UsageError(ClickstreamError):
    """The command line or the settings cannot be carried out as given."""

    exit_code = 2


class DefinitionInvalid(UsageError):
    """The pipeline's definition cannot be loaded, or a table cannot be computed as it is written."""


class SettingInvalid(UsageError):
    """A known setting has a value that it cannot take.

    Args:
        name: the setting's name in the environment, such as `WATERMARK_DELAY`.
        value: the value as it was given.
        expected: what would be right, with an example.
        source: where the value comes from, such as `.env`.
        why: what is wrong with it, in a few words; empty where `expected` says it.
    """

    def __init__(self, name: str, value: object, expected: str, *, source: str = "", why: str = "") -> None:
        origin = f" (from {source})" if source else ""
        reason = f": {why}" if why else ""
        super().__init__(
            f"{name}={masked(str(value))}{origin} cannot be used{reason}.",
            next_step=f"Set {name} to {expected}.",
        )
        self.name = name
        self.value = value
        self.expected = expected
        self.why = why


class CheckpointMismatch(UsageError):
    """A checkpoint and an output have other settings, or do not belong together."""


class CheckpointDamaged(UsageError):
    """A file of a checkpoint is missing, empty, or something else than was written there."""


class OutputDamaged(UsageError):
    """A landed file or a batch record is missing, or is not as it landed."""


class InputBroken(UsageError):
    """A file of events cannot be read beyond a line."""


class EnvironmentNotReady(ClickstreamError):
    """Something that must be there before a run is missing."""

    exit_code = 3


class MachineNotReady(EnvironmentNotReady):
    """The machine or the shell does not give what a JVM needs."""


class JavaNotFound(EnvironmentNotReady):
    """No Java was found that Spark and Kafka can run on."""


class JarsUnavailable(EnvironmentNotReady):
    """A jar of the lock file could not be fetched, or its hash is not the locked one."""


class PortInUse(EnvironmentNotReady):
    """A port that was asked for is held by another process."""


class FolderNotWritable(EnvironmentNotReady):
    """A folder cannot be created or written."""

    SIGNS: ClassVar[tuple[str, ...]] = (
        "No space left on device",
        "File too large",
        "Permission denied",
        "Read-only file system",
        "Disk quota exceeded",
    )
    """What Java and the C library say of it; the first that is found in an error tells why."""

    @classmethod
    def sign_in(cls, text: str) -> str | None:
        """The sign that another program's error has, if any."""
        return next((sign for sign in cls.SIGNS if sign in text), None)


@contextmanager
def writing(what: str, *, next_step: str) -> Iterator[None]:
    """Turn an OSError of the block into a FolderNotWritable that names what cannot be written."""
    try:
        yield
    except OSError as error:
        why = error.strerror or str(error)
        raise FolderNotWritable(f"{what} cannot be written: {why}.", next_step=next_step) from error


class BrokerUnavailable(EnvironmentNotReady):
    """The broker did not answer within the deadline."""


class BrokerRefused(EnvironmentNotReady):
    """The broker answered, and does not let us in: login, certificate or protocol."""


class TopicNotFound(EnvironmentNotReady):
    """The topic does not exist, or has other partitions than the settings ask for."""


class DockerFailed(EnvironmentNotReady):
    """Docker cannot be run, its engine does not answer, or it refused."""


class PartDidNotStart(EnvironmentNotReady):
    """A part of the pipeline ended, or gave no answer, before it was ready."""


class NoExecutors(EnvironmentNotReady):
    """A Spark cluster gave the job nothing to run on."""


class RunInProgress(EnvironmentNotReady):
    """Another run holds what this one needs."""


class CouldNotCheck(ClickstreamError):
    """There is nothing to compare, or what the comparison needs cannot be read."""

    exit_code = 3


class DeliveryFailed(ClickstreamError):
    """The broker did not acknowledge every record that was produced."""


class FaultNotSurvived(ClickstreamError):
    """Under torture something did not hold that must hold after every fault."""


class PartDied(ClickstreamError):
    """A part of a running pipeline ended by itself."""

    exit_code = 4


class RecordUnreadable(ClickstreamError):
    """A record of the topic that Spark cannot read ended the job; starting it again ends the same way."""

    exit_code = 4


class RecordsLost(ClickstreamError):
    """Records were removed from the topic before the job read them; another attempt does not find them."""

    exit_code = 4


class Interrupted(ClickstreamError):
    """Ctrl-C or SIGTERM came before there was a result; nothing is left running."""

    exit_code = 130
