"""What a demo came to: its stages, and where to look next."""

from collections.abc import Mapping
from pathlib import Path


def stages(seconds_by_stage: Mapping[str, float]) -> str:
    """One line: how long each stage took, and all of them."""
    parts = [f"{stage} {seconds:.1f} s" for stage, seconds in seconds_by_stage.items()]
    return f"{' · '.join(parts)} · in all {sum(seconds_by_stage.values()):.1f} s"


def where_to_look(folder: Path) -> str:
    """The landed files, and the command that checks them once more."""
    return f"look at it: ls {folder}/output/*/csv · check it once more: clickstream check --demo"
