"""A folder that a command makes for itself and empties at every start."""

import shutil
from pathlib import Path

from clickstream.errors import UsageError, writing
from clickstream.runtime.kafka.embedded import refuse_running_broker


def was_made_by(command: str, folder: Path) -> bool:
    """Whether a command made this folder for itself."""
    return _marker(folder, command).exists()


def empty_own_folder(folder: Path, command: str, parts: tuple[str, ...]) -> None:
    """Create a command's folder, or remove these parts that an earlier call of the command left in it.

    A broker's state is in the part `state`.

    Raises:
        UsageError: the folder is not empty and lacks the command's marker.
    """
    marker = _marker(folder, command)
    step = "Make it writable, or name another one with --folder."
    with writing(f"The folder {folder} of the {command}", next_step=step):
        if folder.exists() and not marker.exists() and any(folder.iterdir()):
            raise UsageError(
                f"{folder} is not empty and was not made by the {command}, which needs an empty folder.",
                next_step="Name another folder with --folder, or move what is there.",
            )
        if folder.exists():
            refuse_running_broker(folder / "state")
            for part in parts:
                if (folder / part).exists():
                    shutil.rmtree(folder / part)
        folder.mkdir(parents=True, exist_ok=True)
        marker.write_text(f"The {command} empties this folder when it begins.\n", encoding="utf-8")


def _marker(folder: Path, command: str) -> Path:
    return folder / f".clickstream-{command}"
