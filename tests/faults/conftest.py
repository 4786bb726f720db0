"""How many faults, and which."""

import pytest

DEFAULT_ROUNDS = 30
"""As many kinds as the default list has time for; which, the seed decides."""


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--rounds", default=DEFAULT_ROUNDS, help="how many faults to inflict")
    parser.addoption("--fault-seed", default=1, help="which faults, in which order, at which moments")
