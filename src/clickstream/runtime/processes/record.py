"""What runs a part, recorded below the state folder, so that other commands find it again."""

import os
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from pydantic import TypeAdapter

from clickstream.errors import writing

MAKE_STATE_WRITABLE = "Make the folder writable, or set STATE_PATH to another one."


@dataclass(frozen=True, slots=True)
class PartRecord:
    """A process or a container that the kit started, recorded in `<state>/run/<name>.json`."""

    name: str
    """The part that it runs, such as `embedded-kafka`."""

    @classmethod
    def load(cls, name: str, state: Path) -> Self | None:
        """What is recorded, running or not; None if there is no such record, or it cannot be read."""
        with suppress(OSError, ValueError):
            record: Self = _adapter(cls).validate_json(record_path(name, state).read_bytes())
            return record
        return None

    @classmethod
    def running(cls, name: str, state: Path) -> Self | None:
        """What is recorded, if it runs."""
        record = cls.load(name, state)
        return record if record is not None and record.is_running() else None

    def is_running(self) -> bool:
        """Whether this very process or container runs."""
        raise NotImplementedError

    def save(self, state: Path) -> None:
        """Record it, whole or not at all.

        Raises:
            FolderNotWritable: the state folder cannot be written.
        """
        path = record_path(self.name, state)
        partial = path.with_suffix(f".{os.getpid()}.partial")
        with writing(str(path), next_step=MAKE_STATE_WRITABLE):
            path.parent.mkdir(parents=True, exist_ok=True)
            partial.write_bytes(_adapter(type(self)).dump_json(self, indent=2) + b"\n")
            partial.replace(path)


def record_path(name: str, state: Path) -> Path:
    """Where a process or a container is recorded."""
    return state / "run" / f"{name}.json"


_ADAPTERS: dict[type[PartRecord], TypeAdapter[Any]] = {}


def _adapter(kind: type[PartRecord]) -> TypeAdapter[Any]:
    # Building one takes longer than reading a record.
    if kind not in _ADAPTERS:
        _ADAPTERS[kind] = TypeAdapter(kind)
    return _ADAPTERS[kind]
