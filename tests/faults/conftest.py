"""How many faults, and which."""

import pytest

from clickstream.operate.torture.tormenting import FAULTS


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--rounds", default=len(FAULTS), help="how many faults to inflict")
    parser.addoption("--fault-seed", default=1, help="which faults, in which order, at which moments")
