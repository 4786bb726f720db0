import os
from pathlib import Path

import pytest

from clickstream.settings import Settings, load


@pytest.fixture
def own_pid() -> int:
    return os.getpid()


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Settings with folders of the test's own."""
    flags = {
        "STATE_PATH": tmp_path / "state",
        "OUTPUT_PATH": tmp_path / "output",
        "CHECKPOINT_PATH": tmp_path / "checkpoints",
        "CACHE_PATH": tmp_path / "cache",
    }
    return load(flags, dotenv=tmp_path / "none")[0]
