import os

import pytest


@pytest.fixture
def own_pid() -> int:
    return os.getpid()
