"""The setting with the length of a table's windows, or with the gap that ends its sessions."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class WindowSetting:
    """A setting in the environment: its name, its default as text, what it means, and examples of values."""

    name: str
    default: str
    meaning: str = "Length of windows, or the gap that ends a session. Belongs to a checkpoint."
    examples: tuple[str, ...] = ()
