"""Files that are still there after a power cut: content first, then the name, then the folder."""

import hashlib
import os
from collections.abc import Iterable
from contextlib import AbstractContextManager
from pathlib import Path

from clickstream import errors
from clickstream.errors import FolderNotWritable

_NEXT_STEP = "Free space or make it writable, then start again: nothing of the batch has landed."


def writing(folder: Path) -> AbstractContextManager[None]:
    """Turn an OSError of the block into a FolderNotWritable that names the folder."""
    return errors.writing(str(folder), next_step=_NEXT_STEP)


def not_writable(folder: Path, why: str) -> FolderNotWritable:
    """The error for a folder that cannot be written, and why."""
    return FolderNotWritable(f"{folder} cannot be written: {why}.", next_step=_NEXT_STEP)


def write_atomically(path: Path, text: str) -> None:
    """Write a file that is there whole or not at all, also after a crash of the machine."""
    make_folder(path.parent)
    temporary = path.with_name(f".{path.name}.new")
    with temporary.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)
    sync_folder(path.parent)


def make_folder(folder: Path) -> None:
    """Make a folder with all above it, each of them durable; one that is there is fine."""
    if folder.is_dir():
        return
    make_folder(folder.parent)
    folder.mkdir(exist_ok=True)
    sync_folder(folder.parent)


def sync_folder(folder: Path) -> None:
    """Make the names in a folder durable."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sync_folders(folders: Iterable[Path]) -> None:
    """Make the names in several folders durable, each once."""
    for folder in dict.fromkeys(folders):
        sync_folder(folder)


def synced_and_hashed(path: Path) -> tuple[int, str]:
    """Make a file's content durable; its size in bytes and its SHA-256."""
    with path.open("rb") as file:
        os.fsync(file.fileno())
        digest = hashlib.file_digest(file, "sha256")
        return file.tell(), digest.hexdigest()
